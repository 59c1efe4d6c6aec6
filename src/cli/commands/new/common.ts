/** What the subcommands of `new` share. */

import { MissionError } from "../../../errors.ts";
import { sayFound } from "../../../model/say-place.ts";
import type { CommandContext } from "../../context.ts";

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** @throws MissionError `USAGE` when it is no number. */
export function parseNumber(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (NUMBER.test(text.trim())) return Number(text);
  throw new MissionError("USAGE", `${flag}: found ${sayFound(text)}; expected a number.`);
}

/** Ids with commas between them. */
export function parseList(text: string | undefined): readonly string[] | undefined {
  return text
    ?.split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** Says what was added, where, and what comes next. */
export function printAdded(
  context: CommandContext,
  { what, written, next }: { what: string; written: readonly string[]; next: string },
): void {
  context.print({ added: what, written }, () =>
    [`Added ${what} to ${written.join(" and ")}.`, `Next: mission-control ${next}`].join("\n"),
  );
}
