/** `NAME=VALUE` arguments. */

import { MissionError } from "../errors.ts";

/** @throws MissionError `USAGE` when one is none, or names what another has named. */
export function parseAssignments(flag: string, given: readonly string[]): [string, string][] {
  const parsed = given.map((text): [string, string] => {
    const split = text.indexOf("=");
    if (split < 1) throw new MissionError("USAGE", `${flag} takes NAME=VALUE, not "${text}".`);
    return [text.slice(0, split), text.slice(split + 1)];
  });
  const names = parsed.map(([name]) => name);
  const repeated = names.find((name, position) => names.indexOf(name) !== position);
  if (repeated === undefined) return parsed;
  throw new MissionError("USAGE", `${flag} has "${repeated}" twice.`);
}

/** @throws MissionError `USAGE` when a value is not a finite number. */
export function parseFigures(flag: string, given: readonly string[]): Record<string, number> {
  const figures = parseAssignments(flag, given).map(([name, text]) => {
    const value = Number(text);
    if (text.trim() === "" || !Number.isFinite(value)) {
      throw new MissionError("USAGE", `${flag} ${name}: "${text}" is not a number.`);
    }
    return [name, value] as const;
  });
  return Object.fromEntries(figures);
}
