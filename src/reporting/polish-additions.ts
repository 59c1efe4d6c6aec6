/** What a rewording says that the summary does not. */

import { pairsIn } from "./figures-in-wording.ts";
import { isNotInSummary, type PolishRule, quote } from "./polish-rule.ts";
import type { Token } from "./read-wording.ts";
import { claimOf, isPlainWord, isUniversal, verdictOf } from "./wording-vocabulary.ts";

/** Verdicts that change what they stand with when one of several is gone. */
const NEEDED_AS_OFTEN: ReadonlySet<string> = new Set(["not", "done"]);

/** Links, markup, symbols, questions and letters of other scripts: only as the summary has them. */
export const findForeignCharacters: PolishRule = ({ text, summary }) => {
  const chunks = text.match(/\S*[^\sA-Za-z0-9_.,;:()'"%‘’“”…–—−‑-]\S*/gu) ?? [];
  const bare = chunks.map((chunk) =>
    chunk.replace(/^[("'“‘]+/u, "").replace(/(?:['’]s)?[.,;:)"'”’]*$/u, ""),
  );
  const strange = bare.find((chunk) => !summary.includes(chunk));
  return strange === undefined ? undefined : isNotInSummary(strange);
};

/** Figures, ids, and words with a capital letter that does not just open a sentence. */
export const findForeignToken: PolishRule = ({ polished, facts }) => {
  const exact = new Set(facts.map(({ text }) => text));
  const anyCase = new Set(facts.map(({ text }) => text.toLowerCase()));
  const values = new Set(facts.map(valueOf));
  const isKnown = (token: Token) => {
    if (token.kind === "mark") return true;
    if (token.kind === "figure") return values.has(token.value);
    if (exact.has(token.text)) return true;
    if (token.kind === "id") return false;
    if (!/\p{Lu}/u.test(token.text)) return true;
    const isOpener = isPlainWord(token.text) || claimOf(token.text) !== undefined;
    const opensSentence = token.opens === "sentence" && /^\p{Lu}\P{Lu}*$/u.test(token.text);
    return opensSentence && (isOpener || anyCase.has(token.text.toLowerCase()));
  };
  const strange = polished.find((token) => !isKnown(token));
  return strange === undefined ? undefined : isNotInSummary(strange.text);
};

/** Verdicts, judgements, amounts and orders. "all" may stand before the 4 of "4 of 4". */
export const findForeignClaim: PolishRule = ({ polished, facts }) => {
  const known = new Set(facts.map(claimIn));
  const pairs = new Set(pairsIn(facts).map(({ key }) => key));
  const isFull = (count: string | undefined) => pairs.has(`${count} of ${count}`);
  const strange = polished.find((token, place) => {
    const next = polished[place + 1];
    if (isUniversal(token.text) && next !== undefined && isFull(valueOf(next))) return false;
    return !known.has(claimIn(token));
  });
  if (strange !== undefined) return isNotInSummary(strange.text);

  return findRepeatedVerdict(polished, facts);
};

/** A verdict may not be said more often than in the summary. */
function findRepeatedVerdict(
  polished: readonly Token[],
  facts: readonly Token[],
): string | undefined {
  const [said, meant] = [countVerdicts(polished), countVerdicts(facts)];
  const strange = [...polished, ...facts].find((token) => {
    const verdict = verdictIn(token) ?? "";
    const [inWording = 0, inSummary = 0] = [said.get(verdict), meant.get(verdict)];
    return NEEDED_AS_OFTEN.has(verdict) ? inWording !== inSummary : inWording > inSummary;
  });
  if (strange === undefined) return undefined;
  const verdict = verdictIn(strange) ?? "";
  const times = `${said.get(verdict) ?? 0} times, the summary ${meant.get(verdict) ?? 0} times`;
  return `It says ${quote(strange.text)} or the like ${times}.`;
}

function countVerdicts(tokens: readonly Token[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const token of tokens) {
    const verdict = verdictIn(token);
    if (verdict !== undefined) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  }
  return counts;
}

function valueOf(token: Token): string | undefined {
  return token.kind === "figure" ? token.value : undefined;
}

function claimIn(token: Token): string | undefined {
  return token.kind === "word" ? claimOf(token.text) : undefined;
}

function verdictIn(token: Token): string | undefined {
  return token.kind === "word" ? verdictOf(token.text) : undefined;
}

/**
 * A figure that is said more often than in the summary. Said once as a person's words, it may not be
 * said again as a fact.
 */
export const findRepeatedFigure: PolishRule = ({ polished, facts }) => {
  const left = countFigures(facts);
  for (const token of polished) {
    if (token.kind !== "figure") continue;
    const more = (left.get(token.value) ?? 0) - 1;
    if (more < 0) return `${quote(token.text)} is said more often than in the summary.`;
    left.set(token.value, more);
  }
  return undefined;
};

function countFigures(tokens: readonly Token[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const token of tokens) {
    if (token.kind === "figure") counts.set(token.value, (counts.get(token.value) ?? 0) + 1);
  }
  return counts;
}
