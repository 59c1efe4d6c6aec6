/** Every metric of a run and of its KPIs that a risk rule may name. */

import { escalationOf } from "../execution/run-aggregates.ts";
import type { KpiResult } from "../model/kpi-result.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import { roundMinutes } from "../model/time.ts";
import { isExecution } from "../routing/evidence.ts";
import { type Metric, countOutcome, roundFigure } from "./metric.ts";

/** A run with all its rows. */
export interface RunSubject {
  readonly rows: readonly TaskLog[];
  readonly failedTasks: number;
  readonly elapsedMinutes: number;
  readonly budgetMinutes: number | undefined;
  readonly dueMinutes: number;
}

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
      budgetMinutes === undefined ? undefined : roundFigure((elapsedMinutes / budgetMinutes) * 100),
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
      gap === null || target === 0 ? undefined : roundFigure((gap / Math.abs(target)) * 100),
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
