/** Has a failed task of a failed run tried again, because a person says so. */

import { z } from "zod";

import { MissionError, badInput } from "../errors.ts";
import { deriveStatuses } from "../execution/derive-statuses.ts";
import type { DecisionSource } from "../model/decision.ts";
import { defined } from "../model/defined.ts";
import type { MissionRun } from "../model/mission-runs.ts";
import { personSchema, reasonSchema } from "../model/primitives.ts";
import type { RunRecord } from "../model/run-record.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import { readRun } from "./read-run.ts";
import { refuseExternal, requireRuntimes } from "./run-runtimes.ts";
import type { RunWorld } from "./world.ts";

const requestSchema = z.object({ by: personSchema, reason: reasonSchema.optional() });

export type RetryRequest = z.input<typeof requestSchema>;

/**
 * Opens a failed run again: the task gets a new attempt, by any of its agents, and what waited for it
 * is no longer blocked. The run has to be driven then.
 *
 * @throws UnknownRunError; MissionError `BAD_INPUT`, `NOT_ALLOWED` when neither run nor task has
 *   failed, `NOT_AN_APPROVER`, `EXTERNAL_RUN`, `RUNTIME_MISSING`, `BUSY` while somebody works on it.
 */
export async function retryTask(
  runId: string,
  taskId: string,
  { source, ...request }: RetryRequest & { readonly source: DecisionSource },
  world: RunWorld,
): Promise<void> {
  const parsed = requestSchema.safeParse(request);
  if (!parsed.success) throw badInput(parsed.error, request);
  const { by, reason } = parsed.data;
  const { approvers } = world.policy().approvals;
  if (approvers !== undefined && !approvers.includes(by)) {
    const message = `"${by}" may not have a task tried again: the policy lists ${approvers.join(", ")}.`;
    throw new MissionError("NOT_AN_APPROVER", message);
  }
  await readRun(runId, world);
  const lease = await world.store.takeLease(runId);
  try {
    const record = await readRun(runId, world);
    const failed = requireFailed(record, taskId);
    refuseExternal(record.run);
    const reopened = { at: world.clock.now(), by, source, ...defined({ reason }) };
    const run = reopen(record.run);
    const rows = record.rows.map((row) => (row === failed ? { ...failed, reopened } : row));
    await requireRuntimes({ ...record, run, rows }, world);
    await world.store.reopenRun({ ...failed, reopened }, reopen);
  } finally {
    await lease.release();
  }
}

/** The last attempt at a task that has failed for good. */
function requireFailed({ run, rows, requests, plan }: RunRecord, taskId: string): TaskLog {
  const { run_id, status } = run;
  if (status !== "failed") {
    throw new MissionError("NOT_ALLOWED", `${run_id} has not failed: it is ${status}.`);
  }
  const statuses = deriveStatuses(plan.tasks, { run, rows, requests });
  const last = rows.findLast((row) => row.task_id === taskId);
  if (statuses[taskId] === "failed" && last !== undefined) return last;
  const failed = Object.keys(statuses).filter((id) => statuses[id] === "failed");
  throw new MissionError(
    "NOT_ALLOWED",
    `"${taskId.slice(0, 100)}" is no failed task of ${run_id}. Failed: ${failed.join(", ")}.`,
    { details: { failed } },
  );
}

/** The record without what its end said. */
function reopen(run: MissionRun): MissionRun {
  const {
    end_time: _end,
    total_duration_minutes: _total,
    ended_reason: _why,
    executive_summary: _summary,
    rule_summary: _rules,
    summary_version: _version,
    polish: _polish,
    ...rest
  } = run;
  return { ...rest, status: "running" };
}
