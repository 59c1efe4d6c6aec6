/** What stands with the figures and ids of a text: "3 of 4", "2 decisions", "at most 3", "T2 (Call)". */

import type { Token } from "./read-wording.ts";
import { stemOf } from "./word-families.ts";
import { isFunctionWord, verdictOf } from "./wording-vocabulary.ts";

type Figure = Extract<Token, { kind: "figure" }>;
type Word = Extract<Token, { kind: "word" }>;

/** Words that make another figure of the figure that follows. */
const QUALIFIERS = new Set(
  "most least than from to about around almost nearly roughly approximately over under above below within before until beyond by every per".split(
    " ",
  ),
);
/** How many words may stand between a figure and what it counts, with that: "2 human decisions". */
const REACH = 3;
/** In tokens: no more of a title is compared. */
const LONGEST_TITLE = 100;

export interface Use {
  /** Equal for equal uses. */
  readonly key: string;
  /** As a person reads it. */
  readonly text: string;
}

/** "3 of 4" and "3 out of the 4" alike. */
export function pairsIn(tokens: readonly Token[]): readonly Use[] {
  return figuresIn(tokens).flatMap(({ figure, after }) => {
    const shown = after.slice(0, REACH + 1);
    const end = shown.findIndex((token) => token.kind === "figure");
    const between = shown.slice(0, end).map((token) => token.text.toLowerCase());
    const whole = shown[end];
    if (whole?.kind !== "figure" || !/^(?:out )?of(?: the| all)?$/u.test(between.join(" "))) {
      return [];
    }
    const pair = `${figure.value} of ${whole.value}`;
    return [{ key: pair, text: pair }];
  });
}

/** "at most 3" as `most 3`. */
export function qualifiedIn(tokens: readonly Token[]): readonly Use[] {
  return figuresIn(tokens).flatMap(({ figure, before }) => {
    const word = before?.kind === "word" ? before.text.toLowerCase() : "";
    const qualified = `${word} ${figure.value}`;
    return QUALIFIERS.has(word) ? [{ key: qualified, text: qualified }] : [];
  });
}

/** Ids with what is in brackets after them, but for a lone verdict: "T2 (Verify documents)". */
export function titlesIn(tokens: readonly Token[]): readonly Use[] {
  return tokens.flatMap((id, place) => {
    if (id.kind !== "id" || tokens[place + 1]?.text !== "(") return [];
    const rest = tokens.slice(place + 2, place + 2 + LONGEST_TITLE);
    const end = rest.findIndex((token) => token.text === ")");
    const title = (end === -1 ? rest : rest.slice(0, end)).map(({ text }) => text);
    if (title.length === 1 && verdictOf(title[0] ?? "") !== undefined) return [];
    const text = `${id.text} (${title.join(" ")})`;
    return [{ key: text.toLowerCase(), text }];
  });
}

/** Figures with the word right after them: "73 minutes". */
export function countsIn(tokens: readonly Token[]): readonly Use[] {
  return figuresIn(tokens).flatMap(({ figure, after: [next] }) =>
    next?.kind === "word" && !isFunctionWord(next.text) ? [countOf(figure, next)] : [],
  );
}

/**
 * As {@link countsIn}, but a word of `nouns` (stems) is found behind other words: "2 human
 * decisions".
 */
export function countsOf(tokens: readonly Token[], nouns: ReadonlySet<string>): readonly Use[] {
  return figuresIn(tokens).flatMap(({ figure, after }) => {
    const words = leadingWords(after);
    const noun = words.find((word) => nouns.has(stemOf(word.text)));
    const [next] = words;
    if (noun !== undefined) return [countOf(figure, noun)];
    return next === undefined || isFunctionWord(next.text) ? [] : [countOf(figure, next)];
  });
}

/** The stems of what is counted. */
export function nounsIn(tokens: readonly Token[]): ReadonlySet<string> {
  return new Set(countsIn(tokens).map(({ key }) => key.slice(key.indexOf(" ") + 1)));
}

/** Makes figures of the "no" in "no escalations" where `counts` has "0 escalations". */
export function readNoAsZero(
  tokens: readonly Token[],
  counts: ReadonlySet<string>,
): readonly Token[] {
  return tokens.map((token, place) => {
    if (token.kind !== "word" || token.text.toLowerCase() !== "no") return token;
    const zero: Figure = { kind: "figure", text: token.text, value: "0" };
    const words = leadingWords(tokens.slice(place + 1, place + 1 + REACH));
    return words.some((word) => counts.has(countOf(zero, word).key)) ? zero : token;
  });
}

function countOf(figure: Figure, noun: Word): Use {
  return {
    key: `${figure.value} ${stemOf(noun.text)}`,
    text: `${figure.text} ${noun.text}`,
  };
}

function figuresIn(tokens: readonly Token[]) {
  return tokens.flatMap((figure, place) =>
    figure.kind === "figure"
      ? [{ figure, before: tokens[place - 1], after: tokens.slice(place + 1, place + 2 + REACH) }]
      : [],
  );
}

function leadingWords(tokens: readonly Token[]): readonly Word[] {
  const end = tokens.findIndex((token) => token.kind !== "word");
  const leading = tokens.slice(0, end === -1 ? REACH : Math.min(end, REACH));
  return leading.filter((token) => token.kind === "word");
}
