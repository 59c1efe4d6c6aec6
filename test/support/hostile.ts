/** Characters that a terminal, an editor or a browser would obey instead of showing. */

/** One of each kind, and the first and last of each range. */
export const OBEYED = Array.from(
  "\u0000\u0007\u0008\u000B\u001B\u001F\u007F\u0080\u009B\u009F\u061C\u200E\u200F\u202A\u202E\u2066\u2069",
);

/** All of them, some in sequences that a terminal would understand. */
export const HOSTILE = `x\u001B[2J\u001B]0;title\u0007\u009B31m\r${OBEYED.join("y")}z`;

/** What is left of them in a text; lines may end, and CSV ends them with two characters. */
export function findObeyed(text: string): readonly string[] {
  const unseen = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]|\p{Cc}/gu;
  const found = text.replaceAll("\r\n", "\n").match(unseen) ?? [];
  return found.filter((character) => character !== "\n" && character !== "\t");
}
