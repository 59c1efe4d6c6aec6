/** The command line: what there is. What a command needs is loaded when it is called. */

import { Command, CommanderError } from "@commander-js/extra-typings";

import type { Act } from "./command.ts";
import { a2aCommand } from "./commands/a2a.ts";
import { adviseCommand } from "./commands/advise.ts";
import { approvalsCommand } from "./commands/approvals.ts";
import { auditCommand } from "./commands/audit.ts";
import { backtestCommand } from "./commands/backtest.ts";
import { cancelCommand } from "./commands/cancel.ts";
import { copyCommand } from "./commands/copy.ts";
import {
  answerCommand,
  approveCommand,
  editCommand,
  rejectCommand,
  skipCommand,
} from "./commands/decide.ts";
import { exportCommand } from "./commands/export.ts";
import { graphCommand } from "./commands/graph.ts";
import { importCommand } from "./commands/import.ts";
import { initCommand } from "./commands/init.ts";
import { kpiCommand } from "./commands/kpi.ts";
import { mcpCommand } from "./commands/mcp.ts";
import { migrateCommand } from "./commands/migrate.ts";
import { agentsCommand, missionsCommand } from "./commands/missions.ts";
import { newCommand } from "./commands/new.ts";
import { planCommand } from "./commands/plan.ts";
import { policyCommand } from "./commands/policy.ts";
import { portfolioCommand } from "./commands/portfolio.ts";
import { pruneCommand } from "./commands/prune.ts";
import { replayCommand } from "./commands/replay.ts";
import { reportCommand } from "./commands/report.ts";
import { resumeCommand } from "./commands/resume.ts";
import { retryCommand } from "./commands/retry.ts";
import { risksCommand } from "./commands/risks.ts";
import { runCommand } from "./commands/run.ts";
import { runsCommand } from "./commands/runs.ts";
import { schemaCommand } from "./commands/schema.ts";
import { serveCommand } from "./commands/serve.ts";
import { showCommand } from "./commands/show.ts";
import { statsCommand } from "./commands/stats.ts";
import { validateCommand } from "./commands/validate.ts";
import { watchCommand } from "./commands/watch.ts";
import { workerCommand } from "./commands/worker.ts";
import type { Surroundings } from "./surroundings.ts";

const COMMANDS = [
  initCommand,
  newCommand,
  validateCommand,
  missionsCommand,
  planCommand,
  agentsCommand,
  runCommand,
  approvalsCommand,
  approveCommand,
  rejectCommand,
  editCommand,
  skipCommand,
  answerCommand,
  resumeCommand,
  retryCommand,
  cancelCommand,
  runsCommand,
  showCommand,
  risksCommand,
  watchCommand,
  kpiCommand,
  reportCommand,
  portfolioCommand,
  importCommand,
  exportCommand,
  replayCommand,
  backtestCommand,
  adviseCommand,
  auditCommand,
  statsCommand,
  workerCommand,
  serveCommand,
  migrateCommand,
  copyCommand,
  pruneCommand,
  mcpCommand,
  a2aCommand,
  graphCommand,
  schemaCommand,
  policyCommand,
];

/** Characters on a line of help that goes elsewhere than to a terminal. */
const HELP_WIDTH = 80;

/**
 * Does what is asked for, and tells of it.
 *
 * @param args what stands after the name of the program.
 * @returns the exit code.
 */
export async function runCommandLine(
  args: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  let exitCode = 0;
  const program = defineProgram(surroundings);
  const act: Act = async (action) => {
    const { createCommandContext } = await import("./context.ts");
    exitCode = await action(createCommandContext(program.opts(), surroundings));
  };
  for (const define of COMMANDS) {
    const command = define(act).copyInheritedSettings(program);
    for (const part of command.commands) part.copyInheritedSettings(command);
    program.addCommand(command);
  }
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const { reportError } = await import("./report-error.ts");
    const { listGiven } = await import("./context.ts");
    const json = args.includes("--json");
    return reportError(error, { json, given: listGiven(program.opts()), surroundings });
  }
}

function defineProgram({ output }: Surroundings) {
  return new Command("mission-control")
    .description("Runs business missions through agents, and stops where a person must decide.")
    .version("0.1.0")
    .option(
      "--workspace <dir>",
      "folder of the workspace (default: $MISSION_CONTROL_WORKSPACE, else ./workspace)",
    )
    .option(
      "--store <url>",
      "where telemetry is kept: a folder, or postgres://user@host/database (default: $DATABASE_URL where it is one, else the workspace)",
    )
    .option("--policy <file>", "policy to use instead of the workspace's policy.json")
    .option("--json", "print one JSON value, and nothing else, on standard output")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void output.write(text),
      writeErr: () => {},
      getOutHelpWidth: () => output.width ?? HELP_WIDTH,
    })
    .addHelpText(
      "after",
      "\nExit codes: 0 done, 1 failed, busy or I/O,\n  2 usage or bad data, 3 waiting for approval.\n\nStart with: mission-control run M001",
    );
}
