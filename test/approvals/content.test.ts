import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  type Hash,
  OUTPUT_REF,
  applyEdits,
  contentHash,
  flatten,
} from "../../src/approvals/content.ts";
import type { Json } from "../../src/model/primitives.ts";

/** Shows what is hashed, so that equal hashes mean equal text. */
const plain: Hash = (text) => text;

describe("contentHash", () => {
  const subject = {
    task_id: "T1",
    agent_id: "A1",
    stage: "before",
    content: { T0: { a: 1 } },
    mission_inputs: {},
  };
  type Subject = Parameters<typeof contentHash>[0];
  const asked: Subject = { ...subject, stage: "before" };

  it.each<{ what: string; change: Partial<Subject> }>([
    { what: "task", change: { task_id: "T10" } },
    { what: "agent", change: { agent_id: "A10" } },
    { what: "stage", change: { stage: "failure" } },
    { what: "value", change: { content: { T0: { a: 2 } } } },
    { what: "type of a value", change: { content: { T0: { a: "1" } } } },
    { what: "place of a value", change: { content: { T0: {}, a: 1 } } },
    { what: "presence of a value", change: { content: { T0: { a: 1, b: null } } } },
    { what: "content as a whole", change: { content: {} } },
  ])("changes with the $what", ({ change }) => {
    expect(contentHash({ ...asked, ...change }, plain)).not.toBe(contentHash(asked, plain));
  });

  it("is the same for equal content, whatever the order of its keys", () => {
    const one = contentHash({ ...asked, content: { a: { c: 1, d: 2 }, b: [1, 2] } }, plain);
    const other = contentHash({ ...asked, content: { b: [1, 2], a: { d: 2, c: 1 } } }, plain);

    expect(one).toBe(other);
  });

  it("changes with the order of a list", () => {
    const one = contentHash({ ...asked, content: [1, 2] }, plain);

    expect(one).not.toBe(contentHash({ ...asked, content: [2, 1] }, plain));
  });

  it("hashes the canonical JSON of task, agent, stage and content with the hash it is given", () => {
    const texts: string[] = [];

    const result = contentHash(asked, (text) => {
      texts.push(text);
      return "abc";
    });

    expect(result).toBe("abc");
    expect(texts).toEqual([
      '{"agent_id":"A1","content":{"T0":{"a":1}},"stage":"before","task_id":"T1"}',
    ]);
  });

  it("sees a key that objects treat in a special way", () => {
    const special: unknown = JSON.parse('{"__proto__":{"a":1}}');

    const result = contentHash({ ...asked, content: special }, plain);

    expect(result).not.toBe(contentHash({ ...asked, content: {} }, plain));
  });
});

describe("flatten", () => {
  it.each<{ value: Json; args: object }>([
    { value: "done", args: { output: "done" } },
    { value: 0, args: { output: 0 } },
    { value: false, args: { output: false } },
    { value: "", args: { output: "" } },
    { value: { T1: "a" }, args: { T1: "a" } },
    { value: { T1: { customer: { name: "Bo" } } }, args: { "T1.customer.name": "Bo" } },
    { value: { T1: [{ a: 1 }, 2] }, args: { "T1.0.a": 1, "T1.1": 2 } },
    { value: ["x", "y"], args: { "0": "x", "1": "y" } },
    { value: { a: false, b: 0, c: "" }, args: { a: false, b: 0, c: "" } },
    { value: null, args: {} },
    { value: {}, args: {} },
    { value: [], args: {} },
    { value: { a: null, b: { c: [null, {}] } }, args: {} },
  ])("names the plain values of $value by their paths", ({ value, args }) => {
    expect(flatten(value, "output")).toEqual(args);
  });

  it("keeps values under names that every object inherits", () => {
    const args = flatten({ constructor: "Acme", toString: { valueOf: 1 } }, "output");

    expect(args).toEqual({ constructor: "Acme", "toString.valueOf": 1 });
  });

  it("keeps a task and another whose name it begins with apart", () => {
    expect(flatten({ T1: { a: 1 }, T10: { a: 2 } }, "inputs")).toEqual({ "T1.a": 1, "T10.a": 2 });
  });

  it.each([
    { length: 20_000, isShown: true },
    { length: 20_001, isShown: false },
  ])("shows a text of $length characters: $isShown", ({ length, isShown }) => {
    const args = flatten({ text: "x".repeat(length), other: 1 }, "output");

    expect(Object.hasOwn(args, "text")).toBe(isShown);
    expect(args["other"]).toBe(1);
  });

  it.each([
    { count: 200, shown: 200 },
    { count: 201, shown: 200 },
  ])("shows $shown of $count values, the first ones", ({ count, shown }) => {
    const values = Array.from({ length: count }, (_, position) => position);

    const args = flatten(values, "output");

    expect(Object.values(args)).toEqual(values.slice(0, shown));
  });

  it("does not show the reference that stands for a large input", () => {
    expect(flatten({ T1: { [OUTPUT_REF]: "abc" }, T2: 1 }, "inputs")).toEqual({ T2: 1 });
  });

  it("is flat, without null, and of a readable size for any JSON value", () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const values = Object.values(flatten(value, "output"));

        expect(values.length).toBeLessThanOrEqual(200);
        expect(values.every((inner) => typeof inner !== "object")).toBe(true);
      }),
    );
  });
});

