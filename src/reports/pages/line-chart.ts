/** A figure over time or over runs: a small chart with few words. */

import { type ChartOption, drawChart } from "./chart.ts";
import type { Html } from "./html.ts";
import { scaleAround } from "./nice-scale.ts";
import { COLOURS } from "./palette.ts";

export interface LinePoint {
  /** What it is called on the axis. */
  readonly name: string;
  /** When it is, in milliseconds; where all points have it, the axis is of time. */
  readonly at?: number;
  /** Null where there is no figure: the line has a gap. */
  readonly value: number | null;
  readonly isHollow: boolean;
  /** Drawn larger, as a diamond. */
  readonly isPointedOut: boolean;
}

/** A level line across the chart. */
export interface Level {
  readonly value: number;
  readonly words: string;
  readonly kind: "target" | "baseline";
}

const DAY_MS = 24 * 60 * 60 * 1000;
const WIDTH = 420;
const HEIGHT = 240;
/** Up to so many points each carry their value; beyond, the last and the one pointed out. */
const NAMED_POINTS = 8;
/** Levels nearer than this share of the axis would write over each other. */
const NEAR = 0.08;

export function drawLine(
  points: readonly LinePoint[],
  {
    id,
    label,
    axisName,
    levels = [],
    smallestStep,
  }: {
    id: string;
    label: string;
    axisName: string;
    levels?: readonly Level[];
    smallestStep?: number;
  },
): Html {
  const values = points.flatMap(({ value }) => value ?? []);
  const scale = scaleAround([...values, ...levels.map((level) => level.value)], smallestStep);
  const isTimed = points.every(({ at }) => at !== undefined);
  const option: ChartOption = {
    grid: { left: 52, right: levels.length === 0 ? 40 : 124, top: 30, bottom: 46 },
    useUTC: true,
    xAxis: {
      ...(isTimed
        ? {
            type: "time" as const,
            minInterval: DAY_MS,
            splitNumber: 3,
          }
        : { type: "category" as const, data: points.map((point) => point.name) }),
      name: axisName,
      nameLocation: "middle",
      nameGap: 28,
      nameTextStyle: { color: COLOURS.quiet },
      axisLabel: isTimed
        ? { color: COLOURS.quiet, hideOverlap: true, formatter: "{yyyy}-{MM}-{dd}" }
        : { color: COLOURS.quiet },
    },
    yAxis: {
      type: "value",
      ...scale,
      axisLabel: { color: COLOURS.quiet },
      splitLine: { lineStyle: { color: COLOURS.line } },
    },
    series: [
      {
        type: "line",
        silent: true,
        emphasis: { disabled: true },
        lineStyle: { color: COLOURS.blue, width: 2 },
        showAllSymbol: true,
        data: points.map((point, position) =>
          toItem(point, {
            isSparse: points.length <= NAMED_POINTS,
            isLast: position === points.length - 1,
          }),
        ),
        markLine: markLevels(levels, NEAR * (scale.max - scale.min)),
      },
    ],
  };
  return drawChart({ id, label, width: WIDTH, height: HEIGHT, option });
}

function toItem(
  { at, value, isHollow, isPointedOut }: LinePoint,
  { isSparse, isLast }: { isSparse: boolean; isLast: boolean },
) {
  const size = isSparse ? 9 : 6;
  return {
    value: at === undefined ? (value ?? "-") : [at, value ?? "-"],
    symbol: isPointedOut ? "diamond" : "circle",
    symbolSize: isPointedOut ? 16 : size,
    itemStyle: {
      color: isHollow ? "#FFFFFF" : COLOURS.blue,
      borderColor: COLOURS.blue,
      borderWidth: 2,
    },
    label: {
      show: value !== null && (isSparse || isLast || isPointedOut),
      position: "top" as const,
      color: COLOURS.text,
      fontWeight: "bold" as const,
      textBorderColor: "#FFFFFF",
      textBorderWidth: 3,
      formatter: () => String(value),
    },
  };
}

function markLevels(levels: readonly Level[], near: number) {
  return {
    silent: true,
    symbol: "none",
    emphasis: { disabled: true },
    data: levels.map(({ value, kind, words }, position) => {
      const others = levels.filter((level) => Math.abs(level.value - value) < near);
      const isFirst = levels.findIndex((level) => others.includes(level)) === position;
      return {
        yAxis: value,
        lineStyle: {
          color: kind === "target" ? COLOURS.green : COLOURS.quiet,
          width: 2,
          type: kind === "target" ? ("solid" as const) : ("dashed" as const),
        },
        label: {
          show: isFirst,
          position: "end" as const,
          color: COLOURS.text,
          formatter: () =>
            others.length > 1 ? others.map((level) => level.words).join("\n") : words,
        },
      };
    }),
  };
}
