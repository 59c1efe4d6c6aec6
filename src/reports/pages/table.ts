/** Tables and cells as HTML: plain tables, and ones folded away on a screen that paper shows in full. */

import type { Cell, Table } from "../table.ts";
import { type Html, NOTHING, html } from "./html.ts";

/** Lights are shapes too, so that neither colour nor an emoji font is needed to tell them apart. */
const SHAPES = { green: "●", yellow: "▲", red: "■", grey: "○" } as const;

/** Text without blanks up to so long is kept on one line: always, or where there is room. */
const SHORT = 12;
const NAME = 22;

/**
 * A table; nothing when there are no rows. On a narrow screen each row becomes a card with the header
 * before each cell. The roles are spelt out because browsers forget that such a table is one.
 */
export function renderTable({ header, rows }: Table): Html {
  if (rows.length === 0) return NOTHING;
  const names = header.map((name) => html`<th role="columnheader" scope="col">${name}</th>`);
  return html`<table role="table">
    <thead role="rowgroup">
      <tr role="row">
        ${names}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${rows.map(
        (row) =>
          html`<tr role="row">
            ${row.map(
              (cell, column) =>
                html`<td role="cell" class="${kindOf(cell)}" data-label="${header[column] ?? ""}">
                  <span>${renderCell(cell)}</span>
                </td>`,
            )}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** A table behind its title. Nothing when there are no rows. */
export function renderFolded({ title, table }: { title: string; table: Table }): Html {
  if (table.rows.length === 0) return NOTHING;
  return html`<details>
    <summary>${title}</summary>
    ${renderTable(table)}
  </details>`;
}

/** Lights side by side: what a page begins with. */
export function renderLights(...lights: readonly Cell[]): Html {
  return html`${lights.map((light) => html`<span class="light">${renderCell(light)}</span> `)}`;
}

export function renderCell(cell: Cell): Html {
  if (typeof cell === "string") return withBreaks(cell);
  if (typeof cell === "number") return html`${cell}`;
  if (cell.kind === "unbroken") return html`${cell.words}`;
  const { light, words } = cell;
  return html`<span class="mark ${light}" aria-hidden="true">${SHAPES[light]}</span> ${words}`;
}

/** Where there is no room, names break after an underscore rather than anywhere. */
function withBreaks(text: string): Html {
  return html`${text.split(/(?<=_)/).map((part, position) => (position === 0 ? html`${part}` : html`<wbr />${part}`))}`;
}

function kindOf(cell: Cell): string {
  if (typeof cell !== "string") return "short";
  if (cell === "") return "empty";
  if (/\s/.test(cell) || cell.length > NAME) return "text";
  return cell.length > SHORT ? "name" : "short";
}
