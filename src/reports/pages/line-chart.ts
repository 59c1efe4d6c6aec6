/** A figure over time, or over another figure: a line on true axes, with few words. */

import type { Html } from "./html.ts";
import { NOTHING, html } from "./html.ts";
import { type Scale, scaleAround, ticksOf } from "./nice-scale.ts";
import { createPlace, drawSvg } from "./svg.ts";
import { type TickedAxis, datesAxis } from "./time-axis.ts";

export interface LinePoint {
  /** Where it is: an instant in milliseconds, or the figure on the axis. */
  readonly at: number;
  /** Null where there is no figure: the line has a gap. */
  readonly value: number | null;
  /** Drawn larger, as a diamond. */
  readonly isPointedOut: boolean;
}

export interface LineChart {
  readonly label: string;
  readonly axis: "dates" | "figures";
  readonly axisName: string;
  /** A figure to compare with: a dashed line across. */
  readonly level?: { readonly value: number; readonly words: string };
  /** A value in words. */
  readonly say: (value: number) => string;
  /** 1 for what is counted. */
  readonly smallestStep?: number;
}

const WIDTH = 420;
const HEIGHT = 220;
const PLOT = { left: 48, right: WIDTH - 20, top: 24, bottom: HEIGHT - 46 };
/** Words nearer than this to each other would overlap, in pixels. */
const NEAR = 60;

type Place = (value: number) => number;

/** @param points in the order of their `at`; at least one. */
export function drawLine(points: readonly LinePoint[], chart: LineChart): Html {
  const { label, axis, axisName, level, smallestStep } = chart;
  const values = points.flatMap(({ value }) => value ?? []);
  const scale = scaleAround(
    [...values, ...(level === undefined ? [] : [level.value])],
    smallestStep,
  );
  const across = axis === "dates" ? datesAxis(points) : figuresAxis(points);
  const x = createPlace(across, [PLOT.left, PLOT.right]);
  const y = createPlace(scale, [PLOT.bottom, PLOT.top]);
  return drawSvg({ kind: "chart", label, width: WIDTH, height: HEIGHT }, [
    ...ticksOf(scale).map((tick) => drawRow(y(tick), String(tick))),
    ...across.ticks.map(({ at, words }, position) =>
      drawTick(x(at), words, anchorOf(position, across.ticks.length)),
    ),
    html`<text class="name" x="${(PLOT.left + PLOT.right) / 2}" y="${HEIGHT - 6}"
      >${axisName}</text
    >`,
    level === undefined ? NOTHING : drawLevel(y(level.value), level.words),
    html`<path class="run" d="${pathOf(points, { x, y })}" />`,
    ...drawPoints(points, { x, y, say: chart.say }),
  ]);
}

function figuresAxis(points: readonly LinePoint[]): TickedAxis {
  const scale: Scale = scaleAround(points.map(({ at }) => at));
  const ticks = ticksOf(scale).map((at) => ({ at, words: String(at) }));
  return { ...scale, ticks };
}

function drawRow(y: number, words: string): Html {
  return html`<line class="row" x1="${PLOT.left}" x2="${PLOT.right}" y1="${y}" y2="${y}" /><text
      class="figure"
      x="${PLOT.left - 6}"
      y="${y + 4}"
      >${words}</text
    >`;
}

function drawTick(x: number, words: string, anchor: string): Html {
  const { bottom } = PLOT;
  return html`<line class="tick" x1="${x}" x2="${x}" y1="${bottom}" y2="${bottom + 5}" /><text
      x="${x}"
      y="${bottom + 18}"
      text-anchor="${anchor}"
      >${words}</text
    >`;
}

/** The words at the ends of the axis stay inside the chart. */
function anchorOf(position: number, length: number): "start" | "middle" | "end" {
  if (length === 1) return "middle";
  if (position === length - 1) return "end";
  return position === 0 ? "start" : "middle";
}

function drawLevel(y: number, words: string): Html {
  const below = y < PLOT.top + 14;
  return html`<line class="level" x1="${PLOT.left}" x2="${PLOT.right}" y1="${y}" y2="${y}" /><text
      class="halo"
      x="${PLOT.left + 4}"
      y="${below ? y + 14 : y - 5}"
      >${words}</text
    >`;
}

function pathOf(points: readonly LinePoint[], { x, y }: { x: Place; y: Place }): string {
  let isDrawing = false;
  const parts: string[] = [];
  for (const { at, value } of points) {
    if (value !== null) parts.push(`${isDrawing ? "L" : "M"}${x(at)} ${y(value)}`);
    isDrawing = value !== null;
  }
  return parts.join("");
}

/** A mark for each point; the one pointed out and the last say their value, unless they are near each other. */
function drawPoints(
  points: readonly LinePoint[],
  { x, y, say }: { x: Place; y: Place; say: LineChart["say"] },
) {
  const known = points.flatMap(({ value, ...point }) =>
    value === null ? [] : [{ ...point, value }],
  );
  const pointed = known.find((point) => point.isPointedOut);
  const last = known.at(-1);
  return known.map((point) => {
    const { at, value, isPointedOut } = point;
    const isFree = pointed === undefined || Math.abs(x(pointed.at) - x(at)) > NEAR;
    const isSaid = point === pointed || (point === last && isFree);
    const mark = isPointedOut
      ? html`<path class="marked" d="M${x(at)} ${y(value) - 7}l7 7l-7 7l-7 -7z" />`
      : html`<circle class="point" cx="${x(at)}" cy="${y(value)}" r="2.5" />`;
    if (!isSaid) return mark;
    const anchor = x(at) > PLOT.right - NEAR / 2 ? "end" : "middle";
    return html`${mark}<text
        class="halo value"
        x="${x(at)}"
        y="${y(value) - 9}"
        text-anchor="${anchor}"
        >${say(value)}</text
      >`;
  });
}
