import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { KpiDefinition } from "../../src/kpi/define-kpis.ts";
import { evaluateKpi } from "../../src/kpi/evaluate-kpis.ts";
import { sumOutcome } from "../../src/kpi/sum-outcome.ts";

const time: KpiDefinition = {
  kpi: "days",
  label: "Days",
  unit: "days",
  baseline: 5,
  target: 2,
  direction: "lower",
};
const at = (observed: number | undefined) => evaluateKpi(time, observed);

describe("sumOutcome", () => {
  it.each([
    ["nothing", [], { on_target: 0, judged: 0, others: 0, attainment_pct: null, light: "grey" }],
    ["all hit", [2, 1], { on_target: 2, judged: 2, attainment_pct: 100, light: "green" }],
    ["a near miss", [2, 2.3], { on_target: 1, judged: 2, light: "yellow" }],
    ["a miss", [2, 2.3, 4], { on_target: 1, judged: 3, light: "red" }],
    ["one worse than its baseline", [2, 9], { attainment_pct: 50, light: "red" }],
    ["one not measured", [2, undefined], { on_target: 1, judged: 1, others: 1, light: "green" }],
  ] as const)("of %s", (_what, observed, outcome) => {
    expect(sumOutcome(observed.map(at))).toMatchObject(outcome);
  });

  it("leaves what has no direction out of the grades", () => {
    const unknown = evaluateKpi({ ...time, kpi: "x", direction: "unknown" }, 1);

    expect(sumOutcome([unknown])).toMatchObject({ judged: 0, others: 1, light: "grey" });
  });

  it("is green only when every grade is a hit, with attainment in [0, 100]", () => {
    const observations = fc.array(fc.option(fc.double({ min: -99, max: 99, noNaN: true })));
    fc.assert(
      fc.property(observations, (observed) => {
        const outcome = sumOutcome(observed.map((each) => at(each ?? undefined)));

        expect(outcome.light === "green").toBe(
          outcome.judged > 0 && outcome.on_target === outcome.judged,
        );
        expect(outcome.judged + outcome.others).toBe(observed.length);
        expect(outcome.attainment_pct ?? 0).toBeGreaterThanOrEqual(0);
        expect(outcome.attainment_pct ?? 0).toBeLessThanOrEqual(100);
      }),
    );
  });
});
