/** What the definitions of commands share. Loads nothing that `--help` does not need. */

import { InvalidArgumentError, Option } from "@commander-js/extra-typings";

import type { CommandContext } from "./context.ts";

/** Does a command's work; what it returns is the exit code. */
export type Act = (action: (context: CommandContext) => Promise<number>) => Promise<void>;

export function byOption() {
  return new Option("--by <name>", "who decides (default: $USER)");
}

export function detachOption() {
  return new Option(
    "--detach",
    "record it, and leave the run to a worker (`mission-control worker`)",
  );
}

/** For flags that may be given more than once. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** @throws InvalidArgumentError when it is no whole number above 0. */
export function parseCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count > 0) return count;
  throw new InvalidArgumentError("It is a whole number above 0.");
}
