/** Errors as part of the product: what happened, and the right exit code. */

import { CommanderError } from "@commander-js/extra-typings";
import { ZodError } from "zod";

import { MissionError } from "../errors.ts";
import { toPlainJson, toPlainText } from "../model/plain-text.ts";
import { sayFirstIssue } from "../model/say-issue.ts";
import { createPrinter, respellCommands } from "./print.ts";
import { createScreen } from "./screen.ts";
import type { Surroundings } from "./surroundings.ts";

/**
 * Prints an error where its reader looks for it; returns the exit code. A bug shows its stack.
 *
 * @param options.given global options and their values, as they were given.
 */
export function reportError(
  error: unknown,
  {
    json,
    given,
    surroundings: { output, errors },
  }: { json: boolean; given: readonly string[]; surroundings: Surroundings },
): number {
  const printNote = createPrinter(errors);
  const expected = toMissionError(error);
  if (expected === undefined) {
    const stack = error instanceof Error ? error.stack : String(error);
    printNote(`This is a bug in Mission Control:\n${stack}`);
    return 1;
  }
  const { code, message, details } = expected;
  if (json) {
    createPrinter(output)(toPlainJson({ error: { code, message, details } }));
  } else {
    const screen = createScreen({ width: errors.width, now: Date.now, given });
    printNote(respellCommands(screen.wrap(toPlainText(`${code}: ${message}`)), screen.command()));
  }
  return expected.exitCode;
}

function toMissionError(error: unknown): MissionError | undefined {
  if (error instanceof MissionError) return error;
  if (error instanceof CommanderError) {
    // Some of its messages are sentences already.
    const what = error.message.replace(/^error: /, "").replace(/\.$/, "");
    const sentence = error.code === "commander.help" ? "Name a command." : `${what}.`;
    return new MissionError("USAGE", `${sentence} See mission-control --help.`);
  }
  if (error instanceof ZodError) {
    return new MissionError("BAD_INPUT", `${sayFirstIssue(error)}.`);
  }
  return undefined;
}
