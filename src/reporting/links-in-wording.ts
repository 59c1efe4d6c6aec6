/** Which facts a text says of one another: `T2` and "rejected", "failed" and 10. */

import { cutSentences, cutTokens, type Token } from "./read-wording.ts";
import { isPlainWord, verdictOf } from "./wording-vocabulary.ts";

/** A part of a sentence ends before these. */
const CONJUNCTIONS = new Set(
  "and with while but which because when where as since so including having whereas".split(" "),
);

interface Fact {
  readonly kind: "verdict" | "id" | "figure" | "name";
  /** Equal for equal facts. */
  readonly key: string;
  readonly text: string;
}
/** A verdict or an id, and facts it is said together with. */
interface Link {
  readonly of: Fact;
  readonly to: readonly Fact[];
}

/** The first two facts that a rewording links and the summary does not; undefined when none. */
export function findNewLink(
  polished: readonly Token[],
  summary: readonly Token[],
): string | undefined {
  const known = new Map<string, Set<string>>();
  for (const { of, to } of [...linksIn(summary), ...linksInSentences(summary)]) {
    const keys = known.get(of.key) ?? new Set();
    for (const { key } of to) keys.add(key);
    known.set(of.key, keys);
  }
  for (const { of, to } of linksIn(polished)) {
    const strange = to.find(({ key }) => known.get(of.key)?.has(key) !== true);
    if (strange !== undefined) return `${of.text} … ${strange.text}`;
  }
  return undefined;
}

/**
 * The links within one part of a sentence. A verdict in a part without an id is said of the ids
 * before it in the sentence, or of those after it in a list with a heading.
 */
function linksIn(tokens: readonly Token[]): readonly Link[] {
  return cutSentences(tokens).flatMap((sentence) => {
    const parts = cutParts(sentence).map((part) => factsIn(part, isName));
    return parts.flatMap((facts, place) => {
      const isOwned = ids(facts).length > 0 || verdicts(facts).length === 0;
      const owners = isOwned ? [] : ownersOf(parts, place, sentence);
      const judged = [...facts.filter(({ kind }) => kind !== "name"), ...owners];
      const described = facts.filter((fact) => fact.kind === "id" || isAttribute(fact));
      return [...link(verdicts(facts), judged), ...link(ids(facts), described)];
    });
  });
}

/** What a summary allows besides: an id with all of its sentence, and so its only verdict. */
function linksInSentences(tokens: readonly Token[]): readonly Link[] {
  return cutSentences(tokens).flatMap((sentence) => {
    const facts = factsIn(sentence, () => true);
    const only = verdicts(facts).length === 1 ? verdicts(facts) : [];
    return [...link(ids(facts), facts.filter(isAttribute)), ...link(only, facts)];
  });
}

function cutParts(sentence: readonly Token[]): readonly (readonly Token[])[] {
  return cutTokens(sentence, (token, place) => {
    const isBreak =
      token.kind === "mark"
        ? /[,;:-]/u.test(token.text)
        : token.kind === "word" && CONJUNCTIONS.has(token.text.toLowerCase());
    return isBreak && !joinsIds(sentence, place);
  });
}

/** "T2, T3 and T4" stay together, and "T2 (Verify) and T3 (Call)", but not "T2 (high), T3 (low)". */
function joinsIds(sentence: readonly Token[], place: number): boolean {
  if (!isJoint(sentence[place])) return false;
  const after = sentence.slice(place).find((token) => !isJoint(token));
  let last = place - 1;
  while (isJoint(sentence[last])) last -= 1;
  if (sentence[last]?.text === ")") {
    const bracket = sentence.findLastIndex((token, at) => at < last && token.text === "(");
    const inside = sentence.slice(bracket + 1, last);
    if (inside.length === 1 && verdictOf(inside[0]?.text ?? "") !== undefined) return false;
    last = bracket - 1;
  }
  return after?.kind === "id" && sentence[last]?.kind === "id";
}

function isJoint(token: Token | undefined): boolean {
  return token?.text === "," || token?.text.toLowerCase() === "and";
}

function ownersOf(
  parts: readonly (readonly Fact[])[],
  place: number,
  sentence: readonly Token[],
): readonly Fact[] {
  const before = parts.slice(0, place).findLast((facts) => ids(facts).length > 0);
  if (before !== undefined) return ids(before);
  return sentence.some((token) => token.text === ":") ? ids(parts.slice(place + 1).flat()) : [];
}

/** Each fact once. */
function factsIn(
  tokens: readonly Token[],
  isNamed: (word: Token, before: Token | undefined) => boolean,
): readonly Fact[] {
  const facts = tokens.flatMap((token, place): readonly Fact[] => {
    const { kind, text } = token;
    if (kind === "mark") return [];
    if (kind === "id") return [{ kind, key: `id ${text}`, text }];
    if (kind === "figure") return [{ kind, key: `figure ${token.value}`, text }];
    const verdict = verdictOf(text);
    if (verdict !== undefined) return [{ kind: "verdict", key: `verdict ${verdict}`, text }];
    if (!isNamed(token, tokens[place - 1])) return [];
    return [{ kind: "name", key: `name ${text.toLowerCase()}`, text }];
  });
  return [...new Map(facts.map((fact) => [fact.key, fact])).values()];
}

/** A capitalised word within a sentence, or whoever something was done by. */
function isName(token: Token, before: Token | undefined): boolean {
  if (token.kind !== "word") return false;
  const isCapitalized = /\p{Lu}/u.test(token.text) && token.opens === "nothing";
  const isAuthor = before?.text.toLowerCase() === "by" && !isPlainWord(token.text);
  return isCapitalized || isAuthor;
}

function link(some: readonly Fact[], to: readonly Fact[]): readonly Link[] {
  return some.map((of) => ({ of, to }));
}

function verdicts(facts: readonly Fact[]): readonly Fact[] {
  return facts.filter(({ kind }) => kind === "verdict");
}

function ids(facts: readonly Fact[]): readonly Fact[] {
  return facts.filter(({ kind }) => kind === "id");
}

function isAttribute({ kind }: Fact): boolean {
  return kind === "figure" || kind === "name";
}
