/** Horizontal bars with their values beside them. */

import { type ChartOption, drawChart, fitText } from "./chart.ts";
import type { Html } from "./html.ts";
import { scaleFromZero } from "./nice-scale.ts";
import { COLOURS, type Fill, toItemStyle } from "./palette.ts";

export interface Bar {
  readonly value: number;
  /** The value in words. */
  readonly words: string;
  readonly fill: Fill;
}

/** One name with its bars; all rows of a chart have as many. */
export interface BarRow {
  readonly name: string;
  readonly bars: readonly Bar[];
}

const WIDTH = 420;
const BAR_HEIGHT = 18;
const ROW_GAP = 14;
/** Above the first row and below the last, in pixels. */
const TOP = 4;
const BOTTOM = 46;
const NAME_WIDTH = 150;
const VALUE_WIDTH = 90;

/** @param rows top to bottom; at least one. */
export function drawBars(
  rows: readonly BarRow[],
  {
    id,
    label,
    axisName,
    smallestStep,
  }: { id: string; label: string; axisName: string; smallestStep?: number },
): Html {
  const barsPerRow = rows[0]?.bars.length ?? 1;
  const height = TOP + BOTTOM + rows.length * (barsPerRow * BAR_HEIGHT + ROW_GAP);
  const option: ChartOption = {
    grid: { left: NAME_WIDTH, right: VALUE_WIDTH, top: TOP, bottom: BOTTOM },
    xAxis: {
      type: "value",
      ...scaleFromZero(
        rows.flatMap((row) => row.bars.map((bar) => bar.value)),
        smallestStep,
      ),
      name: axisName,
      nameLocation: "middle",
      nameGap: 28,
      nameTextStyle: { color: COLOURS.quiet },
      axisLabel: { color: COLOURS.quiet },
      splitLine: { lineStyle: { color: COLOURS.line } },
    },
    yAxis: {
      type: "category",
      inverse: true,
      data: rows.map((row) => fitText(row.name, NAME_WIDTH - 12)),
      axisTick: { show: false },
      axisLabel: { color: COLOURS.text, interval: 0 },
    },
    series: Array.from({ length: barsPerRow }, (_, series) => ({
      type: "bar" as const,
      silent: true,
      emphasis: { disabled: true },
      barWidth: BAR_HEIGHT - 4,
      data: rows.map((row) => toItem(row.bars[series])),
    })),
  };
  return drawChart({ id, label, width: WIDTH, height, option });
}

function toItem(bar: Bar | undefined) {
  if (bar === undefined) return { value: 0 };
  return {
    value: bar.value,
    itemStyle: toItemStyle(bar.fill),
    label: {
      show: true,
      position: bar.value < 0 ? ("left" as const) : ("right" as const),
      color: COLOURS.text,
      formatter: () => bar.words,
    },
  };
}
