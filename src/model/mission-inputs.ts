/** What a run is about: which customer, which claim. Given at the start, and the same for all its tasks. */

import { z } from "zod";

import { isNestedDeeper } from "./nesting.ts";
import { type Json, jsonSchema } from "./primitives.ts";
import { holdsSerialized } from "./serialized.ts";

/** The most that a run can be told about its case, in characters of JSON: it goes with every checkpoint. */
export const LARGEST_MISSION_INPUTS = 64 * 1024;

/** The most levels of lists and objects. */
const MOST_LEVELS = 20;

/** The longest text that a line about the inputs repeats of one value, and the most values. */
const LONGEST_VALUE = 80;
const MOST_VALUES = 20;

export const missionInputsSchema = z
  .unknown()
  // Parsed as a record, it would be dropped without a word.
  .refine((inputs) => !Object.keys(inputs ?? {}).includes("__proto__"), {
    error: "no input called __proto__",
  })
  .pipe(z.record(z.string(), z.unknown()))
  .refine((inputs) => !isNestedDeeper(inputs, MOST_LEVELS), {
    error: `at most ${MOST_LEVELS} levels of lists and objects`,
  })
  .pipe(
    z
      .record(z.string(), jsonSchema)
      .refine((inputs) => !holdsSerialized(inputs), {
        error: "no object in LangChain's serialized form (`lc`), which checkpoints misread",
      })
      .refine((inputs) => JSON.stringify(inputs).length <= LARGEST_MISSION_INPUTS, {
        error: `at most ${LARGEST_MISSION_INPUTS} characters of JSON: keep the case elsewhere, and give its name`,
      }),
  );
export type MissionInputs = Readonly<Record<string, Json>>;

/** The inputs as a field of a record: none where there are none, so that records of runs without stay as they were. */
export function keepInputs(inputs: MissionInputs): MissionInputs | undefined {
  return Object.keys(inputs).length === 0 ? undefined : inputs;
}

/** The plain values by path, for people: `customer ACME, claim.amount 1250`. Empty when there are none. */
export function sayInputs(inputs: MissionInputs | undefined): string {
  const said: string[] = [];
  const visit = (value: Json, path: string) => {
    if (typeof value === "object" && value !== null) {
      for (const [key, child] of Object.entries(value)) visit(child, `${path}.${key}`);
    } else {
      said.push(`${path} ${shorten(String(value))}`);
    }
  };
  for (const [name, value] of Object.entries(inputs ?? {})) visit(value, name);
  const more = said.length - MOST_VALUES;
  return [...said.slice(0, MOST_VALUES), ...(more > 0 ? [`and ${more} more`] : [])].join(", ");
}

function shorten(text: string): string {
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}
