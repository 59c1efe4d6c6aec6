/** Markdown out of data: text from outside is shown, never interpreted. */

import { toPlainLine } from "../model/plain-text.ts";

/** A table; cells are escaped. Empty when there are no rows. */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  if (rows.length === 0) return "";
  const rule = header.map(() => "---");
  return [line(header), line(rule), ...rows.map((row) => line(row.map(escapeMarkdown)))].join("\n");
}

/** A titled part; nothing when it is empty. */
export function section(title: string, body: string): string {
  return body === "" ? "" : `## ${title}\n\n${body}`;
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
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
