/** A KPI as a bullet graph: a bar for what was observed, marks for target and baseline, a ground where it is met. */

import { sayFigure } from "../../kpi/say-figure.ts";
import type { KpiResult } from "../../model/kpi-result.ts";
import { describeTarget } from "../kpi-words.ts";
import { sayKpiLight } from "../lights.ts";
import { type Html, NOTHING, html } from "./html.ts";
import { createPlace, drawSvg } from "./svg.ts";

const WIDTH = 160;
const HEIGHT = 20;
/** Left and right, so that a mark at the end is whole. */
const EDGE = 3;
/** What is beyond the largest figure, as a share of the scale. */
const BEYOND = 0.08;

export function drawBullet(kpi: KpiResult): Html {
  const { observed, baseline, target, direction } = kpi;
  const figures = [0, target, ...[observed, baseline].filter((each) => each !== null)];
  const [least, most] = [Math.min(...figures), Math.max(...figures)];
  const room = (most - least) * BEYOND;
  const ends = { min: least < 0 ? least - room : 0, max: most > 0 ? most + room : 0 };
  const place = createPlace(ends, [EDGE, WIDTH - EDGE]);
  const met = { lower: [EDGE, place(target)], higher: [place(target), WIDTH - EDGE], unknown: [] };
  return drawSvg({ kind: "bullet", label: describe(kpi), width: WIDTH, height: HEIGHT }, [
    drawBar("rail", { top: 3, height: 14 }, [EDGE, WIDTH - EDGE]),
    drawBar("met", { top: 3, height: 14 }, met[direction]),
    drawBar(
      "observed",
      { top: 7, height: 6 },
      observed === null ? [] : [place(0), place(observed)],
    ),
    baseline === null ? NOTHING : drawMark("baseline", place(baseline)),
    drawMark("target", place(target)),
  ]);
}

function drawBar(
  kind: string,
  { top, height }: { top: number; height: number },
  [one, other]: readonly number[],
): Html {
  if (one === undefined || other === undefined) return NOTHING;
  const [left, right] = [Math.min(one, other), Math.max(one, other)];
  const width = Math.round((right - left) * 10) / 10;
  return html`<rect class="${kind}" x="${left}" y="${top}" width="${width}" height="${height}" />`;
}

function drawMark(kind: "target" | "baseline", x: number): Html {
  return html`<line class="${kind}" x1="${x}" x2="${x}" y1="1" y2="${HEIGHT - 1}" />`;
}

function describe(kpi: KpiResult): string {
  const { label, observed, baseline } = kpi;
  const from = baseline === null ? "" : `, baseline ${sayFigure(baseline, kpi)}`;
  const now = observed === null ? "not observed" : `${sayFigure(observed, kpi)} observed`;
  return `${label}: ${now}, target ${describeTarget(kpi)}${from}; ${sayKpiLight(kpi)}.`;
}
