/** Drawings of our own: their colours are the page's, so that one drawing serves light and dark. */

import { type Html, html } from "./html.ts";

/** A drawing with its text alternative. */
export function drawSvg(
  { kind, label, width, height }: { kind: string; label: string; width: number; height: number },
  shapes: readonly Html[],
): Html {
  return html`<svg
    class="${kind}"
    role="img"
    aria-label="${label}"
    viewBox="0 0 ${width} ${height}"
  >
    ${shapes}
  </svg>`;
}

/** Where a value lies between two ends that are drawn from one position to another, to a tenth of a pixel. */
export function createPlace(
  { min, max }: { readonly min: number; readonly max: number },
  [from, to]: readonly [from: number, to: number],
): (value: number) => number {
  const span = max - min;
  return (value) => {
    const share = span === 0 ? 1 / 2 : (value - min) / span;
    return Math.round((from + share * (to - from)) * 10) / 10;
  };
}
