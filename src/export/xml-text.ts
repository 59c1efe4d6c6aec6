/** What XML 1.0 has no place for: control characters, halves of characters, and two that are none. */
const FORBIDDEN = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** White space is escaped too: a reader makes spaces of it in attributes otherwise. */
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["\t", "&#9;"],
  ["\n", "&#10;"],
  ["\r", "&#13;"],
]);

/** Text for an attribute in double quotes; what XML forbids becomes U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .replaceAll(FORBIDDEN, "\u{FFFD}")
    .replaceAll(/[&<>"\t\n\r]/g, (mark) => ENTITIES.get(mark) ?? "");
}
