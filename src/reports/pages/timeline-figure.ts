/** The timeline of a run: the chart, and every attempt as a table. */

import { count } from "../../model/count.ts";
import type { RunReport } from "../run-report.ts";
import type { Section } from "../table.ts";
import { sayInstant, sayMinutes } from "../time-words.ts";
import { renderFigure } from "./figure.ts";
import { type Html, html } from "./html.ts";
import { FILLS } from "./palette.ts";
import { renderAbsence, renderSection } from "./section.ts";
import { drawTimeline } from "./timeline-chart.ts";
import { type TimelineRow, chooseTimelineRows, lengthOf } from "./timeline-rows.ts";

/** How many tasks the text alternative names. */
const SPOKEN_TASKS = 5;

export function renderTimeline({ title, table, absence = "" }: Section, report: RunReport): Html {
  const { rows, leftOut } = chooseTimelineRows(report);
  if (rows.length === 0) return renderSection(title, renderAbsence(absence));
  const label = describe(rows, report);
  const drawings = (["wide", "narrow"] as const).map(
    (layout) => html`<div class="${layout}">${drawTimeline(rows, { layout, label, report })}</div>`,
  );
  const others =
    leftOut === 0 ? "" : ` ${count(leftOut, "shorter task")} left out here; all are in the table.`;
  const figure = renderFigure({
    caption: `From the start at ${sayInstant(report.run.start_time)} UTC`,
    legend: [
      { fill: FILLS.work, words: "agents at work" },
      { fill: FILLS.wait, words: "waiting for people" },
    ],
    note: `◆ on the critical path: the end of the run waited for it.${others}`,
    chart: html`${drawings}`,
    table,
  });
  return renderSection(title, figure);
}

function describe(rows: readonly TimelineRow[], { delay_ledger }: RunReport): string {
  const longest = rows.toSorted((a, b) => lengthOf(b) - lengthOf(a)).slice(0, SPOKEN_TASKS);
  const words = longest.map((row) => `${row.task_id} ${row.task}, ${row.words}`);
  const wall = sayMinutes(delay_ledger.wall_clock_minutes);
  return `Timeline of ${count(rows.length, "task")} in a run of ${wall}. The longest: ${words.join("; ")}.`;
}
