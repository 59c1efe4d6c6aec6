import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { instantSchema } from "../../src/model/primitives.ts";
import { addMinutes, compareInstants, createUntil, toInstant, toMs } from "../../src/model/time.ts";
import { NOON } from "../support/builders.ts";

describe("toInstant", () => {
  it.each([
    [0, "1970-01-01T00:00:00Z"],
    [1, "1970-01-01T00:00:00.001Z"],
    [253_402_300_799_999, "9999-12-31T23:59:59.999Z"],
    [253_402_300_800_000, "9999-12-31T23:59:59.999Z"],
    [-62_167_219_200_000, "0000-01-01T00:00:00Z"],
    [-62_167_219_200_001, "0000-01-01T00:00:00Z"],
    [Infinity, "9999-12-31T23:59:59.999Z"],
    [-Infinity, "0000-01-01T00:00:00Z"],
  ])("says %d as %s", (ms, instant) => {
    expect(toInstant(ms)).toBe(instant);
  });

  it("always gives what the schema of instants takes, in order", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, b) => {
        const [first, second] = [toInstant(Math.min(a, b)), toInstant(Math.max(a, b))];

        expect(instantSchema.safeParse(first).success).toBe(true);
        expect(compareInstants(first, second)).toBeLessThanOrEqual(0);
      }),
    );
  });
});

describe("addMinutes", () => {
  it("stops at the end of the year 9999, however much is added", () => {
    expect(addMinutes(NOON, 1e12)).toBe("9999-12-31T23:59:59.999Z");
    expect(addMinutes(NOON, 1e308)).toBe("9999-12-31T23:59:59.999Z");
  });
});

describe("createUntil", () => {
  it("has a say on instants at the ends of time", () => {
    expect(createUntil(toMs("9999-12-31T23:59:59Z") + 1e9)(NOON)).toBe(true);
    expect(createUntil(toMs("0000-01-01T00:00:00Z") - 1e9)(NOON)).toBe(false);
  });
});
