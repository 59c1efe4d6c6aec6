/** Bars on a line from 0 to a whole, for the cell beside a figure: the figure says it in words. */

import { type Html, html } from "./html.ts";

/** What a bar stands for. Each has its colour, and what is waited for is hatched. */
export type BarKind = "work" | "wait" | "idle" | "unexplained";

export interface Bar {
  readonly kind: BarKind;
  readonly start: number;
  readonly end: number;
}

/** A bar that takes no time is drawn as thin as can be seen. */
export function drawTrack(bars: readonly Bar[], whole: number): Html {
  const drawn = bars.map(({ kind, start, end }) => {
    const place = `--start: ${shareOf(start, whole)}%; --length: ${shareOf(end - start, whole)}%`;
    return html`<span class="${kind}" style="${place}"></span>`;
  });
  return html`<span class="track" aria-hidden="true">${drawn}</span>`;
}

/** The words for each kind of bar. */
export function renderLegend(entries: readonly { kind: BarKind; words: string }[]): Html {
  const items = entries.map(
    ({ kind, words }) => html`<li><span class="swatch ${kind}"></span>${words}</li>`,
  );
  return html`<ul class="legend">
    ${items}
  </ul>`;
}

/** In percent, to 0.01. */
function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 100;
}
