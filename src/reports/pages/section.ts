import type { Section, Table } from "../table.ts";
import { type Html, NOTHING, html, isEmpty } from "./html.ts";
import { type PageTable, renderCell, renderFirst, renderTable } from "./table.ts";

/** A titled part of a page; its empty pieces leave no trace. */
export function renderSection(title: string, ...pieces: readonly Html[]): Html {
  return html`<section>
    <h2>${title}</h2>
    ${pieces.filter((piece) => !isEmpty(piece))}
  </section>`;
}

/**
 * A section with its table, or what is said in the place of it; more may follow the table.
 *
 * @param section when it says how many rows are shown, the others are folded away.
 */
export function renderTableSection(
  {
    title,
    table,
    absence = "",
    note,
    shown,
  }: Omit<Section, "table"> & { readonly table: PageTable; readonly shown?: number },
  ...more: readonly Html[]
): Html {
  if (table.rows.length === 0) return renderSection(title, renderAbsence(absence));
  const rows = shown === undefined ? renderTable(table) : renderFirst(table, shown);
  return renderSection(title, rows, note === undefined ? NOTHING : renderNote(note), ...more);
}

/** What follows the page's first screens: all else that is known. */
export function renderDetails(...pieces: readonly Html[]): Html {
  return html`<section class="details">
    <h2 id="details">Details</h2>
    ${pieces.filter((piece) => !isEmpty(piece))}
  </section>`;
}

/** What stands in the place of something that has nothing to show. */
export function renderAbsence(sentence: string): Html {
  return html`<p class="absence">${sentence}</p>`;
}

/** How to read what stands above. */
export function renderNote(sentence: string): Html {
  return html`<p class="note">${sentence}</p>`;
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
