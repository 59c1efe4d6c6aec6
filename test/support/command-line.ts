/** The command line in the process of the test: with what it loads loaded once. */

import { runCommandLine } from "../../src/cli/command-line.ts";
import type { Output } from "../../src/cli/surroundings.ts";
import type { Ended } from "./processes.ts";
import { aWorkspace } from "./workspace.ts";

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

/** Runs a command in a workspace. */
export function cli(workspace: string, ...args: string[]): Promise<Ended> {
  return runCli(["--workspace", workspace, ...args]);
}

/** A run of M001 that waits for the approval of T2. */
export async function aWaitingRun(): Promise<{ workspace: string; runId: string }> {
  const workspace = aWorkspace();
  const { stdout } = await cli(workspace, "--json", "run", "M001");
  return { workspace, runId: JSON.parse(stdout).run_id };
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
