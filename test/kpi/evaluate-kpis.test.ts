import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { KpiDefinition } from "../../src/kpi/define-kpis.ts";
import { evaluateKpi, evaluateKpis } from "../../src/kpi/evaluate-kpis.ts";
import { LARGEST_FIGURE } from "../../src/model/primitives.ts";
import { SAMPLE_FACTS } from "../risk/sample.ts";
import { aRow } from "../support/builders.ts";
import { shuffledRowsArbitrary } from "./histories.ts";

const LESS = {
  kpi: "days",
  label: "days",
  unit: "",
  baseline: 5,
  target: 2,
  direction: "lower",
} as const;
const MORE = {
  kpi: "score",
  label: "score",
  unit: "",
  baseline: 40,
  target: 80,
  direction: "higher",
} as const;
const FLOOR = {
  kpi: "csat",
  label: "csat",
  unit: "",
  baseline: null,
  target: 4,
  direction: "higher",
} as const;
const CEILING = {
  kpi: "steps",
  label: "steps",
  unit: "",
  baseline: null,
  target: 5,
  direction: "lower",
} as const;

describe("evaluateKpi", () => {
  it("gives no figure that is infinite or none, up to the largest there are", () => {
    const figureArbitrary = fc.oneof(
      fc.double({ min: -LARGEST_FIGURE, max: LARGEST_FIGURE, noNaN: true }),
      fc.constantFrom(0, -0, 5e-324, -5e-324, 1e-300, LARGEST_FIGURE, -LARGEST_FIGURE),
    );
    const definitionArbitrary = fc.record({
      kpi: fc.constant("k"),
      label: fc.constant("K"),
      unit: fc.constant(""),
      baseline: fc.option(figureArbitrary),
      target: figureArbitrary,
      direction: fc.constantFrom("lower" as const, "higher" as const),
    });

    fc.assert(
      fc.property(definitionArbitrary, figureArbitrary, (definition, observed) => {
        const { improvement_pct, attainment_pct, gap } = evaluateKpi(definition, observed);

        expect(gap).toSatisfy(Number.isFinite);
        expect(Math.abs(improvement_pct ?? 0)).toBeLessThanOrEqual(LARGEST_FIGURE);
        expect(Math.abs(attainment_pct ?? 0)).toBeLessThanOrEqual(LARGEST_FIGURE);
      }),
    );
  });

  it.each([
    ["better than the target", LESS, 1.4, 72, 120, -0.6, "hit", "green"],
    ["exactly at the target", LESS, 2, 60, 100, 0, "hit", "green"],
    ["just off the target", LESS, 2.01, 59.8, 99.67, 0.01, "miss", "yellow"],
    ["exactly 20 % off", LESS, 2.4, 52, 86.67, 0.4, "miss", "yellow"],
    ["just over 20 % off", LESS, 2.41, 51.8, 86.33, 0.41, "miss", "red"],
    ["at the baseline", LESS, 5, 0, 0, 3, "miss", "red"],
    ["worse than the baseline", LESS, 6.5, -30, -50, 4.5, "miss", "red"],
    ["at 0", LESS, 0, 100, 166.67, -2, "hit", "green"],
  ] as const)(
    "measures less as better, %s",
    (_what, definition, observed, improvement_pct, attainment_pct, gap, status, light) => {
      const measured = { observed, improvement_pct, attainment_pct, gap, status, light };

      expect(evaluateKpi(definition, observed)).toEqual({ ...definition, ...measured });
    },
  );

  it.each([
    ["better than the target", 88, 120, 120, 8, "hit", "green"],
    ["exactly at the target", 80, 100, 100, 0, "hit", "green"],
    ["just off the target", 79.99, 99.98, 99.98, -0.01, "miss", "yellow"],
    ["exactly 20 % off", 64, 60, 60, -16, "miss", "yellow"],
    ["just over 20 % off", 63.99, 59.98, 59.98, -16.01, "miss", "red"],
    ["worse than the baseline", 30, -25, -25, -50, "miss", "red"],
  ] as const)(
    "measures more as better, %s",
    (_what, observed, improvement_pct, attainment_pct, gap, status, light) => {
      const measured = { observed, improvement_pct, attainment_pct, gap, status, light };

      expect(evaluateKpi(MORE, observed)).toEqual({ ...MORE, ...measured });
    },
  );

  it.each([
    [FLOOR, 4, 0, "hit", "green"],
    [FLOOR, 4.6, 0.6, "hit", "green"],
    [FLOOR, 3.99, -0.01, "miss", "yellow"],
    [FLOOR, 3.2, -0.8, "miss", "yellow"],
    [FLOOR, 3.19, -0.81, "miss", "red"],
    [CEILING, 5, 0, "hit", "green"],
    [CEILING, 4, -1, "hit", "green"],
    [CEILING, 6, 1, "miss", "yellow"],
    [CEILING, 6.01, 1.01, "miss", "red"],
  ] as const)(
    "measures the bound %j at %d without improvement or attainment",
    (definition, observed, gap, status, light) => {
      const nothing = { improvement_pct: null, attainment_pct: null };

      expect(evaluateKpi(definition, observed)).toEqual({
        ...definition,
        ...nothing,
        observed,
        gap,
        status,
        light,
      });
    },
  );

  it("has no attainment when the baseline is the target already", () => {
    const result = evaluateKpi({ ...LESS, baseline: 2 }, 3);

    expect(result).toMatchObject({ improvement_pct: -50, attainment_pct: null, status: "miss" });
  });

  it("has no improvement over a baseline of 0, but an attainment", () => {
    const result = evaluateKpi({ ...MORE, baseline: 0 }, 40);

    expect(result).toMatchObject({ improvement_pct: null, attainment_pct: 50, gap: -40 });
  });

  it("takes the size of a baseline below 0", () => {
    const result = evaluateKpi({ ...MORE, baseline: -40, target: 10 }, -20);

    expect(result).toMatchObject({ improvement_pct: 50, attainment_pct: 40 });
  });

  it("takes 20 % of the target's size, without errors of binary fractions", () => {
    expect(evaluateKpi({ ...LESS, target: 4.1 }, 4.92).light).toBe("yellow");
    expect(evaluateKpi({ ...LESS, target: -10 }, -8).light).toBe("yellow");
    expect(evaluateKpi({ ...LESS, target: -10 }, -7.99).light).toBe("red");
  });

  it("has nothing near a target of 0", () => {
    const definition = { ...LESS, target: 0 };

    expect(evaluateKpi(definition, 0).light).toBe("green");
    expect(evaluateKpi(definition, 0.01).light).toBe("red");
  });

  it("calls what was not measured neither hit nor 0", () => {
    expect(evaluateKpi(LESS, undefined)).toEqual({
      ...LESS,
      observed: null,
      improvement_pct: null,
      attainment_pct: null,
      gap: null,
      status: "not_measured",
      light: "grey",
    });
  });

  it("shows no error of binary fractions in the gap", () => {
    expect(evaluateKpi({ ...LESS, target: 0.3 }, 0.1 + 0.2)).toMatchObject({ gap: 0 });
    expect(evaluateKpi({ ...FLOOR, target: 4.1 }, 4.4).gap).toBe(0.3);
  });

  it("never gives minus 0", () => {
    expect(Object.is(evaluateKpi(LESS, 5).improvement_pct, 0)).toBe(true);
    expect(Object.is(evaluateKpi(MORE, 40).attainment_pct, 0)).toBe(true);
    expect(Object.is(evaluateKpi({ ...LESS, baseline: 1, target: 3 }, 1).attainment_pct, 0)).toBe(
      true,
    );
  });

  it("is green exactly when hit, whatever the figures", () => {
    const figure = fc.integer({ min: 0, max: 1000 }).map((value) => value / 10);
    const definitions: fc.Arbitrary<KpiDefinition> = fc.record({
      kpi: fc.constant("x"),
      label: fc.constant("X"),
      unit: fc.constant(""),
      baseline: fc.option(figure),
      target: figure,
      direction: fc.constantFrom("lower", "higher"),
    });
    fc.assert(
      fc.property(definitions, figure, (definition, observed) => {
        const { status, light, gap } = evaluateKpi(definition, observed);
        const isHit = definition.direction === "lower" ? (gap ?? 1) <= 0 : (gap ?? -1) >= 0;

        expect(status).toBe(isHit ? "hit" : "miss");
        expect(light === "green").toBe(isHit);
      }),
    );
  });
});

