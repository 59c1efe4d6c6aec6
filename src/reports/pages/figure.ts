/** What stands around a chart: caption, legend, and the same figures as a table. */

import type { Table } from "../table.ts";
import { type Html, html } from "./html.ts";
import type { Fill } from "./palette.ts";
import { renderFolded } from "./table.ts";

/** Tables of so few columns stand beside their chart on paper. */
const SLIM = 4;

export interface Figure {
  readonly caption: string;
  /** What is left out, or how to read it. */
  readonly note?: string;
  readonly legend?: readonly LegendEntry[];
  readonly chart: Html;
  readonly table: Table;
}

export interface LegendEntry {
  readonly fill: Fill;
  readonly words: string;
}

export function renderFigure({ caption, note, legend = [], chart, table }: Figure): Html {
  const entries = legend.map(({ fill, words }) => {
    const kind = fill.isHatched ? "swatch hatched" : "swatch";
    return html`<li>
      <span class="${kind}" style="background-color: ${fill.color}"></span>${words}
    </li>`;
  });
  const kind = table.header.length <= SLIM ? "figure slim" : "figure";
  return html`<div class="${kind}">
    <figure>
      <figcaption>${caption}</figcaption>
      ${
        entries.length === 0
          ? ""
          : html`<ul class="legend">
              ${entries}
            </ul>`
      }
      ${chart} ${note === undefined ? "" : html`<p class="note">${note}</p>`}
    </figure>
    ${renderFolded({ title: "The same figures as a table", table })}
  </div>`;
}
