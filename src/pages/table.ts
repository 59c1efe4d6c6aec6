/** Tables: plain ones, and ones folded away on a screen that paper shows in full. */

import { type Html, NOTHING, html } from "./html.ts";

/** Text, or what was made of it. */
export type Cell = string | Html;

export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

const NUMBER = /^(?:[≤≥=] |[+-])?\d[\d.e+-]*(?: (?:%|min))?$|^–$/;
/** A short word, or an instant. */
const SHORT = /^(?:\S{1,12}|\d{4}-\d\d-\d\d [\d:.]+)$/;
const NAME = /^\S{1,22}$/;

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
            ${row.map((cell, column) => renderCell(cell, header[column] ?? ""))}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** A table behind its title. Nothing when there are no rows. */
export function renderFolded(title: string, table: Table): Html {
  if (table.rows.length === 0) return NOTHING;
  return html`<details>
    <summary>${title}</summary>
    ${renderTable(table)}
  </details>`;
}

function renderCell(cell: Cell, name: string): Html {
  const content = typeof cell === "string" ? withBreaks(cell) : cell;
  return html`<td role="cell" class="${kindOf(cell)}" data-label="${name}">
    <span>${content}</span>
  </td>`;
}

/** Where there is no room, names break after an underscore rather than anywhere. */
function withBreaks(text: string): Html {
  return html`${text.split(/(?<=_)/).map((part, position) => (position === 0 ? html`${part}` : html`<wbr />${part}`))}`;
}

/** Figures and short words are kept on one line, longer names where there is room. */
function kindOf(cell: Cell): string {
  if (typeof cell !== "string") return "short";
  if (cell === "") return "empty";
  if (NUMBER.test(cell)) return "number";
  if (SHORT.test(cell)) return "short";
  return NAME.test(cell) ? "name" : "text";
}
