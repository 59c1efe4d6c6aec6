/** A run as a Gantt chart: work solid, waiting for people hatched. */

import type { CustomSeriesOption } from "echarts/charts";

import { isEnded } from "../model/mission-runs.ts";
import type { RunReport } from "../reporting/run-report.ts";
import { type ChartOption, drawChart, fitText } from "./chart.ts";
import { renderAbsence, renderFigure } from "./figure.ts";
import { type Html, html } from "./html.ts";
import { scaleFromZero } from "./nice-scale.ts";
import { COLOURS, FILLS, toItemStyle } from "./palette.ts";
import type { Table } from "./table.ts";
import { sayInstant, sayMinutes, timeUnitFor } from "./time-words.ts";
import { type Span, type TimelineRow, chooseTimelineRows, lengthOf } from "./timeline-rows.ts";

/** One drawing for a desk or paper, one for a telephone; the page shows the one that fits. */
const LAYOUTS = {
  wide: { width: 840, names: 210, words: 150 },
  narrow: { width: 400, names: 120, words: 92 },
} as const;

const ROW_HEIGHT = 20;
const BAR_HEIGHT = 12;
const TOP = 24;
const BOTTOM = 48;
/** What took no time is drawn so wide, in pixels. */
const LEAST_WIDTH = 3;
const GAP = 6;
/** How many tasks the text alternative names. */
const SPOKEN_TASKS = 5;

type RenderItem = NonNullable<CustomSeriesOption["renderItem"]>;

export function renderTimeline(report: RunReport): Html {
  const { rows, leftOut } = chooseTimelineRows(report);
  if (rows.length === 0) return renderAbsence("No task has been tried yet.");
  const label = describe(rows, report);
  const drawings = (["wide", "narrow"] as const).map(
    (layout) => html`<div class="${layout}">${drawRows(rows, { layout, label, report })}</div>`,
  );
  const others =
    leftOut === 0 ? "" : ` ${leftOut} shorter tasks are left out; all are in the table.`;
  return renderFigure({
    caption: `From the start at ${sayInstant(report.run.start_time)} UTC`,
    legend: [
      { fill: FILLS.work, words: "agents at work" },
      { fill: FILLS.wait, words: "waiting for people" },
    ],
    note: `◆ on the critical path: the end of the run waited for it.${others}`,
    chart: html`${drawings}`,
    table: timelineTable(report),
  });
}

export function timelineTable({ timeline }: RunReport): Table {
  return {
    header: [
      "Start (UTC)",
      "End (UTC)",
      "Task",
      "Attempt",
      "Agent",
      "Outcome",
      "Waiting",
      "Work",
      "Note",
    ],
    rows: timeline.map((entry) => [
      sayInstant(entry.started_at),
      sayInstant(entry.ended_at),
      `${entry.task_id} ${entry.task}`,
      String(entry.attempt),
      entry.agent_id,
      entry.outcome,
      sayMinutes(entry.human_delay_minutes),
      sayMinutes(entry.work_minutes),
      entry.note,
    ]),
  };
}

function drawRows(
  rows: readonly TimelineRow[],
  { layout, label, report }: { layout: keyof typeof LAYOUTS; label: string; report: RunReport },
): Html {
  const { width, names, words } = LAYOUTS[layout];
  const ends = rows.flatMap(({ spans }) => spans.flatMap(({ start, end }) => [start, end]));
  const { wall_clock_minutes: wall } = report.delay_ledger;
  const unit = timeUnitFor(Math.max(wall, ...ends));
  const option: ChartOption = {
    grid: { left: names, right: words, top: TOP, bottom: BOTTOM },
    xAxis: {
      type: "value",
      ...scaleFromZero([...ends, wall].map((end) => end / unit.minutes)),
      name: `${unit.name} since the start`,
      nameLocation: "middle",
      nameGap: 28,
      nameTextStyle: { color: COLOURS.quiet },
      axisLabel: { color: COLOURS.quiet },
      splitLine: { lineStyle: { color: COLOURS.line } },
    },
    yAxis: {
      type: "category",
      inverse: true,
      data: rows.map(({ task_id, task, isCritical }) =>
        fitText(`${isCritical ? "◆ " : ""}${task_id} ${task}`, names - GAP * 2),
      ),
      axisTick: { show: false },
      axisLabel: { color: COLOURS.text, interval: 0 },
    },
    series: [
      {
        type: "custom",
        silent: true,
        data: rows.map((_, position) => [0, position]),
        markLine: markEnd(wall / unit.minutes, isEnded(report.run) ? "end" : "now"),
        renderItem: createRenderItem(rows, { minutesPerUnit: unit.minutes, wordsWidth: words }),
      },
    ],
  };
  const height = TOP + BOTTOM + rows.length * ROW_HEIGHT;
  return drawChart({ id: `timeline-${layout}`, label, width, height, option });
}

/** A line where the run ended, or has got to. */
function markEnd(position: number, words: string) {
  return {
    silent: true,
    symbol: "none",
    lineStyle: { color: COLOURS.quiet, type: "dashed" as const, width: 1 },
    label: { position: "start" as const, formatter: () => words, color: COLOURS.quiet },
    data: [{ xAxis: position }],
  };
}

function createRenderItem(
  rows: readonly TimelineRow[],
  { minutesPerUnit, wordsWidth }: { minutesPerUnit: number; wordsWidth: number },
): RenderItem {
  return ({ dataIndex }, api) => {
    const row = rows[dataIndex];
    if (row === undefined) return null;
    const place = (minutes: number) => api.coord([minutes / minutesPerUnit, dataIndex]);
    const bars = row.spans.map((span) => toBar(span, place));
    const right = Math.max(...bars.map(({ shape }) => shape.x + shape.width));
    const [, middle = 0] = place(0);
    const text = fitText(row.words, wordsWidth - GAP);
    const style = { text, x: right + GAP, y: middle, fill: COLOURS.text, fontSize: 12 };
    const words = {
      type: "text" as const,
      style: { ...style, textVerticalAlign: "middle" as const },
    };
    return { type: "group", children: [...bars, words] };
  };
}

function toBar({ kind, start, end }: Span, place: (minutes: number) => number[]) {
  const [left = 0, middle = 0] = place(start);
  const [right = 0] = place(end);
  const { color, ...style } = toItemStyle(FILLS[kind]);
  return {
    type: "rect" as const,
    shape: {
      x: left,
      y: middle - BAR_HEIGHT / 2,
      width: Math.max(right - left, LEAST_WIDTH),
      height: BAR_HEIGHT,
    },
    style: { ...style, fill: color },
  };
}

function describe(rows: readonly TimelineRow[], { delay_ledger }: RunReport): string {
  const longest = rows.toSorted((a, b) => lengthOf(b) - lengthOf(a)).slice(0, SPOKEN_TASKS);
  const words = longest.map((row) => `${row.task_id} ${row.task}, ${row.words}`);
  const wall = sayMinutes(delay_ledger.wall_clock_minutes);
  return `Timeline of ${rows.length} tasks in a run of ${wall}. The longest: ${words.join("; ")}.`;
}
