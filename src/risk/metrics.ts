/** Every metric that a risk rule may name: its unit, its formula in words and as code. */

import type { TaskStatus } from "../execution/plan-progress.ts";
import { escalationOf } from "../execution/run-aggregates.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { PlanTask } from "../model/decomposed-mission-tasks.ts";
import type { KpiResult } from "../model/kpi-result.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import { minutesBetween, roundMinutes } from "../model/time.ts";
import { isExecution, workMinutes } from "../routing/evidence.ts";

/** A task of a run, with its attempts and the requests that wait. */
export interface TaskSubject {
  readonly plan: PlanTask;
  readonly status: TaskStatus | undefined;
  readonly rows: readonly TaskLog[];
  /** What people were asked about it, taken-back requests left out. */
  readonly requests: readonly ApprovalRequest[];
  readonly blockedTasks: number;
  readonly dueMinutes: number;
  readonly now: string;
}

/** A run with all its rows. */
export interface RunSubject {
  readonly rows: readonly TaskLog[];
  readonly failedTasks: number;
  readonly elapsedMinutes: number;
  readonly budgetMinutes: number | undefined;
  readonly dueMinutes: number;
}

interface Metric<Subject> {
  readonly unit: "%" | "minutes" | "count";
  readonly formula: string;
  /** No value can be below this. */
  readonly least: number;
  /** No value can be above this. Default: no bound. */
  readonly most?: number;
  /** Undefined when the log cannot tell: no condition on it holds. */
  readonly of: (subject: Subject) => number | undefined;
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
      return wait === undefined ? undefined : roundMinutes(wait - subject.dueMinutes);
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
    of: ({ status }) => Number(status === "failed"),
  },
  "task.blocked_tasks": {
    unit: "count",
    formula: "tasks that cannot start because this one failed",
    least: 0,
    of: ({ blockedTasks }) => blockedTasks,
  },
};

export const RUN_METRICS: Readonly<Record<string, Metric<RunSubject>>> = {
  "run.duration_minutes": {
    unit: "minutes",
    formula: "wall clock so far",
    least: 0,
    of: ({ elapsedMinutes }) => elapsedMinutes,
  },
  "run.time_budget_pct": {
    unit: "%",
    formula:
      "wall clock ÷ time budget: `time_budget_minutes` of the mission, else its shortest KPI target in `_days`, `_hours` or `_minutes`",
    least: 0,
    of: ({ elapsedMinutes, budgetMinutes }) =>
      budgetMinutes === undefined ? undefined : round((elapsedMinutes / budgetMinutes) * 100),
  },
  "run.human_delay_minutes": {
    unit: "minutes",
    formula: "Σ `human_delay_minutes`",
    least: 0,
    of: ({ rows }) => roundMinutes(rows.reduce((sum, row) => sum + row.human_delay_minutes, 0)),
  },
  "run.attempts": {
    unit: "count",
    formula: "attempts that ran",
    least: 0,
    of: ({ rows }) => rows.filter(isExecution).length,
  },
  "run.rejections": {
    unit: "count",
    formula: "attempts that a person refused or sent back",
    least: 0,
    of: ({ rows }) => countOutcome(rows, "rejected"),
  },
  "run.failures": {
    unit: "count",
    formula: "attempts that failed",
    least: 0,
    of: ({ rows }) => countOutcome(rows, "failed"),
  },
  "run.failed_tasks": {
    unit: "count",
    formula: "tasks that failed for good",
    least: 0,
    of: ({ failedTasks }) => failedTasks,
  },
  "run.escalations": {
    unit: "count",
    formula: "approvals decided late + failures handed to a person",
    least: 0,
    of: ({ rows, dueMinutes }) =>
      rows.filter((row) => escalationOf(row, dueMinutes) !== undefined).length,
  },
};

/** The last part of `kpi.<name>.<part>`. */
export const KPI_METRICS: Readonly<Record<string, Metric<KpiResult>>> = {
  value: {
    unit: "count",
    formula: "the observed value, in the KPI's own unit",
    least: 0,
    of: ({ observed }) => observed ?? undefined,
  },
  gap_pct: {
    unit: "%",
    formula: "(observed − target) ÷ target",
    least: -Infinity,
    of: ({ gap, target }) =>
      gap === null || target === 0 ? undefined : round((gap / Math.abs(target)) * 100),
  },
  improvement_pct: {
    unit: "%",
    formula: "change from baseline towards better ÷ baseline",
    least: -Infinity,
    of: ({ improvement_pct }) => improvement_pct ?? undefined,
  },
  attainment_pct: {
    unit: "%",
    formula: "share of the way from baseline to target",
    least: -Infinity,
    of: ({ attainment_pct }) => attainment_pct ?? undefined,
  },
};

/** The metric of that very name: not what every object has besides. */
export function lookUp<M>(table: Readonly<Record<string, M>>, name: string): M | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** `kpi.csat.gap_pct` as its KPI and part; undefined for any other name. */
export function parseKpiMetric(name: string): { kpi: string; part: string } | undefined {
  const [, kpi, part] = /^kpi\.(.+)\.([a-z_]+)$/.exec(name) ?? [];
  return kpi === undefined || part === undefined ? undefined : { kpi, part };
}

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
export function longestWait({ rows, requests, now }: TaskSubject): number | undefined {
  const delays = rows
    .filter((row) => row.human_approval_required || row.human_delay_minutes > 0)
    .map((row) => row.human_delay_minutes);
  // A decision counts before the attempt that rests on it has its row.
  const waits = requests.map(({ approval_request_time, decided_at = now }) =>
    Math.max(0, minutesBetween(approval_request_time, decided_at)),
  );
  const all = [...delays, ...waits];
  return all.length === 0 ? undefined : Math.max(...all);
}

function percentOf(minutes: number | undefined, plan: PlanTask): number | undefined {
  return minutes === undefined
    ? undefined
    : round((minutes / plan.estimated_duration_minutes) * 100);
}

function countOutcome(rows: readonly TaskLog[], outcome: TaskLog["outcome"]): number {
  return rows.filter((row) => row.outcome === outcome).length;
}

function round(value: number): number {
  return Math.round(value * 100) / 100 + 0;
}
