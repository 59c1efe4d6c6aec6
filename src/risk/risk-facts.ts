/** What risk rules are held against: a run as it stands, and each of its tasks. */

import type { TaskStatuses } from "../execution/plan-progress.ts";
import { aggregateRun } from "../execution/run-aggregates.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { PlanTask } from "../model/decomposed-mission-tasks.ts";
import { groupBy } from "../model/group-by.ts";
import type { KpiResult } from "../model/kpi-result.ts";
import { type MissionRun, isEnded } from "../model/mission-runs.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import { laterOf, minutesBetween } from "../model/time.ts";
import type { RunSubject } from "./run-metrics.ts";
import type { TaskSubject } from "./task-metrics.ts";

/** Everything that bears on a run's risks. */
export interface RiskFacts {
  readonly run: MissionRun;
  /** In dependency order. */
  readonly tasks: readonly PlanTask[];
  readonly statuses: TaskStatuses;
  readonly rows: readonly TaskLog[];
  readonly requests: readonly ApprovalRequest[];
  readonly kpis: readonly KpiResult[];
  readonly dueMinutes: number;
  readonly budgetMinutes: number | undefined;
  readonly now: string;
}

/** The tasks of a run; what few rules ask for is worked out when one does. */
export function describeTasks(facts: RiskFacts): readonly TaskSubject[] {
  const { tasks, dueMinutes, now } = facts;
  const rows = byTask(facts.rows);
  const requests = byTask(askedIn(facts));
  return tasks.map((plan) => ({
    plan,
    rows: rows.get(plan.task_id) ?? [],
    requests: requests.get(plan.task_id) ?? [],
    dueMinutes,
    now,
    get status() {
      return facts.statuses[plan.task_id];
    },
    get blockedTasks() {
      return facts.statuses[plan.task_id] === "failed" ? countBlocked(plan.task_id, facts) : 0;
    },
  }));
}

/** The run as a whole; what few rules ask for is worked out when one does. */
export function describeRun(facts: RiskFacts): RunSubject {
  const { rows, dueMinutes, budgetMinutes } = facts;
  return {
    rows,
    dueMinutes,
    budgetMinutes,
    get failedTasks() {
      return Object.values(facts.statuses).filter((status) => status === "failed").length;
    },
    get elapsedMinutes() {
      return facts.run.total_duration_minutes ?? elapsedMinutes(facts);
    },
  };
}

function byTask<T extends { readonly task_id: string }>(
  items: readonly T[],
): ReadonlyMap<string, readonly T[]> {
  return items.length === 0 ? new Map() : groupBy(items, (item) => item.task_id);
}

/** Questions that were answered, or are still asked. */
function askedIn(facts: RiskFacts): readonly ApprovalRequest[] {
  if (facts.requests.length === 0) return [];
  const waiting = waitingIn(facts);
  return facts.requests.filter(
    (request) => request.decided_at !== undefined || waiting.includes(request),
  );
}

/** What waits for a person: in a run that has ended, nothing. */
function waitingIn({ run, requests }: RiskFacts): readonly ApprovalRequest[] {
  return isEnded(run) ? [] : requests.filter((request) => request.status === "pending");
}

/** How many blocked tasks come after a task. */
function countBlocked(taskId: string, { tasks, statuses }: RiskFacts): number {
  const after = new Set([taskId]);
  for (const task of tasks) {
    if (task.depends_on.some((id) => after.has(id))) after.add(task.task_id);
  }
  return tasks.filter(({ task_id }) => after.has(task_id) && statuses[task_id] === "blocked")
    .length;
}

/** Wall clock of a run whose record does not say it. */
function elapsedMinutes(facts: RiskFacts): number {
  const { run, rows, dueMinutes, now } = facts;
  const { end_time } = aggregateRun(rows, { startTime: run.start_time, dueMinutes });
  const until = waitingIn(facts).length > 0 ? laterOf(end_time, now) : end_time;
  return Math.max(0, minutesBetween(run.start_time, until));
}
