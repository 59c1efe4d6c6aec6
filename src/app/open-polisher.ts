import type { ModelSettings } from "../model/model-settings.ts";
import type { Polisher } from "../summary/polisher.ts";
import { type Reword, createReword } from "../summary/reword.ts";
import { limitTime } from "./limit-time.ts";

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
