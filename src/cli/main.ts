#!/usr/bin/env node
/** The command line: what there is. What a command needs is loaded when it is called. */

import { Command, CommanderError } from "@commander-js/extra-typings";

import { toPlainText } from "../model/plain-text.ts";
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

const program = new Command("mission-control")
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
  .configureOutput({ writeErr: () => {} })
  .addHelpText(
    "after",
    "\nExit codes: 0 done, 1 failed, busy or I/O,\n  2 usage or bad data, 3 waiting for approval.\n\nStart with: mission-control run M001",
  );

const act: Act = async (action) => {
  const { createCommandContext } = await import("./context.ts");
  process.exitCode = await action(createCommandContext(program.opts()));
};

const commands = [
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
for (const define of commands) {
  const command = define(act).copyInheritedSettings(program);
  for (const part of command.commands) part.copyInheritedSettings(command);
  program.addCommand(command);
}

let isOver = false;

// Whoever reads our output may have seen enough, as `head` does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  isOver = true;
  process.exit(process.exitCode ?? 0);
});

// Agents of this process may fail outside of any attempt, and what they began may never end.
for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, (error: unknown) => {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`warning: outside of any attempt: ${toPlainText(what)}\n`);
  });
}
process.on("exit", (code) => {
  if (isOver) return;
  process.stderr.write(
    "The process was ended in the middle of its work, by an agent or because nothing was left to wait for. `mission-control resume latest` goes on.\n",
  );
  if (code === 0) process.exitCode = 1;
});

try {
  await program.parseAsync();
} catch (error) {
  const isHelp = error instanceof CommanderError && error.exitCode === 0;
  if (!isHelp) {
    const { reportError } = await import("./report-error.ts");
    const { createScreen } = await import("./screen.ts");
    const { listGiven } = await import("./context.ts");
    process.exitCode = reportError(error, {
      json: process.argv.includes("--json"),
      screen: createScreen({
        width: process.stderr.isTTY ? process.stderr.columns : undefined,
        now: Date.now,
        given: listGiven(program.opts()),
      }),
    });
  }
}
isOver = true;
// What an agent has left open must not keep the process; what was printed has to be out before.
process.stdout.write("", () => process.stderr.write("", () => process.exit()));
