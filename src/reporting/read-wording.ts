/** A text as the checks of a rewording see it: words, figures, ids and marks. */

import { writeDigits } from "./spelled-numbers.ts";

export type Token =
  /** Letters alone. `opens`: what it is the first word of. */
  | { readonly kind: "word"; readonly text: string; readonly opens: Opening }
  /** A number. Equal numbers have equal values: `1,200` and `1200.0` are both `1200`. */
  | { readonly kind: "figure"; readonly text: string; readonly value: string }
  /** What is only right when it is exactly the same: `T2`, `2026-11-22`, `example.com`. */
  | { readonly kind: "id"; readonly text: string }
  | { readonly kind: "mark"; readonly text: string };
type Opening = "sentence" | "bracket" | "nothing";

const PART = String.raw`[\p{L}\p{M}\p{N}_]+`;
const TOKEN = new RegExp(String.raw`(?:-(?=\p{N}))?${PART}(?:['.,:/@-]${PART})*%?|\S`, "gu");
const NUMBER = /^-?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?%?$/u;
/** "73-minute". */
const MEASURE = /^(-?[\d.]+)-(\p{L}[\p{L}\p{M}-]*)$/u;

/** One paragraph without control and invisible characters. */
export function cleanText(text: string): string {
  const visible = text.normalize("NFC").replace(/\s/gu, " ").replace(/\p{C}/gu, "");
  return visible.replace(/ +/gu, " ").trim();
}

/** The tokens of a cleaned text, in order. Spelled numbers are figures, as are digits of any script. */
export function readWording(text: string): readonly Token[] {
  let opens: Opening = "sentence";
  return [...fold(text).matchAll(TOKEN)]
    .flatMap(([token]) => readToken(token))
    .map((token) => {
      const placed = token.kind === "word" ? { ...token, opens } : token;
      opens = openingAfter(token, opens);
      return placed;
    });
}

/** Cuts where `isBreak` says so; the breaks themselves are left out. */
export function cutTokens(
  tokens: readonly Token[],
  isBreak: (token: Token, place: number) => boolean,
): readonly (readonly Token[])[] {
  const pieces: Token[][] = [[]];
  for (const [place, token] of tokens.entries()) {
    if (isBreak(token, place)) pieces.push([]);
    else pieces.at(-1)?.push(token);
  }
  return pieces.filter((piece) => piece.length > 0);
}

export function cutSentences(tokens: readonly Token[]): readonly (readonly Token[])[] {
  return cutTokens(tokens, endsSentence);
}

/** Other ways to write the same become one. */
function fold(text: string): string {
  const plain = text
    .replace(/\p{Nd}/gu, toAsciiDigit)
    .replace(/[‘’ʼ]/gu, "'")
    .replace(/[“”]/gu, '"')
    .replace(/[\u2010\u2011\u2212]/gu, "-")
    .replace(/[\u2012-\u2015]/gu, " - ")
    .replace(/\b(on|off)[ -](?=target\b)/giu, "$1");
  return writeDigits(plain).replace(/(?<=\d) ?(?:%|per ?cent)(?!\p{L})/giu, "%");
}

/** Decimal digits come in runs of ten, zero first, in every script. */
function toAsciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let first = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first -= 1;
  return String((code - first) % 10);
}

function readToken(text: string): readonly Token[] {
  const bare = text.replace(/'s$/iu, "");
  if (NUMBER.test(bare)) return [{ kind: "figure", text: bare, value: normalizeNumber(bare) }];
  if (!/[\p{L}\p{M}\p{N}_]/u.test(bare)) return [{ kind: "mark", text: bare }];
  const [, amount, unit] = MEASURE.exec(bare) ?? [];
  if (amount !== undefined && unit !== undefined) return [amount, unit].flatMap(readToken);
  if (/[\p{N}_.,:/@%]/u.test(bare)) return [{ kind: "id", text: bare }];
  return bare.split("-").map((word) => ({ kind: "word", text: word, opens: "nothing" }));
}

function normalizeNumber(text: string): string {
  const [number = "", percent = ""] = text.replaceAll(",", "").split(/(?=%)/u);
  const short = number.includes(".") ? number.replace(/\.?0+$/u, "") : number;
  return short + percent;
}

function openingAfter(token: Token, opens: Opening): Opening {
  if (token.kind !== "mark") return "nothing";
  if (endsSentence(token)) return "sentence";
  if (!/["'([]/u.test(token.text)) return opens;
  return opens === "sentence" ? opens : "bracket";
}

function endsSentence(token: Token): boolean {
  return token.kind === "mark" && /[.!?]/u.test(token.text);
}