describe("a KPI of which nothing tells what is good", () => {
  it("is measured, and neither hit nor missed", () => {
    const definition = { ...LESS, baseline: null, direction: "unknown" } as const;

    expect(evaluateKpi(definition, 9)).toMatchObject({
      observed: 9,
      gap: 7,
      improvement_pct: null,
      status: "direction_unknown",
      light: "grey",
    });
  });
});

describe("evaluateKpis", () => {
  const evaluate = (definitions: readonly KpiDefinition[], rows = [aRow()]) =>
    evaluateKpis(definitions, {
      observations: { days: 3, steps: 99, other: 1 },
      rows,
      isComplete: true,
    });

  it("grades no run that has not completed, and counts no steps of it", () => {
    const STEPS = { ...FLOOR, kpi: "steps", label: "Steps" };
    const results = evaluateKpis([LESS, STEPS], {
      observations: { days: 3 },
      rows: [aRow()],
      isComplete: false,
    });

    expect(results).toMatchObject([
      { kpi: "days", observed: 3, gap: 1, status: "not_graded", light: "grey" },
      { kpi: "steps", observed: null, status: "not_measured" },
    ]);
  });

  it("takes each KPI's own observation, in the order of the definitions", () => {
    const results = evaluate([FLOOR, LESS]);

    expect(results.map(({ kpi, observed }) => [kpi, observed])).toEqual([
      ["csat", null],
      ["days", 3],
    ]);
  });

  it("counts steps from the log, whatever was observed", () => {
    const rows = [
      aRow({ outcome: "failed" }),
      aRow({ attempt: 2, outcome: "rejected", stage: "before" }),
      aRow({ attempt: 3, outcome: "rejected", stage: "after" }),
      aRow({ attempt: 4, outcome: "approved" }),
      aRow({ task_id: "T2", outcome: "skipped" }),
      aRow({ task_id: "T3" }),
    ];

    expect(evaluate([CEILING], rows)[0]).toMatchObject({ observed: 4, gap: -1, status: "hit" });
  });

  it("has not measured steps before anything ran, and 0 when nothing but refusals did", () => {
    expect(evaluate([CEILING], [])[0]?.status).toBe("not_measured");
    expect(evaluate([CEILING], [aRow({ outcome: "rejected" })])[0]?.observed).toBe(0);
  });

  it("does not take an observation from what every object has", () => {
    expect(
      evaluate([{ ...LESS, kpi: "constructor", label: "constructor", unit: "" }])[0]?.observed,
    ).toBeNull();
  });

  it("does not depend on the order of the rows", () => {
    fc.assert(
      fc.property(shuffledRowsArbitrary(), ({ rows, shuffled }) => {
        expect(evaluate([CEILING], shuffled)).toEqual(evaluate([CEILING], rows));
      }),
    );
  });

  it.each([
    ["RUN_2026_02_01_001", ["onboarding_time_days 3.1 miss red", "steps 3 hit green"]],
    ["RUN_2026_02_03_002", ["onboarding_time_days 2.6 miss red", "steps 3 hit green"]],
    ["RUN_2026_02_05_003", ["onboarding_time_days 2.1 miss yellow", "steps 3 hit green"]],
    ["RUN_2026_02_02_004", ["pipeline_days 10 miss red", "touchpoints null not_measured grey"]],
    ["RUN_2026_02_04_005", ["pipeline_days 8 miss yellow", "touchpoints null not_measured grey"]],
    ["RUN_2026_02_01_006", ["resolution_time_hours 5.2 miss red", "csat 3.8 miss yellow"]],
    ["RUN_2026_02_03_007", ["resolution_time_hours 3.9 hit green", "csat 4.3 hit green"]],
    ["RUN_2026_02_06_008", ["resolution_time_hours 3.2 hit green", "csat 4.6 hit green"]],
  ])("judges the sample's %s", (runId, expected) => {
    const facts = SAMPLE_FACTS.find(({ run }) => run.run_id === runId);

    expect(
      facts?.kpis.map(({ kpi, observed, status, light }) =>
        [kpi, observed ?? "null", status, light].join(" "),
      ),
    ).toEqual(expected);
  });

  it("measures improvement and attainment of the sample's first run", () => {
    expect(SAMPLE_FACTS[0]?.kpis[0]).toMatchObject({
      improvement_pct: 38,
      attainment_pct: 63.33,
      gap: 1.1,
    });
  });
});
