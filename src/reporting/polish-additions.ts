/** What a rewording says that the summary does not. */

import { pairsIn } from "./figures-in-wording.ts";
import { isNotInSummary, type PolishRule } from "./polish-rule.ts";
import { cutSentences, type Token } from "./read-wording.ts";
import { claimOf, isPlainWord, isUniversal, stemOf, verdictOf } from "./wording-vocabulary.ts";

/** Of one sentence: this many new words are never too many, … */
const NEW_WORDS = 2;
/** … nor is this share of its words. */
const NEW_SHARE = 0.4;

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
  for (const verdict of new Set([...said.keys(), ...meant.keys()])) {
    const [inWording, inSummary] = [said.get(verdict) ?? 0, meant.get(verdict) ?? 0];
    if (inWording > inSummary || (NEEDED_AS_OFTEN.has(verdict) && inWording < inSummary)) {
      return `It says "${verdict}" or the like ${inWording} times, the summary ${inSummary} times.`;
    }
  }
  return undefined;
}

function countVerdicts(tokens: readonly Token[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const token of tokens) {
    const verdict = token.kind === "word" ? verdictOf(token.text) : undefined;
    if (verdict !== undefined) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  }
  return counts;
}

/** A sentence that is mostly new words, or somebody new whom something is done by. */
export const findInvention: PolishRule = ({ polished, facts }) => {
  const known = new Set(facts.map(familyOf));
  const isNew = (token: Token) =>
    token.kind === "word" && !isPlainWord(token.text) && !known.has(familyOf(token));
  const author = polished.find(
    (token, place) => isNew(token) && polished[place - 1]?.text.toLowerCase() === "by",
  );
  if (author !== undefined) return isNotInSummary(`by ${author.text}`);

  for (const sentence of cutSentences(polished)) {
    const words = sentence.filter(
      (token) => token.kind !== "mark" && !(token.kind === "word" && isPlainWord(token.text)),
    );
    const strange = words.filter(isNew);
    const isTooMuch = strange.length > NEW_WORDS && strange.length > NEW_SHARE * words.length;
    if (strange.length === 0 || (!isTooMuch && strange.length < words.length)) continue;
    return `Too much is not in the summary: ${strange.map(({ text }) => `"${text}"`).join(", ")}.`;
  }
  return undefined;
};

function valueOf(token: Token): string | undefined {
  return token.kind === "figure" ? token.value : undefined;
}

function claimIn(token: Token): string | undefined {
  return token.kind === "word" ? claimOf(token.text) : undefined;
}

/** Equal for words of one family, and for equal figures and ids. */
function familyOf(token: Token): string {
  switch (token.kind) {
    case "word":
      return `word ${stemOf(token.text)}`;
    case "figure":
      return `figure ${token.value}`;
    case "id":
    case "mark":
      return `${token.kind} ${token.text}`;
  }
}
