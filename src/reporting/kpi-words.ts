/** KPIs in words, the same everywhere. */

import type { KpiResult } from "../model/kpi-result.ts";

export const LIGHT_WORDS = {
  green: "🟢 on target",
  yellow: "🟡 within 20 %",
  red: "🔴 off target",
  grey: "⚪ not measured",
} as const satisfies Record<KpiResult["light"], string>;

/** The bound with its direction: `≤ 2`. */
export function describeTarget({ direction, target }: KpiResult): string {
  return `${direction === "lower" ? "≤" : "≥"} ${target}`;
}

/** A figure, or a dash where there is none. */
export function figure(value: number | null, unit = ""): string {
  return value === null ? "–" : `${value}${unit}`;
}

/** Cells: name, observed, baseline, target, improvement, attainment, gap, light. */
export function kpiCells(result: KpiResult): readonly string[] {
  return [
    result.kpi,
    figure(result.observed),
    figure(result.baseline),
    describeTarget(result),
    figure(result.improvement_pct, " %"),
    figure(result.attainment_pct, " %"),
    figure(result.gap),
    LIGHT_WORDS[result.light],
  ];
}

export const KPI_HEADER: readonly string[] = [
  "KPI",
  "Observed",
  "Baseline",
  "Target",
  "Improvement",
  "Attainment",
  "Gap",
  "Status",
];
