/** Charts drawn without a browser: ECharts gives SVG, and what a page does not need is taken off. */

import type { BarSeriesOption, CustomSeriesOption, LineSeriesOption } from "echarts/charts";
import type { GridComponentOption, MarkLineComponentOption } from "echarts/components";
import type { ComposeOption } from "echarts/core";

import { toPlainLine, toPlainText } from "../../model/plain-text.ts";
import {
  BarChart,
  CustomChart,
  GridComponent,
  LineChart,
  MarkLineComponent,
  SVGRenderer,
  init,
  use,
} from "./echarts.ts";
import { type Html, html, trustMarkup } from "./html.ts";

use([SVGRenderer, BarChart, LineChart, CustomChart, GridComponent, MarkLineComponent]);

export type ChartOption = ComposeOption<
  | BarSeriesOption
  | LineSeriesOption
  | CustomSeriesOption
  | GridComponentOption
  | MarkLineComponentOption
>;

export interface Chart {
  /** Distinguishes it from the other charts of the page: letters, digits, dashes. */
  readonly id: string;
  /** What it shows, in words. */
  readonly label: string;
  readonly width: number;
  readonly height: number;
  readonly option: ChartOption;
}

/** The chart as an image of the page; equal charts give equal text. */
export function drawChart({ id, label, width, height, option }: Chart): Html {
  const chart = init(null, null, { renderer: "svg", ssr: true, locale: "EN", width, height });
  chart.setOption({ animation: false, ...option });
  const drawn = chart.renderToSVGString();
  chart.dispose();
  return html`<svg role="img" aria-label="${label}" viewBox="0 0 ${width} ${height}">
    ${trustMarkup(toPlainText(bareContent(drawn, id)))}
  </svg>`;
}

/** Text for a chart: one line, cut to a width in pixels at 12 px, so that it overlaps nothing. */
export function fitText(text: string, width: number): string {
  const characters = Array.from(toPlainLine(text));
  if (countFitting(characters, width) === characters.length) return characters.join("");
  const kept = characters.slice(0, countFitting(characters, width - widthOf("…")));
  return `${kept.join("").trimEnd()}…`;
}

/**
 * The SVG without its outermost element, hover styles and marks for scripts. Names are counted through
 * the whole process and would collide or change: they are made the chart's own. Quotation marks in
 * text are escaped, so that what is matched here is never text.
 */
function bareContent(svg: string, id: string): string {
  return svg
    .replace(/^<svg[^>]*>/, "")
    .replace(/<\/svg>\s*$/, "")
    .replaceAll(/<style ?>[^]*?<\/style>/g, "")
    .replaceAll(/ (?:class|pointer-events|ecmeta_\w+)="[^"]*"/g, "")
    .replaceAll(/( style="[^"]*?)font-family:[^;"]*;/g, "$1")
    .replaceAll(/(="(?:url\(#)?)zr\d+-/g, `$1${id}-`);
}

function countFitting(characters: readonly string[], width: number): number {
  let used = 0;
  for (const [position, character] of characters.entries()) {
    used += widthOf(character);
    if (used > width) return position;
  }
  return characters.length;
}

/** About the width of a character in a usual sans-serif face of 12 px. */
function widthOf(character: string): number {
  if (/[\u1100-\uFFFF]|[^\0-\uFFFF]/u.test(character)) return 12.5;
  if (/[mwMW@%—]/.test(character)) return 11;
  if (/[A-Z]/.test(character)) return 8.5;
  return /[iljtfr.,:;'|!()[\] -]/.test(character) ? 4 : 7;
}
