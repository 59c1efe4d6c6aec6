/** The board page: one document that needs neither network nor script. */

import type { KpiSeries } from "../../kpi/kpi-series.ts";
import { toMs } from "../../model/time.ts";
import { outcomeLight, riskLight } from "../lights.ts";
import { describePortfolio, titleOfPortfolio } from "../portfolio-sections.ts";
import { endOfDate } from "../portfolio-standing.ts";
import type { Portfolio } from "../portfolio.ts";
import { type Html, html } from "./html.ts";
import { renderKpiSeries } from "./kpi-chart.ts";
import { renderPage } from "./page.ts";
import { renderPortfolioRisks } from "./risk-chart.ts";
import { renderSection, renderTableSection, renderTiles } from "./section.ts";
import { renderLights } from "./table.ts";
import { renderTrend } from "./trend-chart.ts";

/**
 * A whole HTML document, the same for equal input; text from data is shown and never interpreted.
 *
 * @param series the KPIs of all missions over their runs; what came after the day is left out.
 */
export function renderPortfolioPage(portfolio: Portfolio, series: readonly KpiSeries[]): string {
  const { headlines, missions, acts, kpis } = describePortfolio(portfolio);
  const end = endOfDate(portfolio.snapshot.snapshot_date);
  const known = series
    .map((one) => ({ ...one, points: one.points.filter((point) => toMs(point.end_time) <= end) }))
    .filter((one) => one.points.length > 0);
  const names = new Map(
    portfolio.missions.map((mission) => [mission.mission_id, mission.mission_name]),
  );
  return renderPage({
    title: titleOfPortfolio(portfolio),
    body: [
      renderHead(portfolio),
      renderSection(
        headlines.title,
        renderTiles(headlines.table.rows),
        html`<p>${headlines.note}</p>`,
      ),
      renderTableSection(missions),
      renderTableSection(acts),
      renderTableSection(kpis, ...renderKpiSeries(known, { names })),
      renderSection("Risks", renderPortfolioRisks(portfolio)),
      renderSection("Trend", renderTrend(portfolio)),
    ],
  });
}

function renderHead(portfolio: Portfolio): Html {
  const { outcome, verdict, so_what, ask } = portfolio;
  return html`<header>
    <p class="kind">All missions at the end of the day</p>
    <h1>${titleOfPortfolio(portfolio)}</h1>
    <p class="about">All times are UTC</p>
    <p class="verdict">${renderLights(outcomeLight(outcome), riskLight(verdict))}</p>
    <p class="lead">${so_what}</p>
    <p class="ask"><strong>Ask:</strong> ${ask}</p>
  </header>`;
}
