/** What the command line gives as JSON: a task's `only_if`, an agent's `runtime`. */

import { MissionError } from "../../../errors.ts";
import { type RuntimeSettings, runtimeSettingsSchema } from "../../../model/runtime-settings.ts";
import { sayFirstIssue } from "../../../model/say-issue.ts";
import { sayFound } from "../../../model/say-place.ts";
import {
  type TaskCondition,
  taskConditionSchema,
  termSchema,
} from "../../../model/task-condition.ts";

const CONDITION = 'expected JSON as {"at": "/mission_inputs/amount", "op": ">", "value": 1000}';

const RUNTIME = 'expected a name, or JSON as {"kind": "module", "module": "./agents/crm.js#agent"}';

/** One term, or `all` or `any` of several. @throws MissionError `USAGE` */
export function parseCondition(flag: string, text: string | undefined): TaskCondition | undefined {
  if (text === undefined) return undefined;
  const value = parseJson(flag, text, CONDITION);
  const isTerm = typeof value === "object" && value !== null && !("all" in value || "any" in value);
  const checked = isTerm ? termSchema.safeParse(value) : taskConditionSchema.safeParse(value);
  if (!checked.success) {
    throw new MissionError("USAGE", `${flag}: ${sayFirstIssue(checked.error, { value })}.`);
  }
  return "at" in checked.data ? { all: [checked.data] } : checked.data;
}

/** A name, or how the agent is reached. @throws MissionError `USAGE` */
export function parseRuntime(flag: string, text: string): string | RuntimeSettings {
  if (!text.trimStart().startsWith("{")) return text;
  const value = parseJson(flag, text, RUNTIME);
  const checked = runtimeSettingsSchema.safeParse(value);
  if (checked.success) return checked.data;
  throw new MissionError("USAGE", `${flag}: ${sayFirstIssue(checked.error, { value })}.`);
}

function parseJson(flag: string, text: string, expected: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    throw new MissionError("USAGE", `${flag}: found ${sayFound(text)}; ${expected}.`);
  }
}
