import type { Section, Table } from "../table.ts";
import { type Html, html, isEmpty } from "./html.ts";
import { renderCell, renderTable } from "./table.ts";

/** A titled part of a page; its empty pieces leave no trace. */
export function renderSection(title: string, ...pieces: readonly Html[]): Html {
  return html`<section>
    <h2>${title}</h2>
    ${pieces.filter((piece) => !isEmpty(piece))}
  </section>`;
}

/** A section with its table, or what is said in the place of it; more may follow the table. */
export function renderTableSection(
  { title, table, absence = "" }: Section,
  ...more: readonly Html[]
): Html {
  return table.rows.length === 0
    ? renderSection(title, renderAbsence(absence))
    : renderSection(title, renderTable(table), ...more);
}

/** What stands in the place of something that has nothing to show. */
export function renderAbsence(sentence: string): Html {
  return html`<p class="absence">${sentence}</p>`;
}

/** Headline figures. @param rows each a name, the figure, and what it means. */
export function renderTiles(rows: Table["rows"]): Html {
  const items = rows.map(
    ([name = "", value = "", note = ""]) =>
      html`<div>
        <dt>${renderCell(name)}</dt>
        <dd class="value">${renderCell(value)}</dd>
        <dd class="note">${renderCell(note)}</dd>
      </div>`,
  );
  return html`<dl class="tiles">${items}</dl>`;
}
