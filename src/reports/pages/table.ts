/** Tables and cells as HTML: plain tables, and ones folded away on a screen that paper shows in full. */

import type { Cell, Table } from "../table.ts";
import { type Html, NOTHING, html, isHtml } from "./html.ts";

/** A table in which things may be drawn as well. */
export type PageTable = Table<Html>;

/** Lights are shapes too, so that neither colour nor an emoji font is needed to tell them apart. */
const SHAPES = { green: "●", yellow: "▲", red: "■", grey: "○" } as const;

/** Text up to so long shares its line with other text; without blanks it is kept on one: always, or where there is room. */
const SHORT = 12;
const NAME = 22;

/**
 * A table; nothing when there are no rows. On a narrow screen each row becomes a card with the header
 * before each cell. The roles are spelt out because browsers forget that such a table is one.
 */
export function renderTable({ header, rows }: PageTable): Html {
  if (rows.length === 0) return NOTHING;
  const kinds = header.map((_, column) => kindOfColumn(rows.map((row) => row[column] ?? "")));
  const names = header.map(
    (name, column) =>
      html`<th role="columnheader" scope="col" class="${kinds[column] ?? ""}">${name}</th>`,
  );
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
export function renderFolded({ title, table }: { title: string; table: PageTable }): Html {
  if (table.rows.length === 0) return NOTHING;
  return html`<details>
    <summary>${title}</summary>
    ${renderTable(table)}
  </details>`;
}

/** The first rows of a table; the others behind a line that says how many they are. */
export function renderFirst({ header, rows }: PageTable, shown: number): Html {
  const others = rows.slice(shown);

  return html`${renderTable({ header, rows: rows.slice(0, shown) })}
  ${renderFolded({ title: `${others.length} more`, table: { header, rows: others } })}`;
}

/** Lights side by side: what a page begins with. */
export function renderLights(...lights: readonly Cell[]): Html {
  return html`${lights.map((light) => html`<span class="light">${renderCell(light)}</span> `)}`;
}

export function renderCell(cell: Cell | Html): Html {
  if (typeof cell === "string") return withBreaks(cell);
  if (typeof cell === "number") return html`${cell}`;
  if (isHtml(cell)) return cell;
  switch (cell.kind) {
    case "figure":
    case "unbroken":
      return html`${cell.words}`;
    case "run":
      return html`<a href="${pageOfRun(cell.run_id)}">${cell.run_id}</a>`;
    case "light":
      return html`<span class="mark ${cell.light}" aria-hidden="true">${SHAPES[cell.light]}</span>
        ${cell.words}`;
  }
}

/** Where the page of a run is, beside the page that names it. Ids of runs are names of files. */
export function pageOfRun(runId: string): string {
  return `${runId}.html`;
}

/** Where there is no room, names break after an underscore rather than anywhere. */
function withBreaks(text: string): Html {
  return html`${text.split(/(?<=_)/).map((part, position) => (position === 0 ? html`${part}` : html`<wbr />${part}`))}`;
}

/** A header stands over its figures. */
function kindOfColumn(cells: readonly (Cell | Html)[]): string {
  return cells.some((cell) => kindOf(cell) === "figure") ? "figure" : "";
}

function kindOf(cell: Cell | Html): string {
  if (typeof cell === "number") return "figure";
  if (typeof cell === "string") return kindOfText(cell);
  if (isHtml(cell)) return "drawing";
  return { figure: "figure", run: "name", unbroken: "short", light: "short" }[cell.kind];
}

function kindOfText(text: string): string {
  if (text === "") return "empty";
  if (text.length > NAME) return "text";
  if (/\s/.test(text)) return "words";
  return text.length > SHORT ? "name" : "short";
}
