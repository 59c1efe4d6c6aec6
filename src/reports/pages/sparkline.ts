/** A KPI over a mission's runs, as small as a word: each run where its end lies in time, the target across. */

import type { KpiSeries } from "../../kpi/kpi-series.ts";
import { sayFigure } from "../../kpi/say-figure.ts";
import { count } from "../../model/count.ts";
import { toMs } from "../../model/time.ts";
import { sayInstant } from "../time-words.ts";
import { type Html, NOTHING, html } from "./html.ts";
import { createPlace, drawSvg } from "./svg.ts";

/** How many runs are drawn, the latest. */
export const DRAWN_RUNS = 50;
/** How many of them the text alternative names. */
const SPOKEN_RUNS = 5;
const WIDTH = 130;
const HEIGHT = 26;
const EDGE = 5;

/** @param runId the run to point out; the latest when it is not named. */
export function drawSparkline(series: KpiSeries, runId?: string): Html {
  const points = series.points.slice(-DRAWN_RUNS);
  if (points.length < 2) return NOTHING;
  const times = points.map((point) => toMs(point.end_time));
  const figures = [series.target, ...points.map((point) => point.observed)];
  const x = createPlace(endsOf(times), [EDGE, WIDTH - EDGE]);
  const y = createPlace(endsOf(figures), [HEIGHT - EDGE, EDGE]);
  const places = points.map(({ run_id, observed }, position) => {
    return { run_id, x: x(times[position] ?? 0), y: y(observed) };
  });
  const marked = places.find((place) => place.run_id === runId) ?? places.at(-1);
  const path = places.map((place) => `${place.x},${place.y}`).join(" ");
  const target = y(series.target);
  return drawSvg({ kind: "sparkline", label: describe(series), width: WIDTH, height: HEIGHT }, [
    html`<line class="target" x1="0" x2="${WIDTH}" y1="${target}" y2="${target}" />`,
    html`<polyline class="run" points="${path}" />`,
    html`<circle class="marked" cx="${marked?.x ?? 0}" cy="${marked?.y ?? 0}" r="3.5" />`,
  ]);
}

function endsOf(values: readonly number[]): { min: number; max: number } {
  return { min: Math.min(...values), max: Math.max(...values) };
}

function describe(series: KpiSeries): string {
  const drawn = Math.min(series.points.length, DRAWN_RUNS);
  const spoken = series.points
    .slice(-SPOKEN_RUNS)
    .map((point) => `${sayInstant(point.end_time)}: ${sayFigure(point.observed, series)}`);
  const which = drawn < series.points.length ? "latest " : "";
  return `${series.label} over the ${which}${count(drawn, "run")}. ${spoken.join("; ")}.`;
}
