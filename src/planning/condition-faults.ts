/** What is wrong with a task's `only_if`, beyond its shape. */

import { taskOfPointer } from "../execution/only-if.ts";
import type { PlanTask } from "../model/decomposed-mission-tasks.ts";
import { stepsOf } from "../model/json-pointer.ts";
import { didYouMean } from "../model/near-names.ts";
import type { ConditionOperator, ConditionTerm } from "../model/task-condition.ts";

/** A fault of a field, before it has a place among documents. */
export interface ConditionFault {
  readonly found: string;
  readonly expected: string;
}

/** Linear in terms: pointers to tasks that are not waited for, values that the operator cannot compare with. */
export function findConditionFaults({ task_id, depends_on, only_if }: PlanTask): ConditionFault[] {
  if (only_if === undefined) return [];
  const needed = new Set(depends_on);
  const terms = "all" in only_if ? only_if.all : only_if.any;
  return terms.flatMap((term) => {
    const source = taskOfPointer(term.at);
    if (source !== undefined && !needed.has(source)) {
      const found = `${term.at}, but ${task_id} does not depend on ${source}`;
      return [{ found, expected: `/mission_inputs, or the output of a task in depends_on` }];
    }
    const expected = EXPECTED[term.op];
    return expected.accepts(term.value)
      ? []
      : [{ found: `${term.op} ${JSON.stringify(term.value)}`, expected: expected.words }];
  });
}

/** Inputs that a condition looks at and that the mission's `input_schema`, which allows no others, does not have. */
export function findUnknownInputs(
  { only_if }: Pick<PlanTask, "only_if">,
  schema: Readonly<Record<string, unknown>> | undefined,
): ConditionFault[] {
  const { properties, additionalProperties } = schema ?? {};
  const isClosed = typeof properties === "object" && properties !== null;
  if (only_if === undefined || !isClosed || additionalProperties !== false) return [];
  const known = Object.keys(properties);
  const terms = "all" in only_if ? only_if.all : only_if.any;
  return terms.flatMap(({ at }) => {
    const [root, name] = stepsOf(at);
    if (root !== "mission_inputs" || name === undefined || known.includes(name)) return [];
    const found = `${at}, which input_schema does not have${didYouMean(name, known)}`;
    return [{ found, expected: `one of its inputs: ${known.join(", ") || "none"}` }];
  });
}

interface Expectation {
  readonly words: string;
  readonly accepts: (value: ConditionTerm["value"]) => boolean;
}

const A_NUMBER: Expectation = {
  words: "a number to compare with",
  accepts: (value) => typeof value === "number",
};
const A_PLAIN_VALUE: Expectation = {
  words: "a text, a number, true or false",
  accepts: (value) => !Array.isArray(value),
};

const EXPECTED: Readonly<Record<ConditionOperator, Expectation>> = {
  ">": A_NUMBER,
  ">=": A_NUMBER,
  "<": A_NUMBER,
  "<=": A_NUMBER,
  "==": A_PLAIN_VALUE,
  "!=": A_PLAIN_VALUE,
  in: { words: "a list", accepts: (value) => Array.isArray(value) },
  contains: A_PLAIN_VALUE,
  starts_with: { words: "a text", accepts: (value) => typeof value === "string" },
  exists: { words: "true or false", accepts: (value) => typeof value === "boolean" },
};
