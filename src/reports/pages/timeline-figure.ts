/** The timeline of a run as a Gantt chart: a task a row, work solid, waiting for people hatched. */

import { count } from "../../model/count.ts";
import type { RunReport } from "../run-report.ts";
import { type Section, tableOf } from "../table.ts";
import { sayInstant, timeUnitFor } from "../time-words.ts";
import { type Html, html } from "./html.ts";
import { renderAbsence, renderNote, renderSection } from "./section.ts";
import { renderFolded, renderTable } from "./table.ts";
import { type TimelineRow, chooseTimelineRows } from "./timeline-rows.ts";
import { drawTrack, renderLegend } from "./track.ts";

export function renderTimeline({ title, table, absence = "" }: Section, report: RunReport): Html {
  const { rows, leftOut } = chooseTimelineRows(report);
  if (rows.length === 0) return renderSection(title, renderAbsence(absence));
  const ends = rows.flatMap(({ spans }) => spans.map(({ end }) => end));
  const whole = Math.max(report.delay_ledger.wall_clock_minutes, ...ends);
  const others =
    leftOut === 0 ? "" : ` ${count(leftOut, "shorter task")} left out here; all are in the table.`;
  const chart = tableOf<TimelineRow, Html>(rows, {
    Task: ({ task_id, task, isCritical }) => `${isCritical ? "◆ " : ""}${task_id} ${task}`,
    [sayScale(whole)]: ({ spans }) => drawTrack(spans, whole),
    Took: (row) => row.words,
  });
  return renderSection(
    title,
    renderLegend([
      { kind: "work", words: "agents at work" },
      { kind: "wait", words: "waiting for people" },
    ]),
    html`<div class="timeline">${renderTable(chart)}</div>`,
    renderNote(
      `The start is ${sayInstant(report.run.start_time)} UTC. ◆ on the critical path: the end of the run waited for it.${others}`,
    ),
    renderFolded({ title: "Every attempt", table }),
  );
}

/** What the bars are drawn over, in a unit that stays readable. */
function sayScale(minutes: number): string {
  const unit = timeUnitFor(minutes);
  const length = Math.round((minutes / unit.minutes) * 10) / 10;
  return `0 to ${length} ${unit.name} since the start`;
}
