/** A run's report as one page that needs neither network nor script. */

import { sayBasis } from "../../kpi/basis.ts";
import type { KpiSeries } from "../../kpi/kpi-series.ts";
import { sayInputs } from "../../model/mission-inputs.ts";
import { outcomeLight, riskLight, statusLight } from "../lights.ts";
import type { RunReport } from "../run-report.ts";
import { describePolish, describeRunReport, titleOfRun } from "../run-sections.ts";
import { sayInstant, sayMinutes, sayShare } from "../time-words.ts";
import { type Html, html } from "./html.ts";
import { renderKpiSeries } from "./kpi-chart.ts";
import { renderFixes, renderLedger } from "./minutes-chart.ts";
import { renderPage } from "./page.ts";
import { renderRunRisks } from "./risk-chart.ts";
import { renderAbsence, renderSection, renderTableSection, renderTiles } from "./section.ts";
import { renderFolded, renderLights, renderTable } from "./table.ts";
import { renderTimeline } from "./timeline-figure.ts";

/**
 * A whole HTML document, the same for equal input; text from data is shown and never interpreted.
 *
 * @param series the KPIs of the run's mission over its runs.
 */
export function renderRunPage(report: RunReport, series: readonly KpiSeries[]): string {
  const { kpis, risks, ledger, fixes, timeline, run, tasks, approvals, routing, reconciliation } =
    describeRunReport(report);
  return renderPage({
    title: titleOfRun(report),
    body: [
      renderHead(report),
      renderHeadlines(report),
      renderSection("What to do next", renderSteps(report)),
      renderTableSection(kpis, ...renderKpiSeries(series, { runId: report.run_id })),
      report.risks.length === 0
        ? renderTableSection(risks)
        : renderSection(risks.title, renderRunRisks(report.risks), renderTable(risks.table)),
      html`<div class="pair">
        ${renderLedger(ledger, report.delay_ledger)} ${renderFixes(fixes, report.what_to_fix)}
      </div>`,
      renderTimeline(timeline, report),
      renderSection(
        "The record",
        ...[run, tasks, approvals, routing, reconciliation].map(renderFolded),
      ),
    ],
  });
}

function renderHead(report: RunReport): Html {
  const { run, mission_name, mission_id, owner, status, executive_summary } = report;
  const end = run.end_time === undefined ? "" : ` to ${sayInstant(run.end_time)}`;
  const owned = owner === null ? "" : ` · owner ${owner}`;
  const lights = renderLights(
    statusLight(status),
    outcomeLight(report.outcome),
    riskLight(report.risk),
  );
  const polish = describePolish(report);
  const inputs = sayInputs(run.mission_inputs);
  const basis = sayBasis(report.basis);
  return html`<header>
    <p class="kind">Mission run</p>
    <h1>${mission_name}</h1>
    <p class="about">
      ${run.run_id} · ${mission_id}${owned} · ${sayInstant(run.start_time)}${end} · all times are
      UTC
    </p>
    ${inputs === "" ? "" : html`<p class="about">${inputs}</p>`}
    <p class="verdict">${lights}</p>
    <p class="lead">${executive_summary}</p>
    ${basis === "" ? "" : html`<p class="note">Not the business's own figures: ${basis}.</p>`}
    ${polish === "" ? "" : html`<p class="note">${polish}</p>`}
  </header>`;
}

function renderHeadlines({
  tasks,
  tasks_done,
  tasks_needed,
  outcome,
  delay_ledger,
  risks,
}: RunReport): Html {
  const { wall_clock_minutes: wall, human_wait_minutes: waited } = delay_ledger;
  const { on_target, judged, others } = outcome;
  const open = risks.filter((risk) => risk.status === "open");
  const share = sayShare(waited, wall);
  return renderTiles([
    [
      "Tasks done",
      `${tasks_done} of ${tasks_needed}`,
      tasks_needed === tasks.length ? "" : `${tasks.length - tasks_needed} not needed`,
    ],
    [
      "KPIs on target",
      judged === 0 ? "none graded" : `${on_target} of ${judged}`,
      others === 0 ? "" : `${others} not graded`,
    ],
    ["Wall clock", sayMinutes(wall)],
    ["Waiting for people", sayMinutes(waited), share === "" ? "" : `${share} of the wall clock`],
    ["Open risks", open.length, `of ${risks.length} found`],
  ]);
}

function renderSteps({ next_steps }: RunReport): Html {
  if (next_steps.length === 0) return renderAbsence("Nothing is left to do.");
  const items = next_steps.map(({ who, what, command }) => {
    const by = who === null ? "" : html`<strong>${who}</strong>: `;
    return html`<li>${by}${what} <code>${command}</code></li>`;
  });
  return html`<ol class="steps">
    ${items}
  </ol>`;
}
