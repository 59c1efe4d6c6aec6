/** A task's `only_if` from the command line: one term, or `all` or `any` of several. */

import { MissionError } from "../../../errors.ts";
import { sayFirstIssue } from "../../../model/say-issue.ts";
import { sayFound } from "../../../model/say-place.ts";
import {
  type TaskCondition,
  taskConditionSchema,
  termSchema,
} from "../../../model/task-condition.ts";

const EXPECTED = 'expected JSON as {"at": "/mission_inputs/amount", "op": ">", "value": 1000}';

/** @throws MissionError `USAGE` */
export function parseCondition(flag: string, text: string | undefined): TaskCondition | undefined {
  if (text === undefined) return undefined;
  const value = parseJson(flag, text);
  const isTerm = typeof value === "object" && value !== null && !("all" in value || "any" in value);
  const checked = isTerm ? termSchema.safeParse(value) : taskConditionSchema.safeParse(value);
  if (!checked.success) {
    throw new MissionError("USAGE", `${flag}: ${sayFirstIssue(checked.error, { value })}.`);
  }
  return "at" in checked.data ? { all: [checked.data] } : checked.data;
}

function parseJson(flag: string, text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    throw new MissionError("USAGE", `${flag}: found ${sayFound(text)}; ${EXPECTED}.`);
  }
}
