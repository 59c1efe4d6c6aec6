/** Has a model reword a summary; the rule text stands when that says anything else. */

import { MissionError } from "../errors.ts";
import { defined } from "../model/defined.ts";
import type { MissionRun } from "../model/mission-runs.ts";
import { type Verdict, checkWording } from "./check-wording.ts";
import { JOINERS, LEADS, OPENERS, OPENERS_OF } from "./connectives.ts";
import type { Summary } from "./executive-summary.ts";
import { NoWordingError, type PolishRequest, type Polisher, wordingSchema } from "./polisher.ts";
import type { SummaryFact } from "./write-summary.ts";

/** Lets work go on for so long; its signal aborts with the given one, or when time is up. */
export type TimeLimit = <T>(
  work: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
) => Promise<T>;

/** What a run's record keeps of a rewording. */
export interface Rewording {
  readonly executive_summary: string;
  readonly polish: NonNullable<MissionRun["polish"]>;
}

/** Never rejects because of the model. */
export type Reword = (summary: Summary, signal: AbortSignal) => Promise<Rewording>;

/**
 * A refused answer is asked for once more, in the same time, with what was refused.
 *
 * Nothing that the model wrote is in the result: neither in the text nor in the reason.
 */
export function createReword(polisher: Polisher, limit: TimeLimit): Reword {
  return async ({ facts, text }, signal) => {
    const stands = (status: "refused" | "failed", reason: string): Rewording => ({
      executive_summary: text,
      polish: { status, reason },
    });
    try {
      const verdict = await limit((either) => askTwice(facts, polisher, either), signal);
      if (verdict.kind === "refused") return stands("refused", `${verdict.reason}.`);
      return { executive_summary: verdict.text, polish: { status: "used", reason: "" } };
    } catch (error) {
      // A stopped run is nobody's failure, and what we throw on purpose is not the model's.
      signal.throwIfAborted();
      if (error instanceof MissionError) throw error;
      const reason =
        error instanceof NoWordingError ? error.message : "The polisher gave an error.";
      return stands("failed", reason);
    }
  };
}

async function askTwice(
  facts: readonly SummaryFact[],
  polisher: Polisher,
  signal: AbortSignal,
): Promise<Verdict> {
  const request: PolishRequest = {
    facts: facts.map(({ text, group, about }, position) => ({
      number: position + 1,
      text,
      ...defined({ group, about }),
    })),
    phrases: { joiners: JOINERS, leads: LEADS, openers: OPENERS, openers_of: OPENERS_OF },
  };
  const first = judge(await polisher(request, signal), facts);
  if (first.kind === "accepted") return first;
  const refused = `${first.reason}: "${first.found}"`;
  return judge(await polisher({ ...request, refused }, signal), facts);
}

function judge(answer: unknown, facts: readonly SummaryFact[]): Verdict {
  const parsed = wordingSchema.safeParse(answer);
  if (parsed.success) return checkWording(parsed.data.sentences, facts);
  return { kind: "refused", reason: "The answer is no list of sentences", found: "" };
}
