/** A run's report as one page that needs neither network nor script. */

import type { KpiSeries } from "../../kpi/kpi-series.ts";
import { count } from "../../model/count.ts";
import { sayInputs } from "../../model/mission-inputs.ts";
import { type RiskEvent, SEVERITIES } from "../../model/mission-risk-events.ts";
import { outcomeLight, riskLight, severityLight, statusLight } from "../lights.ts";
import type { RunReport } from "../run-report.ts";
import { describePolish, describeRunReport, titleOfRun } from "../run-sections.ts";
import { type Table, tableOf } from "../table.ts";
import { sayInstant, sayMinutes, sayShare } from "../time-words.ts";
import { type Html, html } from "./html.ts";
import { KPI_NOTE, tabulateHistory, tabulateKpis } from "./kpi-table.ts";
import { tabulateFixes, tabulateLedger } from "./minutes-tables.ts";
import { renderPage } from "./page.ts";
import {
  renderAbsence,
  renderDetails,
  renderNote,
  renderSection,
  renderTableSection,
  renderTiles,
} from "./section.ts";
import { renderFolded, renderLights } from "./table.ts";
import { renderTimeline } from "./timeline-figure.ts";

/** How many KPIs a page leads with, and how many rows of each other kind. */
const SHOWN_KPIS = 5;
const SHOWN = 3;

/**
 * A whole HTML document, the same for equal input; text from data is shown and never interpreted.
 *
 * @param series the KPIs of the run's mission over its runs.
 */
export function renderRunPage(report: RunReport, series: readonly KpiSeries[]): string {
  const sections = describeRunReport(report);
  const { kpis, risks, ledger, fixes, timeline, run, tasks, approvals, routing } = sections;
  const kpiRows = report.kpis.map((kpi) => ({
    ...kpi,
    series: series.find((one) => one.kpi === kpi.kpi),
  }));
  const kpiTable = tabulateKpis(kpiRows, report.run_id);
  const history = { title: "KPIs over the runs", table: tabulateHistory(series) };
  return renderPage({
    title: titleOfRun(report),
    body: [
      renderHead(report),
      renderHeadlines(report),
      renderTableSection({ ...kpis, table: kpiTable, shown: SHOWN_KPIS }, renderNote(KPI_NOTE)),
      renderSection("What to do next", renderSteps(report)),
      renderTableSection({ ...risks, table: tabulateRisks(report.risks), shown: SHOWN }),
      html`<div class="pair">
        ${renderTableSection({ ...ledger, table: tabulateLedger(report.delay_ledger) })}
        ${renderTableSection({ ...fixes, table: tabulateFixes(report.what_to_fix), shown: SHOWN })}
      </div>`,
      renderDetails(
        renderTimeline(timeline, report),
        renderSection(
          "The record",
          ...[
            { ...kpis, title: "KPI figures" },
            history,
            { ...risks, title: "Risk events" },
            { ...fixes, title: "What to fix, with the evidence" },
            run,
            tasks,
            approvals,
            routing,
            sections.reconciliation,
          ].map(renderFolded),
        ),
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
    ${polish === "" ? "" : html`<p class="note">${polish}</p>`}
  </header>`;
}

/** What the lights do not say. */
function renderHeadlines({
  tasks,
  tasks_done,
  tasks_needed,
  delay_ledger,
  risks,
  spent,
}: RunReport): Html {
  const { wall_clock_minutes: wall, human_wait_minutes: waited } = delay_ledger;
  const open = risks.filter((risk) => risk.status === "open");
  const share = sayShare(waited, wall);
  return renderTiles([
    [
      "Tasks done",
      `${tasks_done} of ${tasks_needed}`,
      [
        ...tasksBeing("skipped", tasks).map((number) => `${number} skipped`),
        ...tasksBeing("not_needed", tasks).map((number) => `${number} not needed`),
      ].join(", "),
    ],
    ["Wall clock", sayMinutes(wall), ""],
    ["Waiting for people", sayMinutes(waited), share === "" ? "" : `${share} of the wall clock`],
    ["Open risks", open.length, `of ${risks.length} found`],
    ...(spent.cost === null ? [] : [["Cost", spent.cost, "of what says its price"]]),
  ]);
}

/** How many there are; nothing for none. */
function tasksBeing(
  status: RunReport["tasks"][number]["status"],
  tasks: RunReport["tasks"],
): readonly number[] {
  const { length } = tasks.filter((task) => task.status === status);
  return length === 0 ? [] : [length];
}

/** Open ones first, the severest of them first. */
function tabulateRisks(risks: readonly RiskEvent[]): Table {
  return tableOf(
    risks.toSorted((a, b) => rankOf(b) - rankOf(a)),
    {
      Risk: (risk) => risk.risk_type,
      Severity: (risk) => severityLight(risk.severity),
      Status: (risk) => risk.status,
      Task: (risk) => (risk.scope === "run" ? "the whole run" : risk.task_id),
      "What was seen": (risk) => risk.description,
    },
  );
}

function rankOf({ status, severity }: RiskEvent): number {
  return (status === "open" ? SEVERITIES.length : 0) + SEVERITIES.indexOf(severity);
}

function renderSteps({ next_steps }: RunReport): Html {
  if (next_steps.length === 0) return renderAbsence("Nothing is left to do.");
  const items = next_steps.map(({ who, what, command }) => {
    const by = who === null ? "" : html`<strong>${who}</strong>: `;
    return html`<li>${by}${what} <code>${command}</code></li>`;
  });
  const others = items.slice(SHOWN);
  return html`<ol class="steps">
      ${items.slice(0, SHOWN)}
    </ol>
    ${
      others.length === 0
        ? ""
        : html`<details>
            <summary>${count(others.length, "more step")}</summary>
            <ol class="steps" start="${SHOWN + 1}">
              ${others}
            </ol>
          </details>`
    }`;
}
