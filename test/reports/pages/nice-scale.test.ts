import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { scaleAround, scaleFromZero } from "../../../src/reports/pages/nice-scale.ts";

describe("scaleFromZero", () => {
  it.each([
    { values: [7], scale: { min: 0, max: 8, interval: 2 } },
    { values: [17, 20], scale: { min: 0, max: 20, interval: 5 } },
    { values: [0], scale: { min: 0, max: 1, interval: 1 } },
    { values: [], scale: { min: 0, max: 1, interval: 1 } },
    { values: [-3, 10], scale: { min: -5, max: 10, interval: 5 } },
    { values: [0.3], scale: { min: 0, max: 0.3, interval: 0.1 } },
  ])("puts $values on a round axis", ({ values, scale }) => {
    expect(scaleFromZero(values)).toEqual(scale);
  });

  it("steps by whole numbers where things are counted", () => {
    expect(scaleFromZero([1], 1)).toEqual({ min: 0, max: 1, interval: 1 });
  });

  it("holds every value, and few steps", () => {
    const values = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(values, (list) => {
        const { min, max, interval } = scaleFromZero(list);
        const dust = interval * 1e-6;

        expect(min).toBeLessThanOrEqual(Math.min(0, ...list) + dust);
        expect(max).toBeGreaterThanOrEqual(Math.max(0, ...list) - dust);
        expect((max - min) / interval).toBeLessThanOrEqual(6.001);
      }),
    );
  });
});

describe("scaleAround", () => {
  it("leaves zero out when the values are far from it for what they differ by", () => {
    expect(scaleAround([3.8, 4.6])).toEqual({ min: 3.5, max: 5, interval: 0.5 });
    expect(scaleAround([2, 5])).toEqual({ min: 0, max: 6, interval: 2 });
    expect(scaleAround([4])).toEqual({ min: 0, max: 4, interval: 1 });
  });

  it("is an axis even where there is nothing to show", () => {
    expect(scaleAround([])).toEqual({ min: 0, max: 1, interval: 1 });
  });
});
