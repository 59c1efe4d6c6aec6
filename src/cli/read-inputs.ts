/** What a run is about, from the command line: an object in a file, and single values over it. */

import { readObjectFile } from "../app/read-inputs-file.ts";
import { MissionError } from "../errors.ts";
import { type MissionInputs, missionInputsSchema } from "../model/mission-inputs.ts";
import { sayFirstIssue } from "../model/say-issue.ts";
import { parseAssignments } from "./parse-assignments.ts";

/** @throws MissionError `USAGE` naming what cannot be used. */
export function readInputs(file: string | undefined, given: readonly string[]): MissionInputs {
  const values = parseAssignments("--input", given).map(
    ([name, text]) => [name, parseValue(text)] as const,
  );
  const value = {
    ...(file === undefined ? {} : readObjectFile("--input-file", file)),
    ...Object.fromEntries(values),
  };
  const checked = missionInputsSchema.safeParse(value);
  if (checked.success) return checked.data;
  throw new MissionError("USAGE", `mission_inputs: ${sayFirstIssue(checked.error, { value })}.`);
}

/** What is JSON counts as that; all else is text. */
function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
