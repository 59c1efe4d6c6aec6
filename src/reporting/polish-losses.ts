/** What the summary says that a rewording does not, or says of something else. */

import {
  countsIn,
  countsOf,
  nounsIn,
  pairsIn,
  qualifiedIn,
  titlesIn,
  type Use,
} from "./figures-in-wording.ts";
import { findNewLink } from "./links-in-wording.ts";
import { isGone, isNotInSummary, type PolishRule } from "./polish-rule.ts";
import type { Token } from "./read-wording.ts";
import { recognizeFamilies } from "./word-families.ts";
import { isPlainWord } from "./wording-vocabulary.ts";

/** Every figure, id, name and word that carries a fact has to be kept. */
export const findLoss: PolishRule = ({ polished, facts }) => {
  const kept = new Set(polished.map(exactKey));
  const isFamiliar = recognizeFamilies(polished.map(({ text }) => text));
  const lost = facts.find((token) => {
    if (token.kind === "mark" || kept.has(exactKey(token))) return false;
    if (token.kind !== "word") return true;
    if (isPlainWord(token.text)) return false;
    const isName = /\p{Lu}/u.test(token.text) && token.opens === "nothing";
    return isName || !isFamiliar(token.text);
  });
  return lost === undefined ? undefined : isGone(lost.text);
};

/** "1 of 3", "2 decisions" and "at most 3" have to stay what they are. */
export const findMovedFigure: PolishRule = ({ polished, facts }) => {
  const nouns = nounsIn(facts);
  const said = usesIn(polished, countsOf(polished, nouns));
  const allowed = usesIn(facts, countsOf(facts, nouns));
  const needed = usesIn(facts, countsIn(facts));
  const strange = firstMissing(said, allowed);
  if (strange !== undefined) return isNotInSummary(strange);
  const lost = firstMissing(needed, said);
  return lost === undefined ? undefined : isGone(lost);
};

/** What is said of an id or a verdict has to be said of it in the summary. */
export const findMovedFact: PolishRule = ({ polished, facts }) => {
  const title = firstMissing(titlesIn(polished), titlesIn(facts));
  if (title !== undefined) return isNotInSummary(title);
  const strange = findNewLink(polished, facts);
  return strange === undefined ? undefined : isNotInSummary(strange);
};

/** Equal for figures of one value, for one id, and for one word in any case. */
function exactKey(token: Token): string {
  switch (token.kind) {
    case "figure":
      return `figure ${token.value}`;
    case "word":
      return `word ${token.text.toLowerCase()}`;
    case "id":
    case "mark":
      return `${token.kind} ${token.text}`;
  }
}

function usesIn(tokens: readonly Token[], counts: readonly Use[]): readonly Use[] {
  return [...pairsIn(tokens), ...qualifiedIn(tokens), ...counts];
}

function firstMissing(some: readonly Use[], others: readonly Use[]): string | undefined {
  const keys = new Set(others.map(({ key }) => key));
  return some.find(({ key }) => !keys.has(key))?.text;
}
