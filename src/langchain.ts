/** For programs that use LangChain. */

import type { StructuredToolInterface } from "@langchain/core/tools";

import { sha256 } from "./app/system.ts";
import type { ServedMissionControl } from "./callers/callers-world.ts";
import { toLangChainTools } from "./callers/langchain-tools.ts";

/**
 * Tools to start missions, ask and wait, for `createAgent({ tools })` and the like. There is none that decides.
 *
 * @param control stays the caller's, who closes it: runs that were started go on while it is open.
 * @param options.command how people type a command that a tool names; default: `mission-control` in their path, with `--workspace`.
 * @param options.onTrouble told of a run that could not go on.
 */
export function missionControlTools(
  control: ServedMissionControl,
  options: {
    readonly command?: (...words: readonly string[]) => string;
    readonly onTrouble?: (message: string) => void;
  } = {},
): StructuredToolInterface[] {
  const { workspaceFolder } = control;
  const inWorkspace = (...words: readonly string[]) =>
    sayCommand("--workspace", workspaceFolder, ...words);
  const { command = inWorkspace, onTrouble = () => {} } = options;
  return toLangChainTools({ control, command, onTrouble, hash: sha256 });
}

function sayCommand(...words: readonly string[]): string {
  const quoted = words.map((word) =>
    /^[\w./:=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`,
  );
  return ["mission-control", ...quoted].join(" ");
}
