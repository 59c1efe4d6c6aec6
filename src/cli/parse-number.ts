/** Numbers on the command line. */

import { MissionError } from "../errors.ts";
import { sayFound } from "../model/say-place.ts";

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

export function isNumber(text: string): boolean {
  return NUMBER.test(text.trim());
}

/** @throws MissionError `USAGE` when it is no number. */
export function parseNumber(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (isNumber(text)) return Number(text);
  throw new MissionError("USAGE", `${flag}: found ${sayFound(text)}; expected a number.`);
}
