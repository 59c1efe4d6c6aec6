/** What a schema has against a value, in words of ours: what was found, and what is expected. */

import type { z } from "zod";

import { sayFound, sayPath, valueAt } from "./say-place.ts";

type Issue = z.core.$ZodIssue;

export interface SaidIssue {
  /** Where it is; an item of a list is called by its id where it has one. Empty for the whole value. */
  readonly field: string;
  readonly found: string;
  readonly expected: string;
}

/** How zod begins what it says itself. What begins otherwise was said by a schema of ours. */
const ZOD_WORDS = /^(?:Invalid|Too (?:small|big)|Unrecognized)/;

const TYPES: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  null: "null",
  array: "a list",
  tuple: "a list",
  object: "an object",
  record: "an object",
};

const FORMATS: Readonly<Record<string, string>> = {
  datetime: "a time in UTC, as 2026-02-01T14:05:00Z",
  date: "a date, as 2026-02-06",
};

/** All that is wrong with a value, in the order of its schema. */
export function sayIssues(error: z.ZodError, value: unknown): readonly SaidIssue[] {
  return error.issues.flatMap((issue) => sayIssue(issue, value));
}

/**
 * The first thing that is wrong, without a stop at the end.
 *
 * @param given absent where the value is unknown, or not to be repeated.
 */
export function sayFirstIssue(error: z.ZodError, given?: { readonly value: unknown }): string {
  const [first] = sayIssues(error, given?.value);
  if (first === undefined) return "expected something else";
  const { field, found, expected } = first;
  const place = field === "" ? "" : `${field}: `;
  return `${place}${given === undefined ? "" : `found ${found}; `}expected ${expected}`;
}

function sayIssue(issue: Issue, root: unknown): readonly SaidIssue[] {
  const { code, path } = issue;
  if (code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      field: sayPath([...path, key], root),
      found: "a field that is not known",
      expected: "none of this name",
    }));
  }
  const inner = code === "invalid_union" ? nearestBranch(issue) : undefined;
  if (inner !== undefined) {
    return inner.flatMap((nested) =>
      sayIssue({ ...nested, path: [...path, ...nested.path] }, root),
    );
  }
  const value = valueAt(path, root);
  const isLong = code === "too_big" && Array.isArray(value);
  return [
    {
      field: sayPath(path, root),
      found: isLong ? `a list of ${value.length} items` : sayFound(value),
      expected: sayExpected(issue),
    },
  ];
}

function sayExpected(issue: Issue): string {
  if (!ZOD_WORDS.test(issue.message)) return issue.message;
  switch (issue.code) {
    case "invalid_type":
      return TYPES[issue.expected] ?? "a value of another kind";
    case "too_small":
      return sayLeast(issue.origin, Number(issue.minimum), issue.inclusive !== false);
    case "too_big":
      return sayMost(issue.origin, Number(issue.maximum), issue.inclusive !== false);
    case "invalid_format":
      return FORMATS[issue.format] ?? "a text of another form";
    case "not_multiple_of":
      return `a multiple of ${issue.divisor}`;
    case "invalid_value":
      return sayChoice(issue.values.map((value) => JSON.stringify(value) ?? String(value)));
    case "invalid_key":
    case "invalid_element":
      return issue.issues[0] === undefined ? "another name" : sayExpected(issue.issues[0]);
    case "invalid_union":
      return sayChoice(
        "options" in issue && Array.isArray(issue.options)
          ? issue.options.map((option) => JSON.stringify(option))
          : [...new Set(issue.errors.map(sayBranch))],
      );
    case "unrecognized_keys":
    case "custom":
      return "another value";
  }
}

function sayLeast(origin: string, least: number, isInclusive: boolean): string {
  if (origin === "string" || origin === "array" || origin === "record") {
    const what = TYPES[origin];
    return least === 1
      ? `${what} that is not empty`
      : `${what} of at least ${sayLength(origin, least)}`;
  }
  return `${TYPES[origin] ?? "a number"} ${isInclusive ? "≥" : "above"} ${least}`;
}

function sayMost(origin: string, most: number, isInclusive: boolean): string {
  if (origin === "string") return `a text of at most ${sayLength(origin, most)}`;
  if (origin === "array") return `a list of at most ${sayLength(origin, most)}`;
  return `${TYPES[origin] ?? "a number"} ${isInclusive ? "≤" : "below"} ${most}`;
}

function sayLength(origin: string, length: number): string {
  const unit = origin === "string" ? "character" : "item";
  return `${length} ${unit}${length === 1 ? "" : "s"}`;
}

function sayChoice(words: readonly string[]): string {
  return words.length <= 1 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

/** One of several forms: by its kind, or by the fields that it must have. */
function sayBranch(issues: readonly Issue[]): string {
  const whole = issues.find(({ path, code }) => path.length === 0 && code !== "unrecognized_keys");
  if (whole !== undefined) return sayExpected(whole);
  const fields = issues.filter(({ path }) => path.length > 0).map(({ path }) => String(path[0]));
  return fields.length === 0 ? "an object" : `an object with ${[...new Set(fields)].join(", ")}`;
}

/** The form that was meant: the one that nothing is wrong with as a whole. */
function nearestBranch({ errors }: Extract<Issue, { code: "invalid_union" }>): Issue[] | undefined {
  const near = errors.filter((issues) => issues.every(({ path }) => path.length > 0));
  return near.length === 1 ? near[0] : undefined;
}
