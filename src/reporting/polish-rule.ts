import type { Token } from "./read-wording.ts";

/** A rewording beside the summary it was made from, both cleaned. */
export interface Comparison {
  readonly text: string;
  readonly polished: readonly Token[];
  readonly summary: string;
  readonly facts: readonly Token[];
}

/** Finds one fault of the rewording, as a sentence; undefined when there is none. */
export type PolishRule = (comparison: Comparison) => string | undefined;

const LONGEST_QUOTE = 60;

export function isNotInSummary(text: string): string {
  return `${quote(text)} is not in the summary.`;
}

export function isGone(text: string): string {
  return `${quote(text)} of the summary is gone.`;
}

/** As a person would write it, and short. */
export function quote(text: string): string {
  const written = text.replace(/^(on|off)(?=target$)/iu, "$1 ");
  const short = written.length > LONGEST_QUOTE ? `${written.slice(0, LONGEST_QUOTE)}…` : written;
  return `"${short}"`;
}
