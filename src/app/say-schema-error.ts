/** What a JSON Schema has against a value, and what is wrong with one itself, in words of ours. */

import type { ErrorObject } from "ajv";

const TYPES: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  null: "null",
  array: "a list",
  object: "an object",
};

/** The longest value that is repeated. */
const LONGEST_VALUE = 80;

/** One objection: `amount: expected a number ≥ 0, found -4`. */
export function saySchemaError(error: ErrorObject): string {
  const { keyword, instancePath, data } = error;
  const params = new Map<string, unknown>(Object.entries(error.params));
  const at = instancePath.slice(1).replaceAll("/", ".");
  const inside = (name: unknown) => [at, String(name)].filter((part) => part !== "").join(".");
  switch (keyword) {
    case "required":
      return `${inside(params.get("missingProperty"))} is missing`;
    case "additionalProperties":
      return `${inside(params.get("additionalProperty"))} is not known`;
    default: {
      const say = EXPECTED[keyword];
      const expected = say === undefined ? `what \`${keyword}\` of the schema takes` : say(params);
      const place = at === "" ? "" : `${at}: `;
      return `${place}expected ${expected}, found ${show(data)}`;
    }
  }
}

/** Why a schema could not be used, from what was thrown. */
export function sayCompileError(error: unknown): string {
  const message = error instanceof Error ? error.message : "";
  const said = COMPILE_ERRORS.flatMap(([pattern, words]) => {
    const [, what] = pattern.exec(message) ?? [];
    return what === undefined ? [] : [`${words} ${JSON.stringify(what)}`];
  });
  return said[0] ?? "a part of it that cannot be used";
}

const COMPILE_ERRORS: readonly (readonly [RegExp, string])[] = [
  [/unknown keyword: "([^"]*)"/, "a keyword that there is not:"],
  [/unknown format "([^"]*)"/, "a format that there is not:"],
  [/can't resolve reference (\S+)/, "a reference to what is not there:"],
  [/Invalid regular expression: (\/.*\/[a-z]*)/, "a pattern that is none:"],
];

type Say = (params: ReadonlyMap<string, unknown>) => string;

const limit =
  (before: string, after = ""): Say =>
  (params) =>
    `${before} ${String(params.get("limit"))}${after}`;

const EXPECTED: Readonly<Record<string, Say>> = {
  type: (params) =>
    [params.get("type")]
      .flat()
      .map((type) => TYPES[String(type)] ?? String(type))
      .join(" or "),
  enum: (params) => `one of ${show(params.get("allowedValues"))}`,
  const: (params) => show(params.get("allowedValue")),
  format: (params) => `a text of the format ${String(params.get("format"))}`,
  pattern: (params) => `a text that matches ${String(params.get("pattern"))}`,
  minimum: limit("a number ≥"),
  maximum: limit("a number ≤"),
  exclusiveMinimum: limit("a number above"),
  exclusiveMaximum: limit("a number below"),
  multipleOf: (params) => `a multiple of ${String(params.get("multipleOf"))}`,
  minLength: limit("a text of at least", " characters"),
  maxLength: limit("a text of at most", " characters"),
  minItems: limit("a list of at least", " items"),
  maxItems: limit("a list of at most", " items"),
  uniqueItems: () => "a list with no item twice",
  minProperties: limit("an object with at least", " fields"),
  maxProperties: limit("an object with at most", " fields"),
  propertyNames: () => "other names of fields",
  anyOf: () => "one of the forms that the schema has",
  oneOf: () => "just one of the forms that the schema has",
  not: () => "something else",
};

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}
