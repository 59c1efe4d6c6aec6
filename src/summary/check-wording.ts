/** Whether a model's sentences say the facts of a summary, all of them, and nothing besides. */

import { CONNECTIVE_WORDS, JOINERS, LEADS, OPENERS, OPENERS_OF } from "./connectives.ts";
import { type SummaryFact, writeSteps } from "./write-summary.ts";

const LONGEST_SENTENCE = 2000;
/** Between two facts. */
const MOST_WORDS = 12;
/** How much is named of what is refused. */
const LONGEST_NAME = 60;

/** Each character but a space is in one. */
const TOKEN = /[.,;:]|[^ .,;:{}]+|\{[^{}]*\}?|\}/g;
const PLACEHOLDER = /^\{([1-9]\d{0,5})\}$/;
const SPELLINGS = new Map(CONNECTIVE_WORDS.map((word) => [word.toLowerCase(), word]));
const JOINER = ` ${anyOf(JOINERS)},?`;
const BEFORE_FACT = beforeFact(OPENERS);
const BEFORE_FACT_ABOUT = new Map(
  Object.entries(OPENERS_OF).map(([about, own]) => [about, beforeFact([...OPENERS, ...own])]),
);

/** A mark or a joiner or both, then openers with a mark behind each, then a lead. */
function beforeFact(openers: readonly string[]): RegExp {
  return new RegExp(
    `^(?:[.,;:](?:${JOINER})?|${JOINER})(?: ${anyOf(openers)}[,:]){0,2}(?: ${anyOf(LEADS)})?$`,
  );
}

interface Refusal {
  readonly kind: "refused";
  /** A sentence of ours, without a word of the model's. */
  readonly reason: string;
  /** What was refused: a placeholder, or the model's own words. */
  readonly found: string;
}

export type Verdict = { readonly kind: "accepted"; readonly text: string } | Refusal;

/** A fact, and what stands before it, in the spelling of the lists; a full stop begins a sentence. */
interface Step {
  readonly number: number;
  readonly fact: SummaryFact;
  readonly before: string;
}

/**
 * Accepts sentences in which the placeholder of each fact, `{1}` for the first, stands exactly once
 * and all else is listed. The text is put together from the facts and the lists alone. Facts of one
 * group follow one another; between all others a sentence ends, or there is a semicolon.
 */
export function checkWording(sentences: readonly string[], facts: readonly SummaryFact[]): Verdict {
  if (sentences.length > facts.length) return refuse("There are more sentences than facts", "");
  const steps: Step[] = [];
  for (const sentence of sentences) {
    const read = readSentence(sentence, facts);
    if (read.kind === "refused") return read;
    steps.push(...read.steps);
  }
  return findMisplaced(steps, facts) ?? { kind: "accepted", text: writeSteps(steps) };
}

function readSentence(
  sentence: string,
  facts: readonly SummaryFact[],
): Refusal | { readonly kind: "read"; readonly steps: readonly Step[] } {
  if (sentence.length > LONGEST_SENTENCE) return refuse("A sentence is too long", sentence);
  const foreign = /[^ -~]+/.exec(sentence);
  if (foreign !== null) return refuse("A character is not allowed", foreign[0]);
  const steps: Step[] = [];
  let before = ".";
  for (const token of sentence.match(TOKEN) ?? []) {
    const number = Number(PLACEHOLDER.exec(token)?.[1]);
    const fact = facts[number - 1];
    const word = SPELLINGS.get(token.toLowerCase());
    if (fact !== undefined) {
      const refusal = checkBefore(before, token, fact);
      if (refusal !== undefined) return refusal;
      steps.push({ number, fact, before });
      before = "";
    } else if (/^[{}]/.test(token)) {
      return refuse("A placeholder stands for no fact", token);
    } else if (/^[.,;:]$/.test(token)) {
      before += token;
    } else if (word === undefined) {
      return refuse("A word is not on the list", token);
    } else {
      before += ` ${word}`;
    }
  }
  if (steps.length === 0) return refuse("A sentence has no fact", sentence);
  if (!/^\.?$/.test(before)) return refuse("Something stands behind the last fact", before);
  return { kind: "read", steps };
}

function checkBefore(
  before: string,
  placeholder: string,
  { group = "", about = group }: SummaryFact,
): Refusal | undefined {
  const found = `${before} ${placeholder}`.trim();
  if (before.split(" ").length > MOST_WORDS + 1) return refuse("Too many words in a row", found);
  if ((BEFORE_FACT_ABOUT.get(about) ?? BEFORE_FACT).test(before)) return undefined;
  return refuse("The words or marks before a fact do not lead to it", found);
}

/** Facts left out, repeated, torn from their group, or in one clause with another group's. */
function findMisplaced(steps: readonly Step[], facts: readonly SummaryFact[]): Refusal | undefined {
  const begun = new Set<string>();
  const said = new Set<number>();
  let last: SummaryFact | undefined;
  for (const { number, fact, before } of steps) {
    const { group } = fact;
    const goesOn = group !== undefined && group === last?.group;
    if (said.has(number)) return refuse("A fact stands twice", `{${number}}`);
    if (!goesOn && !/^[.;]/.test(before)) {
      return refuse("A fact shares a clause with one of another group", `{${number}}`);
    }
    if (!goesOn && group !== undefined && begun.has(group)) {
      return refuse("A fact is apart from its group", `{${number}}`);
    }
    said.add(number);
    begun.add(group ?? "");
    last = fact;
  }
  const missing = facts.findIndex((_fact, position) => !said.has(position + 1));
  return missing === -1 ? undefined : refuse("A fact is left out", `{${missing + 1}}`);
}

function refuse(reason: string, found: string): Refusal {
  return { kind: "refused", reason, found: found.slice(0, LONGEST_NAME) };
}

function anyOf(phrases: readonly string[]): string {
  return `(?:${phrases.join("|")})`;
}
