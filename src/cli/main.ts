#!/usr/bin/env node
/** The command line: what there is. Each command is loaded only when it is called. */

import { Command, CommanderError, Option } from "commander";

import type { CommandContext, GlobalOptions } from "./context.ts";

/** Does a command's work; what it returns is the exit code. */
type Action = (context: CommandContext) => Promise<number>;

const program = new Command("mission-control")
  .description("Runs business missions through agents, and stops where a person must decide.")
  .version("0.1.0")
  .option(
    "--workspace <dir>",
    "folder of the workspace (default: $MISSION_CONTROL_WORKSPACE, else ./workspace)",
  )
  .option(
    "--store <url>",
    "where telemetry is kept: a folder or file: URL (default: the workspace)",
  )
  .option("--policy <file>", "policy to use instead of the workspace's policy.json")
  .option("--json", "print one JSON value, and nothing else, on standard output")
  .exitOverride()
  .configureOutput({ writeErr: () => {} })
  .addHelpText(
    "after",
    "\nExit codes: 0 done, 1 failed, busy or I/O, 2 usage or bad data, 3 waiting for approval.\n\nStart with: mission-control run M001",
  );

const by = () => new Option("--by <name>", "who decides (default: $USER)");

program
  .command("init [dir]")
  .description("make a workspace from the sample; never overwrites")
  .action((dir?: string) =>
    act(async (context) => (await import("./commands/init.ts")).init(context, dir)),
  );

program
  .command("validate")
  .description("every fault in the reference documents and the policy, at once")
  .action(() => act(async (context) => (await import("./commands/validate.ts")).validate(context)));

program
  .command("run <mission>")
  .description("start a mission; on a terminal it asks the approver in place")
  .option("--priority <priority>", "low, normal, high or critical")
  .option("--requested-by <name>", "who asks for the run (default: $USER)")
  .option("--kpi <name=value>", "a business figure known at the start; repeatable", collect, [])
  .option("--approve-all", "approve every planned gate (never failures); needs --by")
  .addOption(by())
  .action((mission: string, options) =>
    act(async (context) => (await import("./commands/run.ts")).run(context, mission, options)),
  );

program
  .command("approvals")
  .description("what waits for a person, most urgent first")
  .option("--run <run>", "of one run only")
  .action((options) =>
    act(async (context) => (await import("./commands/approvals.ts")).approvals(context, options)),
  );

program
  .command("approve <run> [tasks...]")
  .description("approve, then go on; without a task only when one is pending")
  .option("--all", "approve all that is pending")
  .addOption(by())
  .action((runId: string, tasks: string[], options) =>
    act(async (context) =>
      (await import("./commands/decide.ts")).approve(context, runId, { ...options, tasks }),
    ),
  );

program
  .command("reject <run> <task>")
  .description("refuse, then go on with the next agent if there is one")
  .requiredOption("--reason <text>", "why; the next agent is told")
  .addOption(by())
  .action((runId: string, task: string, options) =>
    act(async (context) =>
      (await import("./commands/decide.ts")).reject(context, runId, { ...options, task }),
    ),
  );

program
  .command("edit <run> <task>")
  .description("approve with changed values, then go on")
  .requiredOption("--set <key=value>", "a new value; repeatable", collect)
  .addOption(by())
  .action((runId: string, task: string, options) =>
    act(async (context) =>
      (await import("./commands/decide.ts")).edit(context, runId, { ...options, task }),
    ),
  );

program
  .command("skip <run> <task>")
  .description("go on without a task that its agents could not do")
  .requiredOption("--reason <text>", "why")
  .addOption(by())
  .action((runId: string, task: string, options) =>
    act(async (context) =>
      (await import("./commands/decide.ts")).skip(context, runId, { ...options, task }),
    ),
  );

program
  .command("resume <run>")
  .description("go on after a crash; harmless on a finished run")
  .action((runId: string) =>
    act(async (context) => (await import("./commands/resume.ts")).resume(context, runId)),
  );

program
  .command("cancel <run>")
  .description("end a run as abandoned; pending approvals become void")
  .requiredOption("--reason <text>", "why")
  .addOption(by())
  .action((runId: string, options) =>
    act(async (context) => (await import("./commands/cancel.ts")).cancel(context, runId, options)),
  );

program
  .command("runs")
  .description("what ran")
  .option("--mission <mission>", "of one mission only")
  .option("--status <status>", "with one status only")
  .action((options) =>
    act(async (context) => (await import("./commands/runs.ts")).runs(context, options)),
  );

program
  .command("show <run>")
  .description("one run with its timeline")
  .action((runId: string) =>
    act(async (context) => (await import("./commands/show.ts")).show(context, runId)),
  );

