/** KPIs in words, the same everywhere. */

import { sayFigure } from "../kpi/say-figure.ts";
import type { KpiResult } from "../model/kpi-result.ts";
import { kpiLight } from "./lights.ts";
import { type Cell, figure } from "./table.ts";

/** Shares are said to a tenth of a percent. */
export const PERCENT = { unit: "%", decimals: 1 } as const;

export const KPI_COLUMNS = {
  KPI: ({ label }) => label,
  Observed: (kpi) => said(kpi.observed, kpi),
  Baseline: (kpi) => said(kpi.baseline, kpi),
  Target: (kpi) => figure(describeTarget(kpi)),
  Improvement: ({ improvement_pct }) => said(improvement_pct, PERCENT),
  Attainment: ({ attainment_pct }) => said(attainment_pct, PERCENT),
  Gap: (kpi) => said(kpi.gap, kpi),
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
function said(value: number | null, unit: Parameters<typeof sayFigure>[1]): Cell {
  return value === null ? figure("–") : figure(sayFigure(value, unit));
}
