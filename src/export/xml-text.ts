import { toPlainText } from "../model/plain-text.ts";

/** The two characters that XML 1.0 has no place for although nobody obeys them. */
const FORBIDDEN = /[\uFFFE\uFFFF]/g;

/** White space is escaped too: a reader makes spaces of it in attributes otherwise. */
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["\t", "&#9;"],
  ["\n", "&#10;"],
]);

/** Plain text for an attribute in double quotes. */
export function escapeXml(text: string): string {
  return toPlainText(text)
    .replaceAll(FORBIDDEN, "\u{FFFD}")
    .replaceAll(/[&<>"\t\n]/g, (mark) => ENTITIES.get(mark) ?? "");
}