describe("applyEdits", () => {
  it.each<{ value: Json; edits: Record<string, string | number | boolean>; edited: Json }>([
    { value: "old", edits: { output: "new" }, edited: "new" },
    { value: 5, edits: { output: 0 }, edited: 0 },
    { value: true, edits: { output: false }, edited: false },
    { value: "old", edits: { output: "" }, edited: "" },
    {
      value: { T1: { a: 1, b: 2 } },
      edits: { "T1.a": 9 },
      edited: { T1: { a: 9, b: 2 } },
    },
    { value: { T1: [{ a: 1 }, 2] }, edits: { "T1.1": 3 }, edited: { T1: [{ a: 1 }, 3] } },
    { value: [1, 2], edits: { "0": 7 }, edited: [7, 2] },
    { value: { T1: 1, T10: 1 }, edits: { T1: 2 }, edited: { T1: 2, T10: 1 } },
    { value: { a: null, b: 1 }, edits: { b: 2 }, edited: { a: null, b: 2 } },
  ])("replaces $edits in $value", ({ value, edits, edited }) => {
    expect(applyEdits(value, edits, "output")).toEqual(edited);
  });

  it("ignores paths that are not there", () => {
    const value = { T1: { a: 1 } };

    const edited = applyEdits(value, { instruction: "x", "T1.b": 2, T2: 3, T1: 4 }, "inputs");

    expect(edited).toEqual({ T1: { a: 1 } });
  });

  it("takes no inherited property for an edit", () => {
    const value = { constructor: "Acme", toString: "text", hasOwnProperty: true };

    expect(applyEdits(value, {}, "inputs")).toEqual(value);
  });

  it("leaves the value that it was given alone", () => {
    const value = { T1: { a: [1] } };

    applyEdits(value, { "T1.a.0": 2 }, "inputs");

    expect(value).toEqual({ T1: { a: [1] } });
  });

  it("changes nothing without edits, for any JSON value", () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(applyEdits(value, {}, "output")).toEqual(value);
      }),
    );
  });

  it("changes what is shown under an edited name, and nothing else", () => {
    fc.assert(
      fc.property(aTree, fc.nat(), (value, pick) => {
        const before = flatten(value, "output");
        const names = Object.keys(before);
        const name = names[pick % Math.max(1, names.length)];
        fc.pre(name !== undefined);

        const edited = applyEdits(value, { [name]: "edited" }, "output");

        expect(flatten(edited, "output")).toEqual({ ...before, [name]: "edited" });
      }),
    );
  });
});

/** Names without a dot: paths made of them have one meaning. */
const aName = fc.stringMatching(/^[a-zA-Z_]{1,4}$/);
const { tree: aTree } = fc.letrec<{ tree: Json; leaf: Json }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    tie("leaf"),
    fc.array(tie("tree"), { maxLength: 3 }),
    fc.dictionary(aName, tie("tree"), { maxKeys: 3, noNullPrototype: true }),
  ),
  leaf: fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
}));
const anyJson: fc.Arbitrary<Json> = fc.json().map((text): Json => JSON.parse(text));
