/** Every metric of a task that a risk rule may name: its unit, its formula in words and as code. */

import type { RiskBasis } from "../kpi/run-figures.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { PlanTask } from "../model/decomposed-mission-tasks.ts";
import { workMinutes } from "../model/minutes.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import { minutesBetween, roundMinutes } from "../model/time.ts";
import { type Metric, countOutcome, roundFigure } from "./metric.ts";

/** A task of a run, with its attempts and the requests that wait. */
export interface TaskSubject {
  readonly plan: PlanTask;
  readonly rows: readonly TaskLog[];
  /** What people were asked about it, taken-back requests left out. */
  readonly requests: readonly ApprovalRequest[];
  readonly facts: Pick<RiskBasis, "tasks" | "statuses" | "dueMinutes" | "now">;
}

export const TASK_METRICS: Readonly<Record<string, Metric<TaskSubject>>> = {
  "task.overrun_minutes": {
    unit: "minutes",
    formula: "Σ `actual_duration_minutes` of the attempts − estimate; waiting included",
    least: -Infinity,
    of: overrun,
  },
  "task.overrun_pct": {
    unit: "%",
    formula: "`task.overrun_minutes` ÷ estimate",
    least: -100,
    of: (subject) => percentOf(overrun(subject), subject.plan),
  },
  "task.work_overrun_minutes": {
    unit: "minutes",
    formula: "Σ work minutes of the attempts − estimate; waiting excluded",
    least: -Infinity,
    of: workOverrun,
  },
  "task.work_overrun_pct": {
    unit: "%",
    formula: "`task.work_overrun_minutes` ÷ estimate",
    least: -100,
    of: (subject) => percentOf(workOverrun(subject), subject.plan),
  },
  "task.approval_delay_minutes": {
    unit: "minutes",
    formula:
      "the longest wait for a person, one that still lasts included; only where one was asked",
    least: 0,
    of: longestWait,
  },
  "task.approval_delay_pct": {
    unit: "%",
    formula: "`task.approval_delay_minutes` ÷ estimate",
    least: 0,
    of: (subject) => percentOf(longestWait(subject), subject.plan),
  },
  "task.approval_overdue_minutes": {
    unit: "minutes",
    formula: "`task.approval_delay_minutes` − `approvals.due_minutes` of the policy",
    least: -Infinity,
    of: (subject) => {
      const wait = longestWait(subject);
      return wait === undefined ? undefined : roundMinutes(wait - subject.facts.dueMinutes);
    },
  },
  "task.attempts": {
    unit: "count",
    formula: "attempts, refused ones included",
    least: 0,
    of: ({ rows }) => rows.length,
  },
  "task.rejections": {
    unit: "count",
    formula: "attempts that a person refused or sent back",
    least: 0,
    of: ({ rows }) => countOutcome(rows, "rejected"),
  },
  "task.failures": {
    unit: "count",
    formula: "attempts that failed",
    least: 0,
    of: ({ rows }) => countOutcome(rows, "failed"),
  },
  "task.failed_for_good": {
    unit: "count",
    formula: "1 when the task has failed and nothing will try it again, else 0",
    least: 0,
    most: 1,
    of: (subject) => Number(isFailed(subject)),
  },
  "task.blocked_tasks": {
    unit: "count",
    formula: "tasks that cannot start because this one failed",
    least: 0,
    of: countBlocked,
  },
};

/** Minutes of all attempts, waiting included. */
export function totalDuration({ rows }: TaskSubject): number {
  return roundMinutes(rows.reduce((sum, row) => sum + row.actual_duration_minutes, 0));
}

function overrun(subject: TaskSubject): number | undefined {
  if (subject.rows.length === 0) return undefined;
  return roundMinutes(totalDuration(subject) - subject.plan.estimated_duration_minutes);
}

function workOverrun({ plan, rows }: TaskSubject): number | undefined {
  if (rows.length === 0) return undefined;
  const total = rows.reduce((sum, row) => sum + workMinutes(row), 0);
  return roundMinutes(total - plan.estimated_duration_minutes);
}

/** Minutes of the longest wait for a person so far; undefined when none was asked. */
export function longestWait({ rows, requests, facts: { now } }: TaskSubject): number | undefined {
  let longest: number | undefined;
  for (const { human_approval_required, human_delay_minutes: delay } of rows) {
    if (human_approval_required || delay > 0) longest = Math.max(longest ?? 0, delay);
  }
  // A decision counts before the attempt that rests on it has its row.
  for (const { approval_request_time, decided_at = now } of requests) {
    longest = Math.max(longest ?? 0, minutesBetween(approval_request_time, decided_at));
  }
  return longest;
}

function isFailed({ plan, facts }: TaskSubject): boolean {
  return facts.statuses[plan.task_id] === "failed";
}

/** How many blocked tasks come after a failed one. */
function countBlocked(subject: TaskSubject): number {
  if (!isFailed(subject)) return 0;
  const { tasks, statuses } = subject.facts;
  const after = new Set([subject.plan.task_id]);
  for (const task of tasks) {
    if (task.depends_on.some((id) => after.has(id))) after.add(task.task_id);
  }
  return tasks.filter(({ task_id }) => after.has(task_id) && statuses[task_id] === "blocked")
    .length;
}

function percentOf(minutes: number | undefined, plan: PlanTask): number | undefined {
  return minutes === undefined
    ? undefined
    : roundFigure((minutes / plan.estimated_duration_minutes) * 100);
}
