/** The board page: one document that needs neither network nor script. */

import type { KpiSeries } from "../kpi/kpi-series.ts";
import { toMs } from "../model/time.ts";
import { endOfDate } from "../reporting/portfolio-standing.ts";
import { TREND_FIELDS } from "../reporting/portfolio-trend.ts";
import type { Portfolio } from "../reporting/portfolio.ts";
import {
  FIELD_WORDS,
  VERDICT_WORDS,
  describeChange,
  fieldValue,
} from "../reporting/trend-words.ts";
import { renderAbsence } from "./figure.ts";
import { type Html, html } from "./html.ts";
import { renderKpiSeries } from "./kpi-chart.ts";
import { markVerdict } from "./marks.ts";
import { renderPage } from "./page.ts";
import { actTable, missionKpiTable, missionTable } from "./portfolio-record.ts";
import { renderPortfolioRisks } from "./risk-chart.ts";
import { renderSection, renderTiles } from "./section.ts";
import { type Table, renderTable } from "./table.ts";
import { renderTrend } from "./trend-chart.ts";

/**
 * A whole HTML document, the same for equal input; text from data is shown and never interpreted.
 *
 * @param series the KPIs of all missions over their runs; what came after the day is left out.
 */
export function renderPortfolioPage(portfolio: Portfolio, series: readonly KpiSeries[]): string {
  const end = endOfDate(portfolio.snapshot.snapshot_date);
  const known = series
    .map((one) => ({ ...one, points: one.points.filter((point) => toMs(point.end_time) <= end) }))
    .filter((one) => one.points.length > 0);
  return renderPage({
    title: `Portfolio, ${sayPeriod(portfolio)}`,
    body: [
      renderHead(portfolio),
      renderSection("Headline figures", renderHeadlines(portfolio)),
      renderSection("Missions", renderRows(missionTable(portfolio), "There is no mission.")),
      renderSection("Who must act", renderRows(actTable(portfolio), "Nobody.")),
      renderSection("KPIs, latest measured run", ...renderKpis(portfolio, known)),
      renderSection("Risks", renderPortfolioRisks(portfolio)),
      renderSection("Trend", renderTrend(portfolio)),
    ],
  });
}

function renderHead(portfolio: Portfolio): Html {
  const { verdict, risk_index, so_what, ask } = portfolio;
  return html`<header>
    <p class="kind">All missions at the end of the day</p>
    <h1>Portfolio, ${sayPeriod(portfolio)}</h1>
    <p class="about">All times are UTC</p>
    <p class="verdict">
      ${markVerdict(verdict, `Risk: ${VERDICT_WORDS[verdict]}`)}
      <span class="index">index ${risk_index}</span>
    </p>
    <p class="lead">${so_what}</p>
    <p class="ask"><strong>Ask:</strong> ${ask}</p>
  </header>`;
}

function renderHeadlines({ snapshot, trend }: Portfolio): Html {
  const { top_bottleneck_task_id: id, top_bottleneck_task_name: name } = snapshot;
  const tiles = TREND_FIELDS.map((field) => ({
    name: FIELD_WORDS[field],
    value: fieldValue(field, snapshot[field]),
    note: describeChange(trend[field]),
  }));
  return html`${renderTiles(tiles)}
    <p>Top bottleneck, 7 days: <strong>${id === null ? "–" : `${id} ${name ?? ""}`}</strong></p>`;
}

function renderKpis(portfolio: Portfolio, series: readonly KpiSeries[]): readonly Html[] {
  const table = missionKpiTable(portfolio);
  if (table.rows.length === 0) return [renderAbsence("No mission is measured by a KPI.")];
  const names = new Map(
    portfolio.missions.map((mission) => [mission.mission_id, mission.mission_name]),
  );
  return [renderTable(table), ...renderKpiSeries(series, { names })];
}

function renderRows(table: Table, absence: string): Html {
  return table.rows.length === 0 ? renderAbsence(absence) : renderTable(table);
}

function sayPeriod({ snapshot }: Portfolio): string {
  return `${snapshot.period === "week" ? "week to " : ""}${snapshot.snapshot_date}`;
}
