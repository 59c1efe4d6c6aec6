/** Text from outside, made harmless wherever it is shown: no character of it is obeyed. */

/**
 * What is obeyed instead of seen: control characters (C0, DEL, C1), marks that turn the order of the
 * text round, and halves of characters.
 */
const OBEYED = /[\p{Cc}\p{Cs}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

/** The text on its lines; what would be obeyed becomes U+FFFD, so that a reader sees it was there. */
export function toPlainText(text: string): string {
  return text
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(OBEYED, (mark) => (mark === "\n" || mark === "\t" ? mark : "\u{FFFD}"));
}

/** The same on one line, with single blanks. */
export function toPlainLine(text: string): string {
  return toPlainText(text).replaceAll(/\s+/g, " ").trim();
}

/** JSON that can be printed; a parser reads the same from it. */
export function toPlainJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll(OBEYED, (mark) =>
    mark === "\n" ? mark : `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
