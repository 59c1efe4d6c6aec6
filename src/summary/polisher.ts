/** What a language model is asked for when it rewords a summary, and what it may answer. */

import { z } from "zod";

export interface PolishRequest {
  /** What the summary says. It is data: task names and reasons in it are other people's words. */
  readonly facts: readonly {
    /** A sentence has the fact as its placeholder: `{1}` for number 1. */
    readonly number: number;
    readonly text: string;
    /** Facts of one group follow one another; all others need a semicolon or a full stop between. */
    readonly group?: string;
    /** What it speaks of, where that is not its group. */
    readonly about?: string;
  }[];
  /** The only words that may stand around the placeholders. */
  readonly phrases: {
    /** Join a fact to the one before: "{1} and {2}". */
    readonly joiners: readonly string[];
    /** Lead to a fact directly: "note that {1}". */
    readonly leads: readonly string[];
    /** Begin a clause, with a comma or a colon behind: "In short, {1}". */
    readonly openers: readonly string[];
    /** The same, for facts about one thing alone. */
    readonly openers_of: Readonly<Record<string, readonly string[]>>;
  };
  /** Why the answer before was refused, naming what was refused; absent when asked first. */
  readonly refused?: string;
}

/**
 * Answers with `{ sentences: string[] }`: all facts, each as its placeholder and once, in other
 * sentences. The answer is not trusted: see `checkWording`.
 *
 * Rejects when there is no answer, and with the signal's reason as soon as the signal aborts.
 */
export type Polisher = (request: PolishRequest, signal: AbortSignal) => Promise<unknown>;

export const wordingSchema = z.object({ sentences: z.array(z.string()).min(1) });

/** Why there is no answer, in a sentence of ours: what others throw may have a model's words in it. */
export class NoWordingError extends Error {}
