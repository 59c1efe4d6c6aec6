/** The portfolio as sections: what its Markdown and its page both say. */

import { sayFigure } from "../kpi/say-figure.ts";
import { KPI_COLUMNS, LESSER_KPI_COLUMNS, PERCENT } from "./kpi-words.ts";
import { outcomeCell, riskCell, severityLight } from "./lights.ts";
import type { PortfolioMission } from "./portfolio-mission.ts";
import { TREND_FIELDS } from "./portfolio-trend.ts";
import type { Portfolio } from "./portfolio.ts";
import { type Cell, type Section, figure, runCell, tableOf, unbroken } from "./table.ts";
import { sayInstant } from "./time-words.ts";
import { describeChange, fieldValue, sayField } from "./trend-words.ts";

/** How many runs a board links to. */
const LINKED_RUNS = 50;

/**
 * The runs whose pages stand beside the board's: those that KPIs are from, then those that wait or are at
 * risk; so many that the pages are soon written.
 */
export function linkedRuns({ missions, must_act }: Portfolio): readonly string[] {
  const measured = missions.flatMap(({ measured_run_id }) => measured_run_id ?? []);
  const named = [...measured, ...must_act.map((act) => act.run_id)];
  return [...new Set(named)].slice(0, LINKED_RUNS);
}

/** The sections by name. */
export function describePortfolio(portfolio: Portfolio) {
  return {
    headlines: describeHeadlines(portfolio),
    missions: describeMissions(portfolio),
    kpis: describeKpis(portfolio),
    acts: describeActs(portfolio),
    risks: describeRisks(portfolio),
  } as const satisfies Record<string, Section>;
}

export function titleOfPortfolio({ snapshot }: Portfolio): string {
  return `Portfolio, ${snapshot.period === "week" ? "week to " : ""}${snapshot.snapshot_date}`;
}

function describeHeadlines({ snapshot, outcome, trend, risk_index, snapshots }: Portfolio) {
  const { on_target, judged, others, attainment_pct } = outcome;
  const rest = others === 0 ? "" : ` (${others} not graded)`;
  const results = [
    [`KPIs on target${rest}`, figure(judged === 0 ? "–" : `${on_target} of ${judged}`), ""],
    [
      "Average attainment, each from 0 to 100 %",
      figure(attainment_pct === null ? "–" : sayFigure(attainment_pct, PERCENT)),
      "",
    ],
  ];
  const before = snapshots.at(-2)?.snapshot_date;
  const against = before === undefined ? "Before" : `Against ${before}`;
  const figures = tableOf(TREND_FIELDS, {
    Figure: (field) => sayField(field, snapshot.period),
    Now: (field) => figure(fieldValue(field, snapshot[field])),
    [against]: (field) => describeChange(trend[field]),
  });
  const { top_bottleneck_task_id: id, top_bottleneck_task_name: name } = snapshot;
  return {
    title: "Headline figures",
    table: { ...figures, rows: [...results, ...figures.rows] },
    note: `Top bottleneck, 7 days: ${name ?? id ?? "–"}. Risk events found lately, closed ones too, weighted by severity: ${risk_index}`,
  } satisfies Section;
}

function describeMissions(portfolio: Portfolio): Section {
  const link = createRunCell(portfolio);
  return {
    title: "Missions",
    absence: "There is no mission.",
    table: tableOf(portfolio.missions, {
      Mission: (mission) => `${mission.mission_name} (${mission.mission_id})`,
      Owner: (mission) => mission.owner ?? "–",
      "KPIs on target": (mission) => outcomeCell(mission.outcome),
      Risk: (mission) => riskCell(mission.risk),
      "Open risks": ({ open_events }) => open_events.length,
      Runs: (mission) => mission.runs,
      ...(portfolio.missions.some(({ cost_7d }) => cost_7d !== null)
        ? { "Cost, 7 days": costOf }
        : {}),
      "Latest measured run": ({ measured_run_id }) => link(measured_run_id),
    }),
    lesser: ["Owner", "Latest measured run", "Runs", "Cost, 7 days"],
  };
}

function costOf({ cost_7d }: PortfolioMission): Cell {
  return cost_7d ?? "–";
}

function describeRisks(portfolio: Portfolio): Section {
  const link = createRunCell(portfolio);
  const open = portfolio.missions.flatMap((mission) => mission.open_events);
  return {
    title: "Open risks",
    absence: "No risk is open.",
    table: tableOf(open, {
      Mission: (event) => event.mission_id,
      Risk: ({ risk_type, task_id, scope }) =>
        scope === "run" ? risk_type : `${risk_type} at ${task_id}`,
      Severity: (event) => severityLight(event.severity),
      "What was seen": (event) => event.description,
      Run: (event) => link(event.run_id),
      "Since (UTC)": (event) => unbroken(sayInstant(event.detected_at)),
    }),
  };
}

function describeKpis(portfolio: Portfolio): Section {
  const link = createRunCell(portfolio);
  const measured = portfolio.missions.flatMap(({ mission_id, measured_run_id: run_id, kpis }) =>
    kpis.map((kpi) => ({ ...kpi, mission_id, run_id })),
  );
  return {
    title: "KPIs, latest measured run",
    absence: "No mission is measured by a KPI.",
    table: tableOf(measured, {
      Mission: (kpi) => kpi.mission_id,
      Run: (kpi) => link(kpi.run_id),
      ...KPI_COLUMNS,
    }),
    lesser: ["Run", ...LESSER_KPI_COLUMNS],
  };
}

function describeActs(portfolio: Portfolio): Section {
  const link = createRunCell(portfolio);
  return {
    title: "Who must act",
    absence: "Nobody.",
    table: tableOf(portfolio.must_act, {
      Who: (act) => act.who ?? "not named",
      Mission: (act) => act.mission_id,
      What: (act) => act.what,
      Run: (act) => link(act.run_id),
      Command: (act) => act.command,
      "Since (UTC)": (act) => unbroken(sayInstant(act.since)),
    }),
    lesser: ["Since (UTC)", "Mission"],
  };
}

/** A run by its name, and as a link where its page is there. */
function createRunCell(portfolio: Portfolio): (runId: string | null) => Cell {
  const linked = new Set(linkedRuns(portfolio));
  return (runId) => {
    if (runId === null) return "–";
    return linked.has(runId) ? runCell(runId) : runId;
  };
}
