/** Every metric of a run and of its KPIs that a risk rule may name. */

import { aggregateRun, escalationOf } from "../execution/run-aggregates.ts";
import type { RiskBasis } from "../kpi/run-figures.ts";
import type { KpiResult } from "../model/kpi-result.ts";
import { isEnded } from "../model/mission-runs.ts";
import { laterOf, minutesBetween, roundMinutes } from "../model/time.ts";
import { isExecution } from "../routing/evidence.ts";
import { type Metric, countOutcome, roundFigure } from "./metric.ts";

/** What the figures of a run as a whole follow from. */
export type RunSubject = Omit<RiskBasis, "tasks" | "kpis">;

export const RUN_METRICS: Readonly<Record<string, Metric<RunSubject>>> = {
  "run.duration_minutes": {
    unit: "minutes",
    formula: "wall clock so far",
    least: 0,
    of: elapsedMinutes,
  },
  "run.time_budget_pct": {
    unit: "%",
    formula:
      "wall clock ÷ time budget: `time_budget_minutes` of the mission, else its shortest KPI target in `_days`, `_hours` or `_minutes`",
    least: 0,
    of: (facts) =>
      facts.budgetMinutes === undefined
        ? undefined
        : roundFigure((elapsedMinutes(facts) / facts.budgetMinutes) * 100),
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
    of: ({ statuses }) => Object.values(statuses).filter((status) => status === "failed").length,
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

/** As recorded; else from the rows, and until now where the run waits. */
function elapsedMinutes({ run, rows, requests, dueMinutes, now }: RunSubject): number {
  if (run.total_duration_minutes !== undefined) return run.total_duration_minutes;
  const { end_time } = aggregateRun(rows, { startTime: run.start_time, dueMinutes });
  const isWaiting = !isEnded(run) && requests.some((request) => request.status === "pending");
  const until = isWaiting ? laterOf(end_time, now) : end_time;
  return Math.max(0, minutesBetween(run.start_time, until));
}
