/** The board page: one document that needs neither network nor script. */

import type { KpiSeries } from "../../kpi/kpi-series.ts";
import { SEVERITIES } from "../../model/mission-risk-events.ts";
import { toMs } from "../../model/time.ts";
import { outcomeLight, riskLight, severityLight } from "../lights.ts";
import type { PortfolioMission } from "../portfolio-mission.ts";
import { describePortfolio, titleOfPortfolio } from "../portfolio-sections.ts";
import { endOfDate } from "../portfolio-standing.ts";
import type { Portfolio } from "../portfolio.ts";
import { type Section, tableOf } from "../table.ts";
import { type Html, html } from "./html.ts";
import { KPI_NOTE, type KpiRow, tabulateKpis } from "./kpi-table.ts";
import { renderPage } from "./page.ts";
import {
  renderDetails,
  renderNote,
  renderSection,
  renderTableSection,
  renderTiles,
} from "./section.ts";
import { renderFolded, renderLights } from "./table.ts";
import { renderTrend } from "./trend-figures.ts";

/** How many rows of each kind a board leads with. */
const SHOWN = 3;

/**
 * A whole HTML document, the same for equal input; text from data is shown and never interpreted.
 *
 * @param series the KPIs of all missions over their runs; what came after the day is left out.
 */
export function renderPortfolioPage(portfolio: Portfolio, series: readonly KpiSeries[]): string {
  const missions = worstFirst(portfolio.missions);
  const sections = describePortfolio({ ...portfolio, missions });
  const { headlines, kpis, acts, risks } = sections;
  const rows = listKpiRows(portfolio, series);
  return renderPage({
    title: titleOfPortfolio(portfolio),
    body: [
      renderHead(portfolio),
      renderTiles(headlines.table.rows),
      renderTableSection(
        { ...kpis, table: tabulateKpis(rows), shown: SHOWN },
        renderNote(KPI_NOTE),
      ),
      renderTableSection({ ...sections.missions, shown: SHOWN }),
      renderTableSection({ ...acts, shown: SHOWN }),
      renderDetails(
        renderSection("Trend", renderTrend(portfolio)),
        renderSection(
          "The record",
          renderNote(headlines.note),
          ...[{ ...kpis, title: "KPI figures" }, risks, countEvents(portfolio)].map(renderFolded),
        ),
      ),
    ],
  });
}

function renderHead(portfolio: Portfolio): Html {
  const { outcome, verdict, so_what, ask } = portfolio;
  return html`<header>
    <p class="kind">All missions at the end of the day, UTC</p>
    <h1>${titleOfPortfolio(portfolio)}</h1>
    <p class="verdict">${renderLights(outcomeLight(outcome), riskLight(verdict))}</p>
    <p class="lead">${so_what}</p>
    <p class="ask"><strong>Ask:</strong> ${ask}</p>
  </header>`;
}

/** The severest risk first, then what is further from its targets; otherwise as they come. */
function worstFirst(missions: readonly PortfolioMission[]): readonly PortfolioMission[] {
  const risks = ["high", "medium", "low", "none"];
  const lights = ["red", "yellow", "green", "grey"];
  const rank = ({ risk, outcome }: PortfolioMission) =>
    risks.indexOf(risk) * lights.length + lights.indexOf(outcome.light);
  return missions.toSorted((a, b) => rank(a) - rank(b));
}

/** The KPIs of all missions, with what came before the end of the day. */
function listKpiRows(portfolio: Portfolio, series: readonly KpiSeries[]): readonly KpiRow[] {
  const end = endOfDate(portfolio.snapshot.snapshot_date);
  const known = new Map(
    series.map((one) => [
      JSON.stringify([one.mission_id, one.kpi]),
      { ...one, points: one.points.filter((point) => toMs(point.end_time) <= end) },
    ]),
  );
  return portfolio.missions.flatMap(({ mission_id, mission_name, kpis }) =>
    kpis.map((kpi) => {
      const own = known.get(JSON.stringify([mission_id, kpi.kpi]));
      return { ...kpi, mission: mission_name, series: own };
    }),
  );
}

function countEvents({ missions, recent_events }: Portfolio): Section {
  const open = missions.flatMap((mission) => mission.open_events);
  return {
    title: "Risk events by severity",
    table: tableOf(SEVERITIES.toReversed(), {
      Severity: severityLight,
      "Open now": (severity) => open.filter((event) => event.severity === severity).length,
      "Found in the days of the index": (severity) => recent_events[severity],
    }),
  };
}
