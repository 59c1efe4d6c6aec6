/** Which words count as one: "decide" and "decision", "people" and "person". */

import { groupBy } from "../model/group-by.ts";
import { claimOf } from "./wording-vocabulary.ts";

const PERSON = /^(?:people|persons?|humans?)$/u;
/** Words of one family have at least so many first letters in common, … */
const STEM_LENGTH = 4;
/** … and differ in no more of the last letters of the shorter. */
const ENDING_LENGTH = 3;

/** Equal for all words of one family, and for some that only begin alike. */
export function stemOf(word: string): string {
  const lower = word.toLowerCase();
  const claim = claimOf(word) ?? (PERSON.test(lower) ? "person" : undefined);
  return claim === undefined ? `word ${lower.slice(0, STEM_LENGTH)}` : `claim ${claim}`;
}

/** Tells of a word whether any of `words` is of its family. */
export function recognizeFamilies(words: readonly string[]): (word: string) => boolean {
  const stems = groupBy([...new Set(words.map((word) => word.toLowerCase()))], stemOf);
  return (word) => {
    const stem = stemOf(word);
    const relatives = stems.get(stem) ?? [];
    if (stem.startsWith("claim ")) return relatives.length > 0;
    return relatives.some((relative) => areAkin(word.toLowerCase(), relative));
  };
}

function areAkin(word: string, other: string): boolean {
  const shorter = Math.min(word.length, other.length);
  const shared = Math.max(shorter - ENDING_LENGTH, Math.min(shorter, STEM_LENGTH));
  return word.slice(0, shared) === other.slice(0, shared);
}
