import { describe, expect, it } from "vitest";

import { addMinutes } from "../../../src/model/time.ts";
import { renderRunPage } from "../../../src/reports/pages/run-page.ts";
import { NOON, aReference, aRow, aRun } from "../../support/builders.ts";
import { aLargeRunPage, aRunPage, aWaitingRunPage, sampleRunPage } from "./fixtures.ts";
import { readLabels, readText } from "./page-text.ts";

const SAMPLE = "RUN_2026_02_01_001";

/** Percent and minutes are said to a tenth. */
function toTenth(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10) / 10;
}

describe("renderRunPage", () => {
  it("is one document that loads nothing and runs nothing", () => {
    const page = renderRunPage(...sampleRunPage(SAMPLE));

    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(page).toContain("default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;;");
    expect(page).not.toMatch(/<script|<link|<iframe|<img|@import|https?:|javascript:| on\w+=/);
  });

  it("is the same for the same report", () => {
    const page = renderRunPage(...sampleRunPage(SAMPLE));
    renderRunPage(...aWaitingRunPage());

    expect(renderRunPage(...sampleRunPage(SAMPLE))).toBe(page);
  });

  it("begins with the verdict and the summary", () => {
    const [report, series] = sampleRunPage(SAMPLE);

    expect(readText(renderRunPage(report, series))).toMatch(
      new RegExp(`^Mission run ${report.mission_name} .* ● Completed .*: 3 of 3 tasks done`),
    );
  });

  it.each([
    { name: "the sample", input: sampleRunPage(SAMPLE) },
    { name: "a run with risks and low satisfaction", input: sampleRunPage("RUN_2026_02_01_006") },
    { name: "a run that waits", input: aWaitingRunPage() },
    { name: "a large run", input: aLargeRunPage(120) },
  ])("says in words every figure of $name", ({ input: [report, series] }) => {
    const text = readText(renderRunPage(report, series));
    const { delay_ledger: ledger } = report;
    const { critical_path, ...minutes } = ledger;
    const figures = [
      report.executive_summary,
      ...report.next_steps.map((step) => step.what),
      ...report.kpis.flatMap((kpi) => [
        kpi.label,
        kpi.observed,
        kpi.baseline,
        kpi.target,
        toTenth(kpi.improvement_pct),
        toTenth(kpi.attainment_pct),
        kpi.gap,
      ]),
      ...Object.values(minutes).map(toTenth),
      ...critical_path.map((step) => step.task_id),
      ...report.what_to_fix.flatMap((fix) => [toTenth(fix.minutes), fix.evidence, fix.task]),
      ...report.risks.flatMap((risk) => [risk.event_id, risk.description, risk.risk_type]),
      ...report.tasks.flatMap((task) => [
        task.task,
        `${task.work_minutes} min`,
        `${task.human_delay_minutes} min`,
        `${task.estimated_duration_minutes} min`,
      ]),
      ...report.timeline.flatMap((entry) => [entry.agent_id, entry.outcome, entry.note]),
      ...report.approvals.flatMap((request) => [request.approval_id, request.reason ?? ""]),
      ...report.routing.flatMap(({ candidates }) =>
        candidates.flatMap((candidate) => [
          candidate.agent_id,
          candidate.score,
          candidate.n,
          candidate.work_ratio,
          candidate.escalation_rate,
          ...Object.values(candidate.terms),
        ]),
      ),
      ...report.reconciliation.map((pair) => pair.figure),
      ...series.flatMap(({ points }) => points.flatMap((point) => [point.run_id, point.observed])),
    ];
    const missing = figures.filter(
      (figure) => figure !== null && !text.includes(String(figure).replaceAll(/\s+/g, " ").trim()),
    );

    expect(missing).toEqual([]);
  });

  it("says in words what each chart shows", () => {
    const labels = readLabels(renderRunPage(...sampleRunPage(SAMPLE)));

    expect(labels).toEqual([
      "Onboarding time: 3.1 days observed, target ≤ 2 days, baseline 5 days; off target.",
      "Onboarding time over the 3 runs. 2026-02-01 15:18: 3.1 days; 2026-02-03 14:45: 2.6 days; 2026-02-05 15:54: 2.1 days.",
      "Steps: 3 observed, target ≤ 5; on target.",
    ]);
  });

  it("says so instead of drawing where there is nothing", () => {
    const reference = { ...aReference([]), kpis: [] };
    const page = renderRunPage(...aRunPage({ reference }));
    const text = readText(page);

    expect(readLabels(page)).toEqual([]);
    expect(text).toContain("What to do next Nothing is left to do.");
    expect(text).toContain("KPIs The mission is not measured by any KPI.");
    expect(text).toContain("Risks No risk was found in this run.");
    expect(text).toContain("Where the time went No time has been recorded yet.");
    expect(text).toContain("What to fix Nothing cost more time than planned.");
    expect(text).toContain("Timeline No task has been tried yet.");
  });

  it("says how many tasks the timeline leaves out", () => {
    expect(readText(renderRunPage(...aLargeRunPage(300)))).toContain(
      "260 shorter tasks left out here; all are in the table.",
    );
  });

  it("draws a KPI over its latest 50 runs, and says of how many", () => {
    const runs = Array.from({ length: 70 }, (_, position) =>
      aRun({
        run_id: `R${position}`,
        status: "completed",
        end_time: addMinutes(NOON, position),
        kpis: { days: position },
      }),
    );
    const page = renderRunPage(...aRunPage({ run: runs.at(-1) ?? aRun(), runs, rows: [aRow()] }));

    const [, sparkline = ""] = readLabels(page);
    expect(sparkline).toMatch(/^Days over the latest 50 runs\. .*: 65 days; .*: 69 days\.$/);
    const [, line = ""] = /<polyline class="run" points="([^"]*)"/.exec(page) ?? [];
    expect(line.split(" ")).toHaveLength(50);
  });

  it("counts hours in a run of days", () => {
    const run = aRun({ status: "completed", end_time: addMinutes(NOON, 2000) });
    const rows = [aRow({ actual_duration_minutes: 2000, ended_at: addMinutes(NOON, 2000) })];

    expect(readText(renderRunPage(...aRunPage({ run, rows })))).toContain(
      "0 to 33.3 hours since the start",
    );
  });

  it.each([
    { polish: undefined, words: "" },
    {
      polish: { status: "skipped", reason: "no model" },
      words: "Not reworded by a language model: no model",
    },
    { polish: { status: "used", reason: "" }, words: "Not reworded by a language model" },
  ] as const)("tells where the wording comes from: $words", ({ polish, words }) => {
    const [report, series] = aRunPage();
    const text = readText(renderRunPage({ ...report, polish: polish ?? null }, series));

    expect(text.includes("language model")).toBe(words !== "");
    expect(text).toContain(words);
  });

  it("shows the text made by rules beside its rewording", () => {
    const [report, series] = aRunPage();
    const reworded = { ...report, executive_summary: "All well.", rule_summary: "It is done." };
    const page = renderRunPage({ ...reworded, polish: { status: "used", reason: "" } }, series);

    expect(readText(page)).toContain(
      "All well. Reworded by a language model. As made by rules: It is done.",
    );
  });
});
