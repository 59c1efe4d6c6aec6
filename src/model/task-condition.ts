/** `only_if`: when a task of a plan is needed, as data. */

import { z } from "zod";

import { lazily } from "./lazily.ts";
import { scalarSchema } from "./primitives.ts";

/** How a value compares: numbers; texts; a list or text that has it; whether there is any. */
export const CONDITION_OPERATORS = [
  ">",
  ">=",
  "<",
  "<=",
  "==",
  "!=",
  "in",
  "contains",
  "starts_with",
  "exists",
] as const;
export type ConditionOperator = (typeof CONDITION_OPERATORS)[number];

/** `/mission_inputs/…`, or `/tasks/<task>/output/…` of a task that it depends on. */
const POINTER = /^\/(?:mission_inputs|tasks\/[^/~]+\/output)(?:\/(?:[^/~]|~[01])*)*$/;

export const termSchema = lazily(() =>
  z.strictObject({
    at: z
      .string()
      .max(500)
      .regex(POINTER, { error: "a JSON Pointer into /mission_inputs or /tasks/<task>/output" })
      .describe(
        "Where the value is, as a JSON Pointer: `/mission_inputs/…`, or `/tasks/<task>/output/…` of a task in `depends_on`.",
      ),
    op: z
      .enum(CONDITION_OPERATORS)
      .describe(
        "`>` `>=` `<` `<=` for numbers; `==` `!=` for any plain value; `in` a list that is given; `contains` for a list or a text; `starts_with` for a text; `exists` with true or false.",
      ),
    value: z
      .union([scalarSchema, z.array(scalarSchema).max(1000)])
      .describe("What it is compared with; for `in` a list."),
  }),
);
export type ConditionTerm = Readonly<z.infer<typeof termSchema>>;

const termsSchema = lazily(() => z.array(termSchema).min(1).max(100));

export const taskConditionSchema = lazily(() =>
  z
    .union(
      [
        z.strictObject({ all: termsSchema.describe("Every one must hold.") }),
        z.strictObject({ any: termsSchema.describe("One of them must hold.") }),
      ],
      { error: "an object with either `all` or `any`, a list of terms" },
    )
    .describe(
      "`all`: every term must hold; `any`: one of them. A term whose value is missing does not hold, but for `exists`.",
    ),
);
export type TaskCondition = Readonly<z.infer<typeof taskConditionSchema>>;
