/** Recorded runs as cases for a policy. */

import { deriveStatuses } from "../../execution/derive-statuses.ts";
import { gateDelayMinutes } from "../../execution/run-aggregates.ts";
import { evaluateKpis } from "../../kpi/evaluate-kpis.ts";
import { measuresOf } from "../../kpi/plan-measures.ts";
import type { RiskBasis } from "../../kpi/run-figures.ts";
import { observationsOf } from "../../kpi/run-observations.ts";
import type { History } from "../../model/history.ts";
import { compareText } from "../../model/order.ts";
import type { Policy } from "../../model/policy.ts";
import type { Reference } from "../../model/reference.ts";
import type { RunPlan } from "../../model/run-record.ts";
import type { TaskLog } from "../../model/task-execution-logs.ts";
import { planRun } from "../../planning/plan-run.ts";
import { sortByRun } from "./sort-by-run.ts";

/**
 * A recorded run: of its figures, those that rules and tallies look at. All are simple values, which
 * cost less than what is worked out when it is read.
 */
export interface RunCase extends RiskBasis {
  readonly plan: RunPlan;
}

/**
 * One case for each run, in the order of the runs; the order of rows and requests does not matter. A
 * run that has not ended is judged as it stands now. Linear in the history, and nothing of a case is
 * kept when the next is looked at.
 */
export function* listCases(
  history: Pick<History, "runs" | "rows" | "requests" | "plans">,
  { reference, now, policy }: { reference: Reference; now: string; policy: Policy },
): Generator<RunCase, void> {
  const { runs, plans } = history;
  const positions = new Map(runs.map((run, position) => [run.run_id, position]));
  const rowsOf = sortByRun(history.rows, positions);
  const requestsOf = sortByRun(history.requests, positions);
  for (const run of runs) {
    const plan = plans.get(run.plan_hash ?? "") ?? planRun(run.mission_id, reference);
    const rows = inOrder(rowsOf(run.run_id));
    const requests = requestsOf(run.run_id);
    const { definitions, budgetMinutes } = measuresOf(plan);
    yield {
      run,
      plan,
      tasks: plan.tasks,
      rows,
      requests,
      statuses: deriveStatuses(plan.tasks, { run, rows, requests }),
      kpis: evaluateKpis(definitions, {
        observations: observationsOf({ run, plan, rows }),
        rows,
        isComplete: run.status === "completed",
      }),
      budgetMinutes,
      dueMinutes: policy.approvals.due_minutes,
      now,
    };
  }
}

/** What node E would have looked at, had this been the time that approvals may take. */
export function judgeBy(dueMinutes: number, recorded: RiskBasis): RiskBasis {
  const { run, tasks, statuses, requests, kpis, budgetMinutes, now } = recorded;
  return {
    run,
    tasks,
    statuses,
    rows: judgeDelays(recorded.rows, dueMinutes),
    requests,
    kpis,
    dueMinutes,
    budgetMinutes,
    now,
  };
}

/** Rows that say themselves that they were late say so by the time allowed then: here by another. */
function judgeDelays(rows: readonly TaskLog[], dueMinutes: number): readonly TaskLog[] {
  const isAsItWas = rows.every((row) => !isJudged(row) || isLate(row, dueMinutes) === wasLate(row));
  if (isAsItWas) return rows;
  return rows.map((row) => {
    if (!isJudged(row)) return row;
    const { escalation: _then, ...rest } = row;
    return isLate(row, dueMinutes) ? { ...rest, escalation: "overdue" } : rest;
  });
}

/** True when the row says whether its approval was late. */
function isJudged({ attempt, decision, stage, escalation }: TaskLog): boolean {
  if (attempt === undefined || decision === undefined) return false;
  return stage !== "failure" && escalation !== "failure";
}

function isLate(row: TaskLog, dueMinutes: number): boolean {
  return gateDelayMinutes(row) >= dueMinutes;
}

function wasLate(row: TaskLog): boolean {
  return row.escalation === "overdue";
}

/** Mostly they were written in this order. */
function inOrder(rows: readonly TaskLog[]): readonly TaskLog[] {
  const isOrdered = rows.every((row, position) => {
    const before = rows[position - 1];
    return before === undefined || byAttempt(before, row) <= 0;
  });
  return isOrdered ? rows : rows.toSorted(byAttempt);
}

function byAttempt(a: TaskLog, b: TaskLog): number {
  return compareText(a.task_id, b.task_id) || (a.attempt ?? 1) - (b.attempt ?? 1);
}
