import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { canonicalJson } from "../../src/model/canonical-json.ts";
import { isEqual } from "../../src/model/is-equal.ts";

/** What JSON can hold: not -0, which it writes as 0. */
const jsonArbitrary = fc
  .jsonValue({ noUnicodeString: false })
  .map((value): unknown => JSON.parse(JSON.stringify(value)));

describe("isEqual", () => {
  it.each([
    [1, 1, true],
    [1, "1", false],
    [0, false, false],
    ["", null, false],
    [null, null, true],
    [null, {}, false],
    [[], {}, false],
    [{}, {}, true],
    [[1, 2], [1, 2], true],
    [[1, 2], [2, 1], false],
    [[1], [1, 1], false],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
    [{ a: 1 }, { b: 1 }, false],
    [{ a: 1 }, { a: 1, b: 1 }, false],
    [{ a: null }, {}, false],
    [{ 0: 1 }, [1], false],
    [{ a: { b: [{ c: 1 }] } }, { a: { b: [{ c: 1 }] } }, true],
    [{ a: { b: [{ c: 1 }] } }, { a: { b: [{ c: 2 }] } }, false],
  ])("compares %j with %j: %s", (a, b, expected) => {
    expect(isEqual(a, b)).toBe(expected);
    expect(isEqual(b, a)).toBe(expected);
  });

  it("takes a field that is undefined for one that is missing", () => {
    expect(isEqual({ a: 1, b: undefined }, { a: 1 })).toBe(true);
    expect(isEqual({ b: undefined }, { a: undefined })).toBe(true);
    expect(isEqual({ a: undefined }, { a: null })).toBe(false);
  });

  it("does not take a field for there that every object has", () => {
    expect(isEqual({ toString: 1 }, { valueOf: 1 })).toBe(false);
    expect(isEqual(JSON.parse('{"__proto__": 1}'), {})).toBe(false);
  });

  it("agrees with the JSON texts of any two values", () => {
    fc.assert(
      fc.property(jsonArbitrary, jsonArbitrary, (a, b) => {
        expect(isEqual(a, b)).toBe(canonicalJson(a) === canonicalJson(b));
        expect(isEqual([a, { b }], [a, { b }])).toBe(true);
      }),
    );
  });

  it("knows a copy, and a copy with something changed", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), jsonArbitrary, { minKeys: 1 }), (value) => {
        const copy: Record<string, unknown> = JSON.parse(JSON.stringify(value));
        expect(isEqual(value, copy)).toBe(true);

        const [key = ""] = Object.keys(copy);
        expect(isEqual(value, { ...copy, [key]: { changed: copy[key] } })).toBe(false);
      }),
    );
  });
});
