/** A run drawn as a Gantt chart: work solid, waiting for people hatched. */

import type { CustomSeriesOption } from "echarts/charts";

import { isEnded } from "../../model/mission-runs.ts";
import type { RunReport } from "../run-report.ts";
import { timeUnitFor } from "../time-words.ts";
import { type ChartOption, drawChart, fitText } from "./chart.ts";
import type { Html } from "./html.ts";
import { scaleFromZero } from "./nice-scale.ts";
import { COLOURS, FILLS, toItemStyle } from "./palette.ts";
import type { Span, TimelineRow } from "./timeline-rows.ts";

/** One drawing for a desk or paper, one for a telephone; the page shows the one that fits. */
const LAYOUTS = {
  wide: { width: 840, names: 210, words: 150 },
  narrow: { width: 400, names: 116, words: 124 },
} as const;

const ROW_HEIGHT = 20;
const BAR_HEIGHT = 12;
const TOP = 24;
const BOTTOM = 48;
/** What took no time is drawn so wide, in pixels. */
const LEAST_WIDTH = 3;
const GAP = 6;

type RenderItem = NonNullable<CustomSeriesOption["renderItem"]>;

/** @param label the same in words. */
export function drawTimeline(
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
