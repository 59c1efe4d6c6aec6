import type { ModelSettings } from "../model/model-settings.ts";
import type { Polisher } from "../reporting/polisher.ts";
import { limitTime } from "./limit-time.ts";

/** In seconds. */
const DEFAULT_TIMEOUT = 20;

/** A polisher that answers or rejects in time; undefined when none is configured. */
export function openPolisher(
  given: Polisher | ModelSettings | undefined,
  timeoutSeconds = DEFAULT_TIMEOUT,
): Polisher | undefined {
  if (given === undefined) return undefined;
  if (typeof given === "function") return limitTime(given, timeoutSeconds);
  // Loading the model's library takes longer than most commands.
  const polisher: Polisher = async (summary, signal) => {
    const { createOpenAiPolisher } = await import("./openai-polisher.ts");
    return createOpenAiPolisher(given)(summary, signal);
  };
  return limitTime(polisher, timeoutSeconds);
}
