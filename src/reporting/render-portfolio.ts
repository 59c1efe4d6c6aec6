/** The board page as Markdown. */

import { KPI_HEADER, kpiCells } from "./kpi-words.ts";
import { escapeMarkdown, markdownTable, section } from "./markdown.ts";
import { TREND_FIELDS } from "./portfolio-trend.ts";
import type { Portfolio } from "./portfolio.ts";
import { FIELD_WORDS, VERDICT_WORDS, describeChange, fieldValue } from "./trend-words.ts";

export function renderPortfolio(portfolio: Portfolio): string {
  const { snapshot, verdict, risk_index, so_what, ask, missions } = portfolio;
  const week = snapshot.period === "week" ? "week to " : "";
  const sections = [
    `# Portfolio, ${week}${snapshot.snapshot_date}`,
    `**Risk: ${VERDICT_WORDS[verdict]}** (index ${risk_index})`,
    escapeMarkdown(so_what),
    `**Ask:** ${escapeMarkdown(ask)}`,
    section("Headline figures", describeHeadlines(portfolio)),
    section(
      "Missions",
      markdownTable(
        ["Mission", "Owner", "Runs", "At risk"],
        missions.map((mission) => [
          `${mission.mission_name} (${mission.mission_id})`,
          mission.owner ?? "–",
          String(mission.runs),
          mission.open_events.map((event) => `${event.risk_type} at ${event.task_id}`).join(", ") ||
            "no",
        ]),
      ),
    ),
    section("KPIs, latest measured run", describeKpis(portfolio)),
    section("Who must act", describeActs(portfolio)),
  ];
  return `${sections.filter((text) => text !== "").join("\n\n")}\n`;
}

function describeHeadlines({ snapshot, trend }: Portfolio): string {
  const { top_bottleneck_task_id: id, top_bottleneck_task_name: name } = snapshot;
  return markdownTable(
    ["Figure", "Now", "Against the previous snapshot"],
    [
      ...TREND_FIELDS.map((field) => [
        FIELD_WORDS[field],
        fieldValue(field, snapshot[field]),
        describeChange(trend[field]),
      ]),
      ["Top bottleneck, 7 days", id === null ? "–" : `${id} ${name}`, ""],
    ],
  );
}

function describeKpis({ missions }: Portfolio): string {
  return markdownTable(
    ["Mission", "Run", ...KPI_HEADER],
    missions.flatMap((mission) =>
      mission.kpis.map((kpi) => [
        mission.mission_id,
        mission.measured_run_id ?? "–",
        ...kpiCells(kpi),
      ]),
    ),
  );
}

function describeActs({ must_act }: Portfolio): string {
  if (must_act.length === 0) return "Nobody.";
  return markdownTable(
    ["Who", "What", "Since"],
    must_act.map(({ who, what, since }) => [who ?? "not named", what, since]),
  );
}
