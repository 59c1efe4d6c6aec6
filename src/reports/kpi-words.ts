/** KPIs in words, the same everywhere. */

import { sayFigure } from "../kpi/say-figure.ts";
import type { KpiResult } from "../model/kpi-result.ts";
import { kpiLight } from "./lights.ts";
import { type Cell, unbroken } from "./table.ts";

const PERCENT = { unit: "%" } as const;

export const KPI_COLUMNS = {
  KPI: ({ label }) => label,
  Observed: (kpi) => figure(kpi.observed, kpi),
  Baseline: (kpi) => figure(kpi.baseline, kpi),
  Target: (kpi) => unbroken(describeTarget(kpi)),
  Improvement: ({ improvement_pct }) => figure(improvement_pct, PERCENT),
  Attainment: ({ attainment_pct }) => figure(attainment_pct, PERCENT),
  Gap: (kpi) => figure(kpi.gap, kpi),
  Status: (kpi) => kpiLight(kpi),
} as const satisfies Record<string, (kpi: KpiResult) => Cell>;

/** What a narrow reader can do without, the least needed first. */
export const LESSER_KPI_COLUMNS = [
  "Gap",
  "Attainment",
  "Improvement",
  "Baseline",
] as const satisfies readonly (keyof typeof KPI_COLUMNS)[];

const BOUNDS = { lower: "≤ ", higher: "≥ ", unknown: "" } as const;

/** The bound with its direction: `≤ 2 days`. */
export function describeTarget(
  kpi: Pick<KpiResult, "direction" | "target" | "unit" | "decimals">,
): string {
  return `${BOUNDS[kpi.direction]}${sayFigure(kpi.target, kpi)}`;
}

/** A figure, or a dash where there is none. */
function figure(value: number | null, unit: Parameters<typeof sayFigure>[1]): Cell {
  return value === null ? "–" : unbroken(sayFigure(value, unit));
}
