/** Recorded runs as cases for a policy: all that does not depend on the policy, worked out once. */

import { deriveStatuses } from "../execution/derive-statuses.ts";
import { type KpiDefinition, timeBudgetMinutes } from "../kpi/define-kpis.ts";
import { evaluateKpis } from "../kpi/evaluate-kpis.ts";
import { kpisOfMission } from "../kpi/observations.ts";
import { compareText } from "../model/canonical-json.ts";
import type { PlanTask } from "../model/decomposed-mission-tasks.ts";
import { groupBy } from "../model/group-by.ts";
import type { History } from "../model/history.ts";
import type { Reference } from "../model/reference.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import { orderTasks } from "../planning/task-order.ts";
import { observationsOf } from "../reporting/run-facts.ts";
import type { RiskFacts } from "../risk/find-risks.ts";

/** A recorded run, but for what the policy says of it. */
export type RunCase = Omit<RiskFacts, "dueMinutes">;

/** What a mission's runs have in common. */
interface MissionFrame {
  readonly tasks: readonly PlanTask[];
  readonly definitions: readonly KpiDefinition[];
  readonly budgetMinutes: number | undefined;
}

/**
 * One case for each run, in the order of the runs; the order of rows and requests does not matter.
 * Linear in the history.
 *
 * @param now runs that have not ended are judged as they stand at this instant.
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
    const rows = (rowsByRun.get(run.run_id) ?? []).toSorted(byAttempt);
    const requests = requestsByRun.get(run.run_id) ?? [];
    const statuses = deriveStatuses(tasks, { run, rows, requests });
    const kpis = evaluateKpis(definitions, { observations: observationsOf(run), rows });
    return { run, tasks, statuses, rows, requests, kpis, budgetMinutes, now };
  });
}

/** The facts that node E would have looked at, had this been the time that approvals may take. */
export function factsUnder(dueMinutes: number, recorded: RunCase): RiskFacts {
  return { ...recorded, dueMinutes, rows: recorded.rows.map((row) => judgeDelay(row, dueMinutes)) };
}

/** Rows that say themselves that they were late say so by the time allowed then: here by another. */
function judgeDelay(row: TaskLog, dueMinutes: number): TaskLog {
  if (row.attempt === undefined || row.decision === undefined || row.stage === "failure") {
    return row;
  }
  if (row.escalation === "failure") return row;
  const isLate = row.human_delay_minutes >= dueMinutes;
  if (isLate === (row.escalation === "overdue")) return row;
  const { escalation: _then, ...rest } = row;
  return isLate ? { ...rest, escalation: "overdue" } : rest;
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

function byAttempt(a: TaskLog, b: TaskLog): number {
  return compareText(a.task_id, b.task_id) || (a.attempt ?? 1) - (b.attempt ?? 1);
}