const risks = program
  .command("risks")
  .description("risk events")
  .option("--open", "open ones only")
  .action((options) =>
    act(async (context) => (await import("./commands/risks.ts")).risks(context, options)),
  );

risks
  .command("close <event>")
  .description("close an open event")
  .requiredOption("--reason <text>", "why")
  .addOption(by())
  .action((eventId: string, options) =>
    act(async (context) => (await import("./commands/risks.ts")).close(context, eventId, options)),
  );

program
  .command("watch")
  .description("one sweep over waiting runs: what is overdue now; safe to repeat")
  .action(() => act(async (context) => (await import("./commands/watch.ts")).watch(context)));

program
  .command("kpi <run> <figures...>")
  .description("record business figures that arrive late, as NAME=VALUE; re-evaluates the run")
  .action((runId: string, figures: string[]) =>
    act(async (context) => (await import("./commands/kpi.ts")).kpi(context, runId, figures)),
  );

program
  .command("report <run>")
  .description("what happened, what is at risk, what to do next: Markdown")
  .option("--html <file>", "write a self-contained page with charts instead")
  .action((runId: string, options) =>
    act(async (context) => (await import("./commands/report.ts")).report(context, runId, options)),
  );

program
  .command("portfolio")
  .description("all missions on one page: Markdown")
  .option("--date <date>", "as at the end of that day, UTC (default: today)")
  .option("--period <period>", "day, or week: what the trend is measured against", "day")
  .option("--save", "keep its figures in mission_portfolio_snapshot.json; runs do so for today")
  .option("--html <file>", "write a self-contained page with charts instead")
  .action((options) =>
    act(async (context) => (await import("./commands/portfolio.ts")).portfolio(context, options)),
  );

program
  .command("export")
  .description("an event log of all runs, for process mining")
  .requiredOption(
    "--format <format>",
    "xes (IEEE 1849-2016), or csv, safe to open in a spreadsheet",
  )
  .option("--out <file>", "write it there instead of to standard output")
  .action((options) =>
    act(async (context) => (await import("./commands/export.ts")).exportLog(context, options)),
  );

program
  .command("replay [runs...]")
  .description(
    "recorded runs again, through the graph: what agrees and what differs; writes nothing",
  )
  .action((runIds: string[]) =>
    act(async (context) => (await import("./commands/replay.ts")).replay(context, runIds)),
  );

program
  .command("backtest")
  .description(
    "the policy of --policy (default: the one in force) over recorded runs: what would have changed; writes nothing",
  )
  .option("--against <file>", "compare it with this policy (default: the one in force)")
  .option("--sweep <range>", "try a threshold at many values, as RULE.METRIC=FROM..TO:STEP")
  .option("--html <file>", "write the sweep as a self-contained page with its curves as well")
  .action((options) =>
    act(async (context) => (await import("./commands/backtest.ts")).backtest(context, options)),
  );

program
  .command("advise")
  .description("which approval gates the log would keep, tighten or relax; applies nothing")
  .option("--out <file>", "write the plans as advised, for a person to compare and take over")
  .action((options) =>
    act(async (context) => (await import("./commands/advise.ts")).advise(context, options)),
  );

program
  .command("audit")
  .description(
    "do the books balance: findings over the workspace; exits with 1 when there are errors",
  )
  .option("--fix", "write recomputed statistics and snapshots next to the recorded ones")
  .action((options) =>
    act(async (context) => (await import("./commands/audit.ts")).audit(context, options)),
  );

program
  .command("stats")
  .description("agent performance, recomputed from the logs")
  .action(() => act(async (context) => (await import("./commands/stats.ts")).stats(context)));

program
  .command("graph")
  .description("the graph as Mermaid")
  .action(() => act(async (context) => (await import("./commands/graph.ts")).graph(context)));

program
  .command("schema [name]")
  .description("JSON Schema of a document; without a name, the documents there are")
  .action((name?: string) =>
    act(async (context) => (await import("./commands/schema.ts")).schema(context, name)),
  );

program
  .command("policy")
  .description("the policy in force")
  .action(() => act(async (context) => (await import("./commands/policy.ts")).policy(context)));

async function act(action: Action): Promise<void> {
  const { createCommandContext } = await import("./context.ts");
  const options: GlobalOptions = program.opts();
  process.exitCode = await action(createCommandContext(options));
}

function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}

// Whoever reads our output may have seen enough, as `head` does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(process.exitCode ?? 0);
});

try {
  await program.parseAsync();
} catch (error) {
  const isHelp = error instanceof CommanderError && error.exitCode === 0;
  if (!isHelp) {
    const { reportError } = await import("./report-error.ts");
    process.exitCode = reportError(error, { json: process.argv.includes("--json") });
  }
}
