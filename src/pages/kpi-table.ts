import type { KpiResult } from "../model/kpi-result.ts";
import { KPI_HEADER, kpiCells } from "../reporting/kpi-words.ts";
import { markLight } from "./marks.ts";
import type { Cell, Table } from "./table.ts";

/** The KPIs of a run, each with its light. */
export function kpiTable(kpis: readonly KpiResult[]): Table {
  return { header: KPI_HEADER, rows: kpis.map(kpiRow) };
}

/** The cells of the Markdown report; the light is a shape with words instead of an emoji. */
export function kpiRow(kpi: KpiResult): readonly Cell[] {
  return [...kpiCells(kpi).slice(0, -1), markLight(kpi.light)];
}
