/** What people have decided and nobody has carried out, where the run is about to be cancelled. */

import { createAssign } from "../execution/assign-task.ts";
import { type Progress, rowOf, settleRow } from "../execution/attempt-row.ts";
import { concludeRow } from "../execution/execute-task.ts";
import { nextStep } from "../execution/next-step.ts";
import { describeSituation } from "../execution/situation.ts";
import type { Step } from "../execution/step.ts";
import { toResult } from "../execution/task-report.ts";
import { groupBy } from "../model/order.ts";
import { pick } from "../model/pick.ts";
import type { RunRecord } from "../model/run-record.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import { keepOutput } from "./keep-output.ts";
import type { RunWorld } from "./world.ts";

/**
 * Writes the rows of what was decided and needs no agent: a refusal, a judgement of an output. They stand, whether the run is
 * cancelled then or goes on after a crash.
 *
 * @param record without anything that still waits for a person.
 * @returns the rows of attempts that people agreed to and that will never begin. Nothing may go on from them: they are to be written
 *   with the end of the run.
 */
export async function settleDecisions(
  record: RunRecord,
  world: Pick<RunWorld, "store" | "reference" | "hash">,
): Promise<readonly TaskLog[]> {
  const { rows, requests, plan } = record;
  const decided = new Set(
    requests.flatMap(({ task_id, status }) => (status === "decided" ? [task_id] : [])),
  );
  if (decided.size === 0) return [];
  const results = Object.fromEntries(rows.map((row) => [row.task_id, toResult(row)]));
  const assign = createAssign(record, world.reference().agents);
  const [rowsOf, requestsOf] = [groupBy(rows, taskOf), groupBy(requests, taskOf)];
  const unused: TaskLog[] = [];
  for (const task of plan.tasks.filter(({ task_id }) => decided.has(task_id))) {
    const { task_id, depends_on } = task;
    const assignment = assign(task, pick(results, depends_on));
    const own = { rows: rowsOf.get(task_id) ?? [], requests: requestsOf.get(task_id) ?? [] };
    const left = await settleTask({ assignment, ...own }, world);
    if (left !== undefined) unused.push(left);
  }
  return unused;
}

function taskOf({ task_id }: { readonly task_id: string }): string {
  return task_id;
}

async function settleTask(
  progress: Progress,
  { store, hash }: Pick<RunWorld, "store" | "hash">,
): Promise<TaskLog | undefined> {
  const { assignment, requests } = progress;
  const rows = [...progress.rows];
  for (;;) {
    const known = { assignment, rows, requests };
    const step = nextStep(describeSituation(assignment, { rows, requests }, hash));
    switch (step.kind) {
      case "settle":
        rows[rows.length - 1] = settleRow(step.row, step.decided);
        break;
      case "conclude":
        rows.push(
          await concludeRow(step, known, {
            load: (reference) => store.loadOutput(reference),
            keep: (output) => keepOutput(output, store),
          }),
        );
        break;
      case "lapsed": {
        const { decided } = step;
        const { agent_id, attempt } = decided;
        return unusedRow({ agent_id, attempt, decided }, known);
      }
      case "call":
      case "unavailable":
        return unusedRow(step, known);
      case "ask":
      case "ask-budget":
      case "overrun":
      case "wait":
      case "completed":
      case "failed":
        return undefined;
    }
    const written = rows.at(-1);
    if (written !== undefined) await store.putTaskLog(written);
  }
}

/** Skipped: who cancels a run has it go without what was agreed to. Undefined where nothing was. */
function unusedRow(
  step: Pick<Extract<Step, { kind: "call" }>, "agent_id" | "attempt" | "decided">,
  known: Progress,
): TaskLog | undefined {
  const error = "the run was cancelled before it was done";
  const row = rowOf(step, known, { outcome: "skipped", work_minutes: 0, error });
  const hasDecision = row.decision !== undefined || row.further_decisions !== undefined;
  return hasDecision ? row : undefined;
}
