import { describe, expect, it } from "vitest";

import { renderPortfolioPage } from "../../../src/reports/pages/portfolio-page.ts";
import { TREND_FIELDS } from "../../../src/reports/portfolio-trend.ts";
import { sayField, describeChange, fieldValue } from "../../../src/reports/trend-words.ts";
import { SAMPLE_HISTORY, SAMPLE_REFERENCE, aPortfolioPage } from "./fixtures.ts";
import { readLabels, readText } from "./page-text.ts";

const DATE = "2026-02-04";
const NO_HISTORY = {
  runs: [],
  rows: [],
  events: [],
  requests: [],
  snapshots: [],
  plans: new Map(),
};

/** Percent are said to a tenth. */
function toTenth(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10) / 10;
}

describe("renderPortfolioPage", () => {
  it("is one document that loads nothing and runs nothing", () => {
    const page = renderPortfolioPage(...aPortfolioPage({ date: DATE }));

    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(page).not.toMatch(/<script|<link|<iframe|<img|@import|https?:|javascript:| on\w+=/);
  });

  it("is the same for the same portfolio", () => {
    const page = renderPortfolioPage(...aPortfolioPage({ date: DATE }));
    renderPortfolioPage(...aPortfolioPage({ date: "2026-02-06" }));

    expect(renderPortfolioPage(...aPortfolioPage({ date: DATE }))).toBe(page);
  });

  it("begins with verdict, meaning and ask", () => {
    const [portfolio, series] = aPortfolioPage({ date: DATE });
    const { so_what, ask } = portfolio;

    expect(readText(renderPortfolioPage(portfolio, series))).toContain(
      `All missions at the end of the day, UTC Portfolio, ${DATE} ■ KPIs on target: ${portfolio.outcome.on_target} of ${portfolio.outcome.judged} ■ Risk: HIGH ${so_what} Ask: ${ask}`,
    );
  });

  it("says in words every figure", () => {
    const [portfolio, series] = aPortfolioPage({ date: DATE });
    const text = readText(renderPortfolioPage(portfolio, series));
    const { snapshot, trend } = portfolio;
    const figures = [
      ...TREND_FIELDS.map((field) =>
        [sayField(field), fieldValue(field, snapshot[field]), describeChange(trend[field])].join(
          " ",
        ),
      ),
      ...portfolio.snapshots.map((each) =>
        [each.snapshot_date, ...TREND_FIELDS.map((field) => fieldValue(field, each[field]))].join(
          " ",
        ),
      ),
      ...portfolio.missions.flatMap((mission) => [
        `${mission.mission_name} (${mission.mission_id})`,
        ...mission.open_risks,
        ...mission.kpis.flatMap((kpi) => [
          kpi.label,
          kpi.observed,
          kpi.baseline,
          kpi.target,
          toTenth(kpi.improvement_pct),
          toTenth(kpi.attainment_pct),
          kpi.gap,
        ]),
      ]),
      ...portfolio.must_act.flatMap((act) => [act.what, act.command]),
      ...Object.values(portfolio.recent_events),
      snapshot.top_bottleneck_task_name,
    ];
    const missing = figures.filter((figure) => figure !== null && !text.includes(String(figure)));

    expect(missing).toEqual([]);
  });

  it("says in words what each chart shows", () => {
    const labels = readLabels(renderPortfolioPage(...aPortfolioPage({ date: DATE })));

    // A bullet for each KPI, a line for each that was measured twice, a chart for each headline.
    expect(labels).toHaveLength(6 + 4 + TREND_FIELDS.length);
    expect(labels).toContain(
      "Onboarding time: 2.6 days observed, target ≤ 2 days, baseline 5 days; off target.",
    );
    expect(labels).toContain(
      "Onboarding time over the 2 runs. 2026-02-01 15:18: 3.1 days; 2026-02-03 14:45: 2.6 days.",
    );
    expect(labels).toContain("Completed runs over 2 snapshots. 2026-02-02: 2; 2026-02-04: 6.");
  });

  it("leaves out what came after the day", () => {
    const page = renderPortfolioPage(...aPortfolioPage({ date: DATE }));

    expect(page).not.toContain("RUN_2026_02_05_003");
    expect(page).not.toContain("2026-02-06");
  });

  it("says so instead of drawing where there is nothing", () => {
    const reference = { missions: [], plans: [], agents: [], capabilities: [], kpis: [] };
    const page = renderPortfolioPage(
      ...aPortfolioPage({ date: DATE, reference, history: NO_HISTORY }),
    );
    const text = readText(page);

    expect(readLabels(page)).toEqual([]);
    expect(text).toContain("Missions There is no mission.");
    expect(text).toContain("Who must act Nobody.");
    expect(text).toContain("KPIs, latest measured run No mission is measured by a KPI.");
    expect(text).toContain("no KPI has been measured yet");
    expect(text).toContain("Trend This is the first snapshot");
  });

  it("says when no KPI was measured yet", () => {
    const page = renderPortfolioPage(...aPortfolioPage({ date: DATE, history: NO_HISTORY }));

    expect(readText(page)).toContain("no KPI has been measured yet");
    expect(readText(page)).toContain("○ not measured – ≤ 2 days");
  });

  it("leads with three KPIs and says how many more there are", () => {
    const missions = Array.from({ length: 30 }, (_, position) => `M${position}`);
    const reference = {
      ...SAMPLE_REFERENCE,
      missions: missions.map((mission_id) => ({ mission_id, mission_name: `Name ${mission_id}` })),
      kpis: missions.map((mission_id) => ({ mission_id, kpis: { target_days: 2 } })),
    };
    const runs = missions.flatMap((mission_id) =>
      SAMPLE_HISTORY.runs
        .slice(0, 1)
        .map((run) => ({ ...run, run_id: `R_${mission_id}`, mission_id, kpis: { days: 1 } })),
    );
    const history = { ...NO_HISTORY, runs };

    const page = renderPortfolioPage(...aPortfolioPage({ date: DATE, reference, history }));

    expect(readLabels(page)).toHaveLength(30);
    const [shown = ""] = page.split("<details>");
    expect(shown.match(/class="bullet"/g)).toHaveLength(3);
    expect(readText(page)).toContain("27 more");
  });

  it("names the week", () => {
    const [portfolio, series] = aPortfolioPage({ date: DATE });
    const weekly = { ...portfolio, snapshot: { ...portfolio.snapshot, period: "week" as const } };

    expect(readText(renderPortfolioPage(weekly, series))).toContain(`Portfolio, week to ${DATE}`);
  });
});

describe("the axis of a trend", () => {
  it("is of time: ten days are ten times as far apart as one", () => {
    const [portfolio, series] = aPortfolioPage({ date: DATE });
    const at = (snapshot_date: string) => ({ ...portfolio.snapshot, snapshot_date });
    const snapshots = [at("2026-01-01"), at("2026-01-02"), at("2026-01-12")];
    const page = renderPortfolioPage({ ...portfolio, snapshots }, series);

    const chart = page.slice(page.indexOf('aria-label="Completed runs over'));
    const [, path = ""] = /<path class="run" d="([^"]*)"/.exec(chart) ?? [];
    const [first = 0, second = 0, third = 0] = [...path.matchAll(/[ML]([\d.]+) [\d.]+/g)].map(
      ([, x]) => Number(x),
    );

    expect((third - second) / (second - first)).toBeCloseTo(10, 0);
  });
});
