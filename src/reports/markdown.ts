/** Markdown out of data: text from outside is shown, never interpreted. */

import { toPlainLine } from "../model/plain-text.ts";
import { type Section, type Table, sayCell } from "./table.ts";

/** A whole document out of its parts; empty ones leave no trace. */
export function markdownDocument(parts: readonly string[]): string {
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

/** A titled part; nothing when it is empty. */
export function markdownPart(title: string, body: string): string {
  return body === "" ? "" : `## ${title}\n\n${body}`;
}

export function markdownSection({ title, table, absence = "", note = "" }: Section): string {
  const body = table.rows.length === 0 ? [absence] : [markdownTable(table), escapeMarkdown(note)];
  return markdownPart(title, body.filter((piece) => piece !== "").join("\n\n"));
}

/** A table; cells are escaped. Empty when there are no rows. */
export function markdownTable({ header, rows }: Table): string {
  if (rows.length === 0) return "";
  const lines = [
    header,
    header.map(() => "---"),
    ...rows.map((row) => row.map((cell) => escapeMarkdown(sayCell(cell)))),
  ];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** Text in which there is nothing to escape; the most of it. */
const PLAIN = /^[\w.,:;%()+/-]+(?: [\w.,:;%()+/-]+)*$/;

/** One line in which nothing is markup: no HTML, no links, no table borders. */
export function escapeMarkdown(text: string): string {
  if (PLAIN.test(text) && !text.includes("_")) return text;
  return (
    toPlainLine(text)
      // An underscore within a word, as ids have it, is no markup.
      .replaceAll(/[\\`*[\]|~#]|(?<!\w)_|_(?!\w)/g, (mark) => `\\${mark}`)
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
  );
}
