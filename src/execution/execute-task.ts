/** Carries one task as far as it can go now: calls agents, asks people, writes rows. */

import { applyEdits } from "../approvals/content.ts";
import { OUTPUT, createNaming } from "../approvals/labels.ts";
import { defined } from "../model/defined.ts";
import { workMinutes } from "../model/minutes.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import { type Progress, rowOf, settleRow } from "./attempt-row.ts";
import { type Overrun, sayOverrun } from "./budgets.ts";
import { callForTask, loadOutputs } from "./call-for-task.ts";
import { askAboutBudget, askAboutInputs } from "./make-request.ts";
import { nextStep } from "./next-step.ts";
import { whyNotNeeded } from "./only-if.ts";
import { describeSituation } from "./situation.ts";
import type { Step } from "./step.ts";
import { type TaskReport, queuedApprovalSchema, toResult } from "./task-report.ts";
import type { Assignment, TaskWorld } from "./task-world.ts";

/** Works on a task until it is completed, has failed, or waits for a person. */
export async function executeTask(assignment: Assignment, world: TaskWorld): Promise<TaskReport> {
  const { task } = assignment;
  const known = await world.readTask(task.task_id);
  const rows = known.rows.toSorted(byAttempt);
  const requests = [...known.requests];
  if (rows.length === 0 && requests.length === 0) {
    const row = await findUnneeded(assignment, world);
    if (row !== undefined) rows.push(row);
  }
  const overruns = new Map<string, Overrun>();
  let isLookedAgain = false;
  for (;;) {
    const history = { rows, requests, ...(overruns.size === 0 ? {} : { overruns }) };
    const situation = describeSituation(assignment, history, world.hash);
    const step = nextStep(situation);
    switch (step.kind) {
      case "completed": {
        const status = step.row.outcome === "not_needed" ? "not_needed" : "completed";
        return { status, result: toResult(step.row) };
      }
      case "failed":
        return { status: "failed", result: toResult(step.row, step.reason) };
      case "wait":
        return {
          status: "awaiting_approval",
          requests: step.requests.map((request) => queuedApprovalSchema.parse(request)),
        };
      case "ask": {
        const request = await askAboutInputs(step, situation, { assignment, world });
        // Taken back: the run was cancelled while this went on.
        if (request.status === "void") return { status: "not_reached" };
        requests.push(request);
        break;
      }
      case "call": {
        const made = await callForTask(step, situation, { assignment, world });
        if ("overrun" in made) {
          overruns.set(step.agent_id, made.overrun);
          break;
        }
        if (!("asked" in made)) {
          rows.push(await writeRow(made, { assignment, rows, requests }, world));
          break;
        }
        if (made.asked.some(({ status }) => status === "void")) return { status: "not_reached" };
        requests.push(...made.asked);
        break;
      }
      case "ask-budget": {
        // Others have settled or reserved meanwhile: a person is asked by how it stands now.
        if (!isLookedAgain) {
          overruns.clear();
          isLookedAgain = true;
          break;
        }
        isLookedAgain = false;
        const request = await askAboutBudget(step, situation, { assignment, world });
        if (request.status === "void") return { status: "not_reached" };
        requests.push(request);
        overruns.clear();
        break;
      }
      case "overrun": {
        const error = `over budget: ${sayOverrun(step.overrun)}`;
        const result = { outcome: "failed" as const, work_minutes: 0, error };
        const row = rowOf(step, { assignment, rows, requests }, result);
        const marked: TaskLog = { ...row, over_budget: true };
        rows.push(await writeRow(marked, { assignment, rows, requests }, world));
        break;
      }
      case "unavailable": {
        const error = `${step.agent_id} is not available`;
        const row = rowOf(
          step,
          { assignment, rows, requests },
          { outcome: "failed", work_minutes: 0, error },
        );
        rows.push(await writeRow(row, { assignment, rows, requests }, world));
        break;
      }
      case "lapsed": {
        const { decided, error, retryable } = step;
        const row = rowOf(
          { agent_id: decided.agent_id, attempt: decided.attempt, decided },
          { assignment, rows, requests },
          { outcome: "failed", work_minutes: 0, error, retryable },
        );
        rows.push(await writeRow(row, { assignment, rows, requests }, world));
        break;
      }
      case "settle": {
        const row = settleRow(step.row, step.decided);
        rows[rows.length - 1] = row;
        await world.putRow(row);
        break;
      }
      case "conclude": {
        const row = await concludeRow(step, { assignment, rows, requests }, world);
        rows.push(await writeRow(row, { assignment, rows, requests }, world));
        break;
      }
    }
  }
}

