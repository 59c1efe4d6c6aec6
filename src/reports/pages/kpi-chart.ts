/** KPIs over a mission's runs, against baseline and target. */

import { evaluateKpi } from "../../kpi/evaluate-kpis.ts";
import type { KpiSeries } from "../../kpi/kpi-series.ts";
import { sayFigure } from "../../kpi/say-figure.ts";
import { count } from "../../model/count.ts";
import { describeTarget } from "../kpi-words.ts";
import { sayKpiLight, kpiLight } from "../lights.ts";
import { tableOf, unbroken } from "../table.ts";
import { sayInstant } from "../time-words.ts";
import { fitText } from "./chart.ts";
import { renderFigure } from "./figure.ts";
import { type Html, html } from "./html.ts";
import { type Level, drawLine } from "./line-chart.ts";
import { renderAbsence } from "./section.ts";

/** How many runs are drawn of one KPI, and how many KPIs on a page. */
const DRAWN_RUNS = 50;
const DRAWN_KPIS = 24;
/** How many runs the text alternative names. */
const SPOKEN_RUNS = 8;
/** Pixels beside the chart for the words of a level. */
const LEVEL_WIDTH = 118;

/** What a page tells the series apart by. */
export interface KpiContext {
  /** The run to point out. */
  readonly runId?: string;
  /** Missions to name in the captions, by id. */
  readonly names?: ReadonlyMap<string, string>;
}

/** A figure for each KPI, and a sentence where some are left out. */
export function renderKpiSeries(
  series: readonly KpiSeries[],
  context: KpiContext,
): readonly Html[] {
  if (series.length === 0) return [renderAbsence("No KPI was measured in an ended run yet.")];
  const drawn = series.slice(0, DRAWN_KPIS);
  const left = series.length - drawn.length;
  const figures = drawn.map((one, position) =>
    renderOne(one, { id: `kpi-${position + 1}`, context }),
  );
  const rest = `${count(left, "more KPI")} with a history can be seen on the pages of the runs.`;
  return [
    html`<div class="figures">${figures}</div>`,
    ...(left === 0 ? [] : [html`<p class="note">${rest}</p>`]),
  ];
}

function renderOne(series: KpiSeries, { id, context }: { id: string; context: KpiContext }): Html {
  const { baseline, points } = series;
  const drawn = points.slice(-DRAWN_RUNS).map((point) => {
    return { ...point, result: evaluateKpi(series, point.observed) };
  });
  const target = describeTarget(evaluateKpi(series, undefined));
  const caption = captionOf(series, { drawn: drawn.length, context });
  const spoken = drawn
    .slice(-SPOKEN_RUNS)
    .map(
      (point) =>
        `${sayInstant(point.end_time)}: ${sayFigure(point.observed, series)}, ${sayKpiLight(point.result)}`,
    );
  const from = baseline === null ? "" : `, baseline ${sayFigure(baseline, series)}`;
  const isThere = drawn.some((point) => point.run_id === context.runId);
  const diamond = isThere ? " The diamond is this run." : "";
  return renderFigure({
    caption,
    note: `Target ${target}${from}. Filled points are on target, hollow ones are not.${diamond}`,
    chart: drawLine(
      drawn.map(({ run_id, end_time, observed, result }) => ({
        name: end_time.slice(0, "2026-02-01".length),
        value: observed,
        isHollow: result.status === "miss",
        isPointedOut: run_id === context.runId,
      })),
      {
        id,
        label: `${caption}. Target ${target}${from}. ${spoken.join("; ")}.`,
        axisName: "runs by their end (UTC)",
        levels: levelsOf(series, target),
      },
    ),
    table: tableOf(drawn, {
      Run: (point) => point.run_id,
      "End (UTC)": (point) => unbroken(sayInstant(point.end_time)),
      Observed: (point) => unbroken(sayFigure(point.observed, series)),
      Status: (point) => kpiLight(point.result),
    }),
  });
}

function captionOf(
  { label, unit, mission_id, points }: KpiSeries,
  { drawn, context }: { drawn: number; context: KpiContext },
): string {
  const mission = context.names?.get(mission_id);
  const runs = count(points.length, "run");
  const which = drawn < points.length ? `the latest ${drawn} of ${runs}` : runs;
  const prefix = mission === undefined ? "" : `${mission}: `;
  const scale = unit === "" || unit === label.toLowerCase() ? "" : ` (${unit})`;
  return `${prefix}${label}${scale} over ${which}`;
}

function levelsOf(series: KpiSeries, bound: string): readonly Level[] {
  const { target, baseline } = series;
  const aim: Level = {
    value: target,
    words: fitText(`target ${bound}`, LEVEL_WIDTH),
    kind: "target",
  };
  if (baseline === null) return [aim];
  return [
    aim,
    {
      value: baseline,
      words: fitText(`baseline ${sayFigure(baseline, series)}`, LEVEL_WIDTH),
      kind: "baseline",
    },
  ];
}
