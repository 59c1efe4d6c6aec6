/** A run's report as one page that needs neither network nor script. */

import type { KpiSeries } from "../kpi/kpi-series.ts";
import type { RunReport } from "../reporting/run-report.ts";
import { renderAbsence } from "./figure.ts";
import { type Html, NOTHING, html } from "./html.ts";
import { renderKpiSeries } from "./kpi-chart.ts";
import { kpiTable } from "./kpi-table.ts";
import { markStatus } from "./marks.ts";
import { renderFixes, renderLedger } from "./minutes-chart.ts";
import { renderPage } from "./page.ts";
import { renderRunRisks } from "./risk-chart.ts";
import {
  approvalTable,
  headTable,
  reconciliationTable,
  riskTable,
  routingTable,
  taskTable,
} from "./run-record.ts";
import { renderSection, renderTiles } from "./section.ts";
import { renderFolded, renderTable } from "./table.ts";
import { sayInstant, sayMinutes, sayShare } from "./time-words.ts";
import { renderTimeline } from "./timeline-figure.ts";

/**
 * A whole HTML document, the same for equal input; text from data is shown and never interpreted.
 *
 * @param series the KPIs of the run's mission over its runs.
 */
export function renderRunPage(report: RunReport, series: readonly KpiSeries[]): string {
  return renderPage({
    title: `${report.mission_name}: ${report.run_id}`,
    body: [
      renderHead(report),
      renderHeadlines(report),
      renderSection("What to do next", renderSteps(report)),
      renderSection("KPIs", ...renderKpis(report, series)),
      renderSection("Risks", renderRunRisks(report.risks), renderTable(riskTable(report))),
      html`<div class="pair">
        ${renderSection("Where the time went", renderLedger(report.delay_ledger))}
        ${renderSection("What to fix", renderFixes(report.what_to_fix))}
      </div>`,
      renderSection("Timeline", renderTimeline(report)),
      renderSection(
        "The record",
        renderFolded("Run", headTable(report)),
        renderFolded("Tasks", taskTable(report)),
        renderFolded("Approvals", approvalTable(report)),
        renderFolded("Routing: why each agent was chosen", routingTable(report)),
        renderFolded("Reconciliation of the recorded figures", reconciliationTable(report)),
      ),
    ],
  });
}

function renderHead(report: RunReport): Html {
  const { run, mission_name, mission_id, owner, status, executive_summary } = report;
  const end = run.end_time === undefined ? "" : ` to ${sayInstant(run.end_time)}`;
  const owned = owner === null ? "" : ` · owner ${owner}`;
  return html`<header>
    <p class="kind">Mission run</p>
    <h1>${mission_name}</h1>
    <p class="about">
      ${run.run_id} · ${mission_id}${owned} · ${sayInstant(run.start_time)}${end} · all times are
      UTC
    </p>
    <p class="verdict">${markStatus(status)}</p>
    <p class="lead">${executive_summary}</p>
    ${renderPolish(report)}
  </header>`;
}

function renderPolish({ polish, rule_summary, executive_summary }: RunReport): Html {
  if (polish === null || polish === undefined) return NOTHING;
  if (polish.status === "used" && rule_summary !== executive_summary) {
    return html`<p class="note">
      Reworded by a language model. As made by rules: ${rule_summary}
    </p>`;
  }
  const why = polish.reason === "" ? "" : `: ${polish.reason}`;
  return html`<p class="note">Not reworded by a language model${why}</p>`;
}

function renderHeadlines({ tasks, tasks_done, kpis, delay_ledger, risks }: RunReport): Html {
  const { wall_clock_minutes: wall, human_wait_minutes: waited } = delay_ledger;
  const measured = kpis.filter((kpi) => kpi.status !== "not_measured");
  const unmeasured = kpis.length - measured.length;
  const open = risks.filter((risk) => risk.status === "open");
  const share = sayShare(waited, wall);
  return renderTiles([
    { name: "Tasks done", value: `${tasks_done} of ${tasks.length}`, note: "" },
    {
      name: "KPIs on target",
      value: `${measured.filter((kpi) => kpi.status === "hit").length} of ${measured.length}`,
      note: unmeasured === 0 ? "" : `${unmeasured} not measured`,
    },
    { name: "Wall clock", value: sayMinutes(wall), note: "" },
    {
      name: "Waiting for people",
      value: sayMinutes(waited),
      note: share === "" ? "" : `${share} of the wall clock`,
    },
    { name: "Open risks", value: String(open.length), note: `of ${risks.length} found` },
  ]);
}

function renderSteps({ next_steps }: RunReport): Html {
  if (next_steps.length === 0) return renderAbsence("Nothing is left to do.");
  const items = next_steps.map(({ who, what }) =>
    who === null ? html`<li>${what}</li>` : html`<li><strong>${who}</strong>: ${what}</li>`,
  );
  return html`<ol class="steps">
    ${items}
  </ol>`;
}

function renderKpis({ kpis, run_id }: RunReport, series: readonly KpiSeries[]): readonly Html[] {
  if (kpis.length === 0) return [renderAbsence("The mission is not measured by any KPI.")];
  return [renderTable(kpiTable(kpis)), ...renderKpiSeries(series, { runId: run_id })];
}
