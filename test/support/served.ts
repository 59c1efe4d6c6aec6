/** Servers for callers, in the process of the test. */

import { onTestFinished } from "vitest";

import { sha256 } from "../../src/app/system.ts";
import type { CallersWorld } from "../../src/callers/callers-world.ts";
import type { ServeOptions } from "../../src/callers/serve-http.ts";
import type { MissionControl } from "../../src/index.ts";

export const SERVED_TOKEN = "a-token-of-some-length";

/** Where it is, and what it says to whoever runs it; ends with the test. */
export async function served(
  serve: (world: CallersWorld, options: ServeOptions) => Promise<void>,
  control: MissionControl,
): Promise<{ readonly url: string; readonly troubles: readonly string[] }> {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const troubles: string[] = [];
  const world: CallersWorld = {
    control,
    command: (...words) => words.join(" "),
    hash: sha256,
    onTrouble: (message) => void troubles.push(message),
  };
  const url = await new Promise<string>((resolve, reject) => {
    serve(world, {
      host: "127.0.0.1",
      port: 0,
      token: SERVED_TOKEN,
      signal: stop.signal,
      onListening: resolve,
    }).catch(reject);
  });
  return { url, troubles };
}
