import { type Html, html, isEmpty } from "./html.ts";

/** A titled part of a page; its empty pieces leave no trace. */
export function renderSection(title: string, ...pieces: readonly Html[]): Html {
  return html`<section>
    <h2>${title}</h2>
    ${pieces.filter((piece) => !isEmpty(piece))}
  </section>`;
}

/** A headline figure with what it means. */
export interface Tile {
  readonly name: string;
  readonly value: string | Html;
  readonly note: string;
}

export function renderTiles(tiles: readonly Tile[]): Html {
  const items = tiles.map(
    ({ name, value, note }) =>
      html`<div>
        <dt>${name}</dt>
        <dd class="value">${value}</dd>
        <dd class="note">${note}</dd>
      </div>`,
  );
  return html`<dl class="tiles">${items}</dl>`;
}
