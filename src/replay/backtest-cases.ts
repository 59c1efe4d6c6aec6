/** Recorded runs as cases for a policy. */

import { deriveStatuses } from "../execution/derive-statuses.ts";
import type { TaskStatuses } from "../execution/plan-progress.ts";
import { type KpiDefinition, timeBudgetMinutes } from "../kpi/define-kpis.ts";
import { evaluateKpis } from "../kpi/evaluate-kpis.ts";
import { kpisOfMission } from "../kpi/observations.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import { compareText } from "../model/canonical-json.ts";
import type { PlanTask } from "../model/decomposed-mission-tasks.ts";
import { groupBy } from "../model/group-by.ts";
import type { History } from "../model/history.ts";
import type { KpiResult } from "../model/kpi-result.ts";
import type { MissionRun } from "../model/mission-runs.ts";
import type { Reference } from "../model/reference.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import { orderTasks } from "../planning/task-order.ts";
import { observationsOf } from "../reporting/run-facts.ts";
import type { RiskFacts } from "../risk/risk-facts.ts";

/** A recorded run, and what its mission says of it. */
export interface RunCase extends MissionFrame {
  readonly run: MissionRun;
  /** By task, then attempt. */
  readonly rows: readonly TaskLog[];
  readonly requests: readonly ApprovalRequest[];
  /** A run that has not ended is judged as it stands at this instant. */
  readonly now: string;
}

/** What a mission's runs have in common. */
interface MissionFrame {
  /** In dependency order; none when the mission has no plan any more. */
  readonly tasks: readonly PlanTask[];
  readonly definitions: readonly KpiDefinition[];
  readonly budgetMinutes: number | undefined;
}

/**
 * One case for each run, in the order of the runs; the order of rows and requests does not matter.
 * Linear in the history.
 */
export function gatherCases(
  history: Pick<History, "runs" | "rows" | "requests">,
  { reference, now }: { reference: Reference; now: string },
): readonly RunCase[] {
  const rowsByRun = groupBy(history.rows, (row) => row.run_id);
  const requestsByRun = groupBy(history.requests, (request) => request.run_id);
  const frameOf = createFrames(reference);
  return history.runs.map((run) => {
    const { tasks, definitions, budgetMinutes } = frameOf(run.mission_id);
    const rows = inOrder(rowsByRun.get(run.run_id) ?? []);
    const requests = requestsByRun.get(run.run_id) ?? [];
    return { run, tasks, definitions, budgetMinutes, rows, requests, now };
  });
}

/**
 * The facts that node E would have looked at, had this been the time that approvals may take. What
 * few rules ask for is worked out when one does.
 */
export function factsUnder(dueMinutes: number, recorded: RunCase): RiskFacts {
  const { run, tasks, definitions, budgetMinutes, requests, now } = recorded;
  const rows = judgeDelays(recorded.rows, dueMinutes);
  let statuses: TaskStatuses | undefined;
  let kpis: readonly KpiResult[] | undefined;
  return {
    run,
    tasks,
    rows,
    requests,
    dueMinutes,
    budgetMinutes,
    now,
    get statuses() {
      return (statuses ??= deriveStatuses(tasks, { run, rows, requests }));
    },
    get kpis() {
      return (kpis ??= evaluateKpis(definitions, { observations: observationsOf(run), rows }));
    },
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
  return row.human_delay_minutes >= dueMinutes;
}

function wasLate(row: TaskLog): boolean {
  return row.escalation === "overdue";
}

function createFrames(reference: Reference): (missionId: string) => MissionFrame {
  const frames = new Map<string, MissionFrame>();
  return (missionId) => {
    const known = frames.get(missionId);
    if (known !== undefined) return known;
    const plan = reference.plans.find((candidate) => candidate.mission_id === missionId);
    const mission = reference.missions.find((candidate) => candidate.mission_id === missionId);
    const definitions = kpisOfMission(missionId, reference);
    const budgetMinutes = timeBudgetMinutes(mission, definitions);
    const frame = { tasks: orderTasks(plan?.tasks ?? []).ordered, definitions, budgetMinutes };
    frames.set(missionId, frame);
    return frame;
  };
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