/** The row of a task that the run does not need, made durable; undefined when it is needed. */
async function findUnneeded(
  assignment: Assignment,
  world: TaskWorld,
): Promise<TaskLog | undefined> {
  const { task, route, mission_inputs } = assignment;
  if (task.only_if === undefined) return undefined;
  const outputs = await loadOutputs(assignment, world);
  const reason = whyNotNeeded(task.only_if, { mission_inputs, outputs });
  if (reason === undefined) return undefined;
  const agent_id = route[0]?.agent_id ?? "";
  const step = { agent_id, attempt: 1 };
  const result = { outcome: "not_needed" as const, work_minutes: 0 };
  const row = rowOf(step, { assignment, rows: [], requests: [] }, result);
  const unneeded: TaskLog = { ...row, human_approval_required: false, reason };
  await world.putRow(unneeded);
  notifyEnded(unneeded, assignment, world);
  return unneeded;
}

/** Marks the failure that goes to a person, then makes the row durable. */
async function writeRow(
  row: TaskLog,
  { assignment, rows, requests }: Progress,
  world: TaskWorld,
): Promise<TaskLog> {
  const after = describeSituation(assignment, { rows: [...rows, row], requests }, world.hash);
  const next = row.outcome === "failed" ? nextStep(after) : undefined;
  const isEscalated = next?.kind === "ask" && next.stage === "failure";
  const written: TaskLog = isEscalated ? { ...row, escalation: "failure" } : row;
  await world.putRow(written);
  notifyEnded(written, assignment, world);
  return written;
}

function notifyEnded(row: TaskLog, { task }: Assignment, world: TaskWorld): void {
  world.notify({
    event: "task-ended",
    task_id: row.task_id,
    task: task.task,
    agent_id: row.agent_id,
    attempt: row.attempt ?? 1,
    outcome: row.outcome,
    work_minutes: workMinutes(row),
    ...defined({ error: row.error }),
  });
}

function byAttempt(a: TaskLog, b: TaskLog): number {
  return (a.attempt ?? 1) - (b.attempt ?? 1);
}

/** The row of an attempt that a decision ended: refused, skipped, or its output judged. */
export async function concludeRow(
  { attempt, outcome, decided, consent }: Extract<Step, { kind: "conclude" }>,
  { assignment, rows, requests }: Progress,
  world: Pick<TaskWorld, "load" | "keep">,
): Promise<TaskLog> {
  const { agent_id, kpi_observations, output, output_ref, edits, runtime, usage } = decided;
  const { warnings, reserved } = decided;
  const work_minutes = decided.stage === "after" ? (decided.work_minutes ?? 0) : 0;
  const nameOf = createNaming(assignment.task.output_labels ?? {});
  const original = output_ref === undefined ? output : await world.load(output_ref);
  const kept =
    original === undefined
      ? undefined
      : {
          ...(await world.keep(
            edits === undefined ? original : applyEdits(original, edits, OUTPUT, nameOf),
          )),
          ...defined({ kpi_observations, warnings }),
        };
  const result = { outcome, work_minutes, kept, runtime, usage, reserved };
  if (decided.stage === "failure") {
    const row = rowOf({ agent_id, attempt }, { assignment, rows, requests }, result);
    return { ...row, ...defined({ decided_by: decided.decided_by, reason: decided.reason }) };
  }
  if (decided.stage === "budget") {
    const step = { agent_id, attempt, ...defined({ decided: consent }) };
    const row = rowOf(step, { assignment, rows, requests }, result);
    return { ...row, ...defined({ reason: decided.reason ?? row.reason }) };
  }
  const ready = decided.started_at;
  return rowOf({ agent_id, attempt, decided }, { assignment, rows, requests }, result, ready);
}
