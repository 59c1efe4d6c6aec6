/** The rewording of summaries, where a model is configured. */

import type { ModelSettings } from "../model/model-settings.ts";
import { NoWordingError, type Polisher } from "../summary/polisher.ts";
import { type Reword, type TimeLimit, createReword } from "../summary/reword.ts";

/** In seconds. */
const DEFAULT_TIMEOUT = 20;

/** Rewords summaries in time; undefined when no polisher is configured. */
export function openPolisher(
  given: Polisher | ModelSettings | undefined,
  timeoutSeconds = DEFAULT_TIMEOUT,
): Reword | undefined {
  if (given === undefined) return undefined;
  const limit = limitTime(timeoutSeconds);
  if (typeof given === "function") return createReword(given, limit);
  // Loading the model's library takes longer than most commands.
  const polisher: Polisher = async (request, signal) => {
    const { createOpenAiPolisher } = await import("./openai-polisher.ts");
    return createOpenAiPolisher(given)(request, signal);
  };
  return createReword(polisher, limit);
}

/** Work that has not ended in time rejects. */
function limitTime(seconds: number): TimeLimit {
  return async (work, signal) => {
    const late = new AbortController();
    const timer = setTimeout(
      () => late.abort(new NoWordingError(`There was no answer within ${seconds} seconds.`)),
      seconds * 1000,
    );
    const either = AbortSignal.any([signal, late.signal]);
    try {
      either.throwIfAborted();
      return await Promise.race([work(either), rejectedBy(either)]);
    } finally {
      clearTimeout(timer);
    }
  };
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
