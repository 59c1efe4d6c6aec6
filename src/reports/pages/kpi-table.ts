/** KPIs as a page leads with them: the figure, its bullet, the target, the runs before. */

import { evaluateKpi } from "../../kpi/evaluate-kpis.ts";
import type { KpiSeries } from "../../kpi/kpi-series.ts";
import { sayFigure } from "../../kpi/say-figure.ts";
import type { KpiResult } from "../../model/kpi-result.ts";
import { KPI_COLUMNS } from "../kpi-words.ts";
import { kpiLight } from "../lights.ts";
import { type Table, figure, tableOf, unbroken } from "../table.ts";
import { sayInstant } from "../time-words.ts";
import { drawBullet } from "./bullet.ts";
import type { Html } from "./html.ts";
import { DRAWN_RUNS, drawSparkline } from "./sparkline.ts";
import type { PageTable } from "./table.ts";

export const KPI_NOTE =
  "Bar: observed, from 0. Thick mark: target; thin mark: baseline; tinted: on target. " +
  `Line: up to ${DRAWN_RUNS} runs at their time; dashed: target.`;

/** A KPI as it is now, with what it was. */
export interface KpiRow extends KpiResult {
  readonly series: KpiSeries | undefined;
  /** Where a page is about several missions. */
  readonly mission?: string;
}

const ORDER = { red: 0, yellow: 1, green: 2, grey: 3 } as const;

/** Those that are off target first, otherwise as they come. @param runId the run to point out. */
export function tabulateKpis(kpis: readonly KpiRow[], runId?: string): PageTable {
  const rows = kpis.toSorted((a, b) => ORDER[a.light] - ORDER[b.light]);
  const hasMissions = rows.some(({ mission }) => mission !== undefined);
  return tableOf<KpiRow, Html>(rows, {
    KPI: KPI_COLUMNS.KPI,
    ...(hasMissions ? { Mission: (kpi: KpiRow) => kpi.mission ?? "" } : {}),
    Status: KPI_COLUMNS.Status,
    Observed: KPI_COLUMNS.Observed,
    "Against target": drawBullet,
    Target: KPI_COLUMNS.Target,
    "Over the runs": ({ series }) => (series === undefined ? "" : drawSparkline(series, runId)),
  });
}

/** What was observed of each KPI in the latest runs, the newest first. */
export function tabulateHistory(series: readonly KpiSeries[]): Table {
  const points = series.flatMap((one) =>
    one.points
      .slice(-DRAWN_RUNS)
      .toReversed()
      .map((point) => ({ ...point, one, result: evaluateKpi(one, point.observed) })),
  );
  return tableOf(points, {
    KPI: ({ one }) => one.label,
    Run: (point) => point.run_id,
    "End (UTC)": (point) => unbroken(sayInstant(point.end_time)),
    Observed: ({ observed, one }) => figure(sayFigure(observed, one)),
    Status: ({ result }) => kpiLight(result),
  });
}
