/** The portfolio as sections: what its Markdown and its page both say. */

import { KPI_COLUMNS, LESSER_KPI_COLUMNS } from "./kpi-words.ts";
import { outcomeLight, riskLight } from "./lights.ts";
import { TREND_FIELDS } from "./portfolio-trend.ts";
import type { Portfolio } from "./portfolio.ts";
import { type Section, tableOf, unbroken } from "./table.ts";
import { sayInstant } from "./time-words.ts";
import { describeChange, fieldValue, sayField } from "./trend-words.ts";

/** The sections by name. */
export function describePortfolio(portfolio: Portfolio) {
  return {
    headlines: describeHeadlines(portfolio),
    missions: describeMissions(portfolio),
    kpis: describeKpis(portfolio),
    acts: describeActs(portfolio),
  } as const satisfies Record<string, Section>;
}

export function titleOfPortfolio({ snapshot }: Portfolio): string {
  return `Portfolio, ${snapshot.period === "week" ? "week to " : ""}${snapshot.snapshot_date}`;
}

function describeHeadlines({ snapshot, outcome, trend, risk_index, snapshots }: Portfolio) {
  const { on_target, judged, others, attainment_pct } = outcome;
  const rest = others === 0 ? "" : ` (${others} not graded)`;
  const results = [
    [`KPIs on target${rest}`, judged === 0 ? "–" : `${on_target} of ${judged}`, ""],
    [
      "Average attainment, each from 0 to 100 %",
      attainment_pct === null ? "–" : `${attainment_pct} %`,
      "",
    ],
  ];
  const before = snapshots.at(-2)?.snapshot_date;
  const against = before === undefined ? "Before" : `Against ${before}`;
  const figures = tableOf(TREND_FIELDS, {
    Figure: (field) => sayField(field, snapshot.period),
    Now: (field) => fieldValue(field, snapshot[field]),
    [against]: (field) => describeChange(trend[field]),
  });
  const { top_bottleneck_task_id: id, top_bottleneck_task_name: name } = snapshot;
  return {
    title: "Headline figures",
    table: { ...figures, rows: [...results, ...figures.rows] },
    note: `Top bottleneck, 7 days: ${name ?? id ?? "–"}. Risk events found lately, closed ones too, weighted by severity: ${risk_index}`,
  } satisfies Section;
}

function describeMissions({ missions }: Portfolio): Section {
  return {
    title: "Missions",
    absence: "There is no mission.",
    table: tableOf(missions, {
      Mission: (mission) => `${mission.mission_name} (${mission.mission_id})`,
      Owner: (mission) => mission.owner ?? "–",
      Runs: (mission) => mission.runs,
      Outcome: (mission) => outcomeLight(mission.outcome),
      Risk: (mission) => riskLight(mission.risk),
      "At risk": ({ open_risks }) => open_risks.join(", ") || "no",
    }),
    lesser: ["Owner", "Runs", "At risk"],
  };
}

function describeKpis({ missions }: Portfolio): Section {
  const measured = missions.flatMap(({ mission_id, measured_run_id, kpis }) =>
    kpis.map((kpi) => ({ ...kpi, mission_id, run_id: measured_run_id ?? "–" })),
  );
  return {
    title: "KPIs, latest measured run",
    absence: "No mission is measured by a KPI.",
    table: tableOf(measured, {
      Mission: (kpi) => kpi.mission_id,
      Run: (kpi) => kpi.run_id,
      ...KPI_COLUMNS,
    }),
    lesser: ["Run", ...LESSER_KPI_COLUMNS],
  };
}

function describeActs({ must_act }: Portfolio): Section {
  return {
    title: "Who must act",
    absence: "Nobody.",
    table: tableOf(must_act, {
      Who: (act) => act.who ?? "not named",
      Mission: (act) => act.mission_id,
      What: (act) => act.what,
      Command: (act) => act.command,
      "Since (UTC)": (act) => unbroken(sayInstant(act.since)),
    }),
    lesser: ["Since (UTC)", "Mission"],
  };
}
