/** `approve`, `reject`, `edit` and `skip`: one decision or several, then the run goes on. */

import type { Decisions, MissionControl } from "../../app/open-mission-control.ts";
import { MissionError } from "../../errors.ts";
import type { CommandContext } from "../context.ts";
import { parseAssignments } from "../parse-assignments.ts";
import { printNote } from "../print.ts";
import { finish } from "../progress.ts";

interface By {
  readonly by?: string;
}

export async function approve(
  context: CommandContext,
  runId: string,
  { tasks, all, by }: By & { tasks: readonly string[]; all?: boolean },
): Promise<number> {
  const decided_by = context.decider(by);
  return decide(context, runId, async (control) => {
    const named = tasks.length > 0 ? tasks : await pendingIds(control, runId, all === true);
    return Object.fromEntries(named.map((task) => [task, { type: "approve", decided_by }]));
  });
}

export async function reject(
  context: CommandContext,
  runId: string,
  { task, reason, by }: By & { task: string; reason: string },
): Promise<number> {
  const decision = { type: "reject", reason, decided_by: context.decider(by) } as const;
  return decide(context, runId, async () => ({ [task]: decision }));
}

export async function edit(
  context: CommandContext,
  runId: string,
  { task, set, by }: By & { task: string; set: readonly string[] },
): Promise<number> {
  const edits = Object.fromEntries(parseAssignments("--set", set));
  const decision = { type: "edit", edits, decided_by: context.decider(by) } as const;
  return decide(context, runId, async () => ({ [task]: decision }));
}

export async function skip(
  context: CommandContext,
  runId: string,
  { task, reason, by }: By & { task: string; reason: string },
): Promise<number> {
  const decision = { type: "skip", reason, decided_by: context.decider(by) } as const;
  return decide(context, runId, async () => ({ [task]: decision }));
}

async function decide(
  context: CommandContext,
  runId: string,
  chooseDecisions: (control: MissionControl) => Promise<Decisions>,
): Promise<number> {
  const control = await context.openMissionControl();
  try {
    const decisions = await chooseDecisions(control);
    const exitCode = await finish(context, (onProgress) =>
      control.decide(runId, decisions, { source: "cli", onProgress }),
    );
    await explainExternal(control, runId);
    return exitCode;
  } finally {
    await control.close();
  }
}

/** A run whose checkpoints are elsewhere goes on there, not here. */
async function explainExternal(control: MissionControl, runId: string): Promise<void> {
  const run = (await control.runs()).find((candidate) => candidate.run_id === runId);
  if (run?.checkpoints !== "external") return;
  const where = `Send any input to its thread ${run.thread_id} on the server it was started on`;
  printNote(`Recorded. ${where}: the run goes on with the decision.`);
}

/** @throws MissionError `USAGE` when it is not clear what is meant. */
async function pendingIds(
  control: MissionControl,
  runId: string,
  isAll: boolean,
): Promise<readonly string[]> {
  const { pending_approvals: pending, status } = await control.run(runId);
  if (pending.length === 0) {
    throw new MissionError(
      "UNKNOWN_APPROVAL",
      `Nothing waits for a person in ${runId} (${status}).`,
    );
  }
  if (pending.length > 1 && !isAll) {
    const list = pending.map((request) => `${request.task_id} (${request.task})`).join(", ");
    throw new MissionError(
      "USAGE",
      `${pending.length} approvals are pending: ${list}. Name them, or use --all.`,
    );
  }
  return pending.map((request) => request.approval_id);
}
