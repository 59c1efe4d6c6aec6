import { describe, expect, it } from "vitest";

import { isNestedDeeper } from "../../src/model/nesting.ts";

describe("isNestedDeeper", () => {
  it.each([
    ["text", "x", 0, false],
    ["nothing", null, 0, false],
    ["an empty list", [], 0, true],
    ["an empty list", [], 1, false],
    ["a list in an object", { a: [1] }, 1, true],
    ["a list in an object", { a: [1] }, 2, false],
    ["the deeper of two", [1, { a: { b: {} } }, [2]], 3, true],
    ["the deeper of two", [1, { a: { b: {} } }, [2]], 4, false],
  ])("counts the levels of %s: %j, %d", (_name, value, levels, isDeeper) => {
    expect(isNestedDeeper(value, levels)).toBe(isDeeper);
  });

  it("looks at a million levels without going down them", () => {
    const deep: unknown = JSON.parse(`${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}`);

    expect(isNestedDeeper(deep, 200)).toBe(true);
    expect(isNestedDeeper(deep, 999_999)).toBe(true);
    expect(isNestedDeeper(deep, 1_000_000)).toBe(false);
  });

  it("looks at long lists", () => {
    expect(
      isNestedDeeper(
        Array.from({ length: 500_000 }, () => []),
        2,
      ),
    ).toBe(false);
  });
});
