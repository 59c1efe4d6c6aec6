/** The command line in the process of the test: with what it loads loaded once. */

import { runCommandLine } from "../../src/cli/command-line.ts";
import type { Output } from "../../src/cli/surroundings.ts";
import type { Ended } from "./processes.ts";

/** Runs a command, as in a pipe. @param environment besides that of the test. */
export async function runCli(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const output = aPipe();
  const errors = aPipe();
  const code = await runCommandLine(args, {
    environment: {
      ...process.env,
      NO_COLOR: "1",
      USER: "tester",
      DATABASE_URL: "",
      ...environment,
    },
    hasKeyboard: false,
    output,
    errors,
    keepOutput() {},
  });
  return { code, stdout: output.written(), stderr: errors.written() };
}

/** Keeps what is written to it. */
export function aPipe(): Output & { readonly written: () => string } {
  const pieces: string[] = [];
  return {
    write: (text) => pieces.push(text) > 0,
    drained: () => Promise.resolve(),
    isTerminal: false,
    isColoured: false,
    width: undefined,
    written: () => pieces.join(""),
  };
}
