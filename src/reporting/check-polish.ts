/** Whether a rewording of a summary says the same: nothing added, nothing lost, nothing moved. */

import { countsIn, readNoAsZero } from "./figures-in-wording.ts";
import {
  findForeignCharacters,
  findForeignClaim,
  findForeignToken,
  findRepeatedFigure,
} from "./polish-additions.ts";
import { findLooseSentence, findNewAuthor, findNewSentence } from "./polish-inventions.ts";
import { findLoss, findMovedFact, findMovedFigure } from "./polish-losses.ts";
import type { PolishRule } from "./polish-rule.ts";
import { cleanText, readWording } from "./read-wording.ts";

/** Pairs of facts are compared: nobody waits for that on a text longer than this. */
const LONGEST_SUMMARY = 10_000;

const RULES: readonly PolishRule[] = [
  findForeignCharacters,
  findForeignToken,
  findForeignClaim,
  findRepeatedFigure,
  findLoss,
  findMovedFigure,
  findMovedFact,
  findNewAuthor,
  findLooseSentence,
  findNewSentence,
];

export type PolishVerdict =
  | { readonly kind: "accepted"; readonly text: string }
  | { readonly kind: "refused"; readonly reason: string };

/**
 * Accepts a rewording only when every figure, id, name and verdict of the summary is in it and no
 * other, each said of the same thing. The accepted text is one paragraph without invisible
 * characters. In doubt it refuses, with a sentence that says why: then the summary itself is shown.
 */
export function checkPolish(polished: string, summary: string): PolishVerdict {
  if (summary.length > LONGEST_SUMMARY) return refuse("The summary is too long to be reworded.");
  const limit = 2 * summary.length + 200;
  if (polished.length > limit) return refuse(`It is longer than ${limit} characters.`);
  const text = cleanText(polished);
  if (text === "") return refuse("It is empty.");

  const cleanSummary = cleanText(summary);
  const facts = readWording(cleanSummary);
  const counts = new Set(countsIn(facts).map(({ key }) => key));
  const comparison = {
    text,
    summary: cleanSummary,
    polished: readNoAsZero(readWording(text), counts),
    facts: readNoAsZero(facts, counts),
  };
  for (const rule of RULES) {
    const reason = rule(comparison);
    if (reason !== undefined) return refuse(reason);
  }
  return { kind: "accepted", text };
}

function refuse(reason: string): PolishVerdict {
  return { kind: "refused", reason };
}
