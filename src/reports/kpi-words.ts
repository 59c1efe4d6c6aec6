/** KPIs in words, the same everywhere. */

import type { KpiResult } from "../model/kpi-result.ts";
import { kpiLight } from "./lights.ts";
import { type Cell, unbroken } from "./table.ts";

export const KPI_COLUMNS = {
  KPI: ({ kpi }) => kpi,
  Observed: ({ observed }) => figure(observed),
  Baseline: ({ baseline }) => figure(baseline),
  Target: (kpi) => unbroken(describeTarget(kpi)),
  Improvement: ({ improvement_pct }) => figure(improvement_pct, " %"),
  Attainment: ({ attainment_pct }) => figure(attainment_pct, " %"),
  Gap: ({ gap }) => figure(gap),
  Status: ({ light }) => kpiLight(light),
} as const satisfies Record<string, (kpi: KpiResult) => Cell>;

/** The bound with its direction: `≤ 2`. */
export function describeTarget({ direction, target }: KpiResult): string {
  return `${direction === "lower" ? "≤" : "≥"} ${target}`;
}

/** A figure, or a dash where there is none. */
function figure(value: number | null, unit = ""): Cell {
  return value === null ? "–" : unbroken(`${value}${unit}`);
}
