/** Whole sentences, and people, that a rewording makes up. */

import { isNotInSummary, type PolishRule, quote } from "./polish-rule.ts";
import { cutSentences, type Token } from "./read-wording.ts";
import { recognizeFamilies } from "./word-families.ts";
import { isPlainWord, verdictOf } from "./wording-vocabulary.ts";

/** Of one sentence: this many new words are never too many, … */
const NEW_WORDS = 2;
/** … nor is this share of its words. */
const NEW_SHARE = 0.4;

/** Refuses a sentence that is mostly new words, or only new ones. */
export const findNewSentence: PolishRule = ({ polished, facts }) => {
  const isKnown = knowerOf(facts);
  for (const sentence of cutSentences(polished)) {
    const carriers = sentence.filter(isCarrier);
    const strange = carriers.filter((token) => !isKnown(token));
    const isTooMuch = strange.length > NEW_WORDS && strange.length > NEW_SHARE * carriers.length;
    if (isTooMuch || (strange.length > 0 && strange.length === carriers.length)) {
      const words = strange.map(({ text }) => quote(text)).join(", ");
      return `Too much is not in the summary: ${words}.`;
    }
  }
  return undefined;
};

/** Refuses more sentences without a figure, an id or a verdict than the summary has. */
export const findLooseSentence: PolishRule = ({ polished, facts }) => {
  const [said = [], meant = []] = [polished, facts].map((tokens) =>
    cutSentences(tokens)
      .filter((sentence) => sentence.some((token) => token.kind !== "mark"))
      .filter((sentence) => !sentence.some(isAnchor)),
  );
  const last = said.at(-1);
  if (last === undefined || said.length <= meant.length) return undefined;
  const text = last.map((token) => token.text).join(" ");
  return `Nothing in the summary answers to ${quote(text)}.`;
};

/** Refuses somebody new whom something is done by. */
export const findNewAuthor: PolishRule = ({ polished, facts }) => {
  const isKnown = knowerOf(facts);
  const author = polished.find(
    (token, place) => polished[place - 1]?.text.toLowerCase() === "by" && !isKnown(token),
  );
  return author === undefined ? undefined : isNotInSummary(`by ${author.text}`);
};

/** Figures and ids are known: other rules have looked at them. */
function knowerOf(facts: readonly Token[]): (token: Token) => boolean {
  const isFamiliar = recognizeFamilies(facts.map(({ text }) => text));
  return (token) => !isCarrier(token) || token.kind !== "word" || isFamiliar(token.text);
}

/** True for what can carry a fact. */
function isCarrier(token: Token): boolean {
  return token.kind !== "mark" && !(token.kind === "word" && isPlainWord(token.text));
}

function isAnchor(token: Token): boolean {
  if (token.kind === "word") return verdictOf(token.text) !== undefined;
  return token.kind !== "mark";
}
