import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";

import { LARGEST_OUTPUT, copyPlainJson } from "../../src/agents/plain-json.ts";
import { jsonSchema } from "../../src/model/primitives.ts";

const copy = (value: unknown) => copyPlainJson(value, "output");

function tryToCopy(value: unknown): { readonly copied: unknown; readonly refusal: string } {
  try {
    return { copied: copy(value), refusal: "" };
  } catch (error) {
    return { copied: null, refusal: String(error) };
  }
}

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

describe("copyPlainJson", () => {
  it("copies any JSON as it is, and shares nothing with it", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        fc.pre(!JSON.stringify(value).includes('"__proto__"'));
        const boxed = { value: [value] };
        const before = JSON.stringify(boxed);

        const copied = copy(boxed);

        expect(JSON.stringify(copied)).toBe(before);
        expect(Reflect.get(Object(copied), "value")).not.toBe(boxed.value);
      }),
    );
  });

  it("gives JSON that its schema takes, or refuses, whatever it is given", () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withSet: true,
      withSparseArray: true,
      withTypedArray: true,
    });
    fc.assert(
      fc.property(anything, (value) => {
        const { copied, refusal } = tryToCopy(value);

        expect(refusal).toMatch(/^$|^Error: output/);
        expect(jsonSchema.parse(copied)).toEqual(copied);
        expect(JSON.parse(JSON.stringify(copied))).toEqual(copied);
      }),
    );
  });

  it("leaves out what is undefined, and what is not a field for all to see", () => {
    const value = Object.defineProperty({ a: 1, b: undefined, [Symbol("s")]: 2 }, "hidden", {
      value: 3,
    });

    expect(copy(value)).toEqual({ a: 1 });
    expect(Object.keys(Object(copy(value)))).toEqual(["a"]);
  });

  it("is of what is there, whatever has been done to all objects", () => {
    const given: unknown[] = [];
    const prototype: object = Object.getPrototypeOf({});
    Object.defineProperty(prototype, "hack", {
      configurable: true,
      set(value) {
        given.push(value);
      },
    });
    onTestFinished(() => void Reflect.deleteProperty(prototype, "hack"));

    const copied = copy(JSON.parse('{"hack": 1, "b": 2}'));

    expect(JSON.stringify(copied)).toBe('{"hack":1,"b":2}');
    expect(given).toEqual([]);
  });

  it("takes objects without a prototype, and those of another context", () => {
    const bare: object = Object.assign(Object.create(null), { a: 1 });

    expect(copy(bare)).toEqual({ a: 1 });
    expect(copy(structuredClone({ a: [bare] }))).toEqual({ a: [{ a: 1 }] });
  });

  it("replaces half characters, and turns -0 into 0", () => {
    expect(copy({ "\uDC00k": "a\uD83Db", whole: "😀", zero: -0 })).toEqual({
      "\uFFFDk": "a\uFFFDb",
      whole: "😀",
      zero: 0,
    });
  });

  it("takes 100 levels and refuses 101, naming no more of the path than can be read", () => {
    expect(copy(nested(100))).toEqual(nested(100));
    expect(() => copy(nested(101))).toThrow(/^.{1,250}$/);
    expect(() => copy(nested(101))).toThrow("more than 100 levels deep");
  });

  it("takes what is shared, and refuses a circle", () => {
    const shared = { a: 1 };
    const circle: unknown[] = [];
    circle.push({ back: circle });

    expect(copy([shared, shared])).toEqual([{ a: 1 }, { a: 1 }]);
    expect(() => copy(circle)).toThrow("output[0].back refers back to what it is in");
  });

  it("takes an output up to its limit", () => {
    const text = "x".repeat(LARGEST_OUTPUT - 4);

    expect(copy(text)).toBe(text);
    expect(() => copy(`${text}x`)).toThrow(`larger than ${LARGEST_OUTPUT}`);
  });

  it.each([
    ["Math", Math],
    ["a regular expression", /x/],
    ["an error", new Error("x")],
    ["boxed text", Object("x")],
    ["bytes", new Uint8Array(2)],
  ])("refuses %s", (_name, value) => {
    expect(() => copy(value)).toThrow(/not plain JSON$/);
  });

  it("keeps an object that merely has a field `lc`", () => {
    expect(copy({ lc: 1, kind: "light cruiser" })).toEqual({ lc: 1, kind: "light cruiser" });
  });
});
