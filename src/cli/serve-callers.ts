/** What commands that serve other programs share. */

import type { CallersWorld } from "../callers/callers-world.ts";
import { MissionError } from "../errors.ts";
import type { CommandContext } from "./context.ts";

/** Serves with an open workspace until the program is told to stop. */
export async function serveCallers(
  context: CommandContext,
  serve: (world: CallersWorld, signal: AbortSignal) => Promise<void>,
): Promise<number> {
  const { sha256 } = await import("../app/system.ts");
  return context.withControl(async (control) => {
    const stop = new AbortController();
    for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort());
    const { screen, note } = context;
    await serve({ control, command: screen.command, hash: sha256, onTrouble: note }, stop.signal);
    return 0;
  });
}

/** @throws MissionError `USAGE` */
export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new MissionError("USAGE", `A port is a number from 0 to 65535, not "${text}".`);
}

/** @throws MissionError `USAGE` */
export function requireToken(
  { environment }: Pick<CommandContext, "environment">,
  name: string | undefined,
): string {
  if (name === undefined) {
    throw new MissionError(
      "USAGE",
      "Over HTTP --token-env NAME is needed: who calls has to be known.",
    );
  }
  const token = environment[name] ?? "";
  if (token.length >= SHORTEST_TOKEN) return token;
  throw new MissionError(
    "USAGE",
    `The environment has no ${name} of at least ${SHORTEST_TOKEN} characters.`,
  );
}

const SHORTEST_TOKEN = 16;
