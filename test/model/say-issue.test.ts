import { describe, expect, it } from "vitest";
import { z } from "zod";

import { DOCUMENT_NAMES, documentSchema } from "../../src/model/documents.ts";
import { figureSchema, idSchema } from "../../src/model/primitives.ts";
import { sayFirstIssue, sayIssues } from "../../src/model/say-issue.ts";
import { taskConditionSchema } from "../../src/model/task-condition.ts";

/** What is said of a value that the schema refuses. */
function said(schema: z.ZodType, value: unknown): string {
  const { error } = schema.safeParse(value);
  return error === undefined ? "accepted" : sayFirstIssue(error, { value });
}

describe("sayFirstIssue", () => {
  it.each<[string, z.ZodType, unknown, string]>([
    ["a number that is too small", z.number().min(0), -4, "found -4; expected a number ≥ 0"],
    ["a bound that is left out", z.number().positive(), 0, "found 0; expected a number above 0"],
    ["a number that is too large", z.number().max(1), 1.5, "found 1.5; expected a number ≤ 1"],
    ["a part of a number", z.int(), 1.5, "found 1.5; expected a whole number"],
    ["a text for a number", z.number(), "a", 'found "a"; expected a number'],
    ["no number", z.number(), NaN, "found NaN; expected a number"],
    ["nothing", z.string(), undefined, "found nothing; expected a text"],
    ["what no JSON has", z.string(), 1n, "found what is no JSON (bigint); expected a text"],
    ["null", z.boolean(), null, "found null; expected true or false"],
    ["a list for an object", z.looseObject({}), [], "found an empty list; expected an object"],
    ["an object for a list", z.array(z.int()), {}, "found an object; expected a list"],
    [
      "an empty text",
      z.string().min(1),
      "",
      "found an empty text; expected a text that is not empty",
    ],
    [
      "a long text",
      z.string().max(200),
      "x".repeat(201),
      "found a text of 201 characters; expected a text of at most 200 characters",
    ],
    [
      "a long list",
      z.array(z.int()).max(1),
      [1, 2],
      "found a list of 2 items; expected a list of at most 1 item",
    ],
    ["a word of none", z.enum(["a", "b"]), "c", 'found "c"; expected "a" or "b"'],
    [
      "a time",
      z.iso.datetime(),
      "now",
      'found "now"; expected a time in UTC, as 2026-02-01T14:05:00Z',
    ],
    [
      "one of two kinds",
      z.union([z.string(), z.number()]),
      [],
      "found an empty list; expected a text or a number",
    ],
    [
      "words of ours",
      figureSchema.refine(() => false, { error: "a sum" }),
      3,
      "found 3; expected a sum",
    ],
    ["words of nobody", z.int().refine(() => false), 3, "found 3; expected another value"],
  ])("says of %s what was found and expected", (_name, schema, value, words) => {
    expect(said(schema, value)).toBe(words);
  });

  it("says what an id is in the words of its schema", () => {
    expect(said(idSchema, "a b")).toMatch(/^found "a b"; expected an id of 1 to 80 letters/);
  });

  it("names a field that is not known", () => {
    const schema = z.strictObject({ a: z.strictObject({}) });

    expect(said(schema, { a: { b: 1 } })).toBe(
      "a.b: found a field that is not known; expected none of this name",
    );
  });

  it("keeps the name of a field on its line", () => {
    expect(said(z.strictObject({}), { "a\nb\u202e": 1 })).toMatch(/^a b\uFFFD: found a field/);
  });

  it("calls the items of a list by their ids, or counts them from 1", () => {
    const schema = z.object({ tasks: z.array(z.looseObject({ n: z.int() })) });

    expect(said(schema, { tasks: [{ task_id: "T2", n: 1.5 }] })).toMatch(/^tasks\.T2\.n: /);
    expect(said(schema, { tasks: [{ n: 1 }, { n: 1.5 }] })).toMatch(/^tasks\.2\.n: /);
  });

  it("says what is wrong inside the form that was meant", () => {
    expect(said(taskConditionSchema, { any: [{ at: "/x", op: ">", value: 1 }] })).toBe(
      'any.1.at: found "/x"; expected a JSON Pointer into /mission_inputs or /tasks/<task>/output',
    );
    expect(said(taskConditionSchema, { at: "/mission_inputs/x" })).toBe(
      "found an object; expected an object with either `all` or `any`, a list of terms",
    );
  });

  it("does not repeat a value that it is not given", () => {
    const error = z.object({ key: z.string().max(1) }).safeParse({ key: "secret" }).error;

    expect(error && sayFirstIssue(error)).toBe("key: expected a text of at most 1 character");
  });
});

describe("sayIssues", () => {
  it("has no word of a library, whatever is in a document", () => {
    const odd = [
      undefined,
      null,
      -1,
      1e300,
      1.5,
      "",
      "x".repeat(20_000),
      true,
      [],
      [1],
      {},
      { a: 1 },
    ];
    const told = DOCUMENT_NAMES.flatMap((name) =>
      odd.flatMap((value) =>
        [value, [value], [fill(value)]].flatMap((document) => {
          const { error } = documentSchema(name).safeParse(document);
          return error === undefined ? [] : sayIssues(error, document);
        }),
      ),
    );

    const words = told.map(({ found, expected }) => `${found} ${expected}`).join("\n");
    expect(told.length).toBeGreaterThan(500);
    expect(words).not.toMatch(/Invalid|Too |Unrecognized|received|undefined|\[object/);
  });
});

/** A record whose fields are all the same odd value. */
function fill(value: unknown): object {
  const names = DOCUMENT_NAMES.flatMap((name) => {
    const schema = documentSchema(name);
    return schema instanceof z.ZodArray && schema.element instanceof z.ZodObject
      ? Object.keys(schema.element.shape)
      : [];
  });
  return Object.fromEntries(names.map((name) => [name, value]));
}
