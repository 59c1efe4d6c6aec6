/** A chart with its caption, and how to read it. */

import { type Html, html } from "./html.ts";

export function renderFigure({
  caption,
  note,
  chart,
}: {
  caption: string;
  note: string;
  chart: Html;
}): Html {
  return html`<figure>
    <figcaption>${caption}</figcaption>
    ${chart}
    <p class="note">${note}</p>
  </figure>`;
}
