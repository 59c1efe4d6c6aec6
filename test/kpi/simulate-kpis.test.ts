import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { evaluateKpi } from "../../src/kpi/evaluate-kpis.ts";
import { kpisOfMission } from "../../src/kpi/observations.ts";
import { simulateKpis } from "../../src/kpi/simulate-kpis.ts";
import type { Reference } from "../../src/model/reference.ts";
import { aPlan, aReference } from "../support/builders.ts";

const reference: Reference = {
  ...aReference(aPlan({ T1: [], T2: ["T1"], T3: ["T2"] })),
  kpis: [
    {
      mission_id: "M",
      kpis: {
        target_cycle_days: 2,
        baseline_cycle_days: 5,
        target_score: 80,
        baseline_score: 40,
        csat_threshold: 4,
        max_price: 50,
        max_steps: 5,
      },
    },
  ],
};

const simulate = (slowness: number, task_id = "T3") =>
  simulateKpis({ mission_id: "M", task_id }, slowness, reference);

describe("simulateKpis", () => {
  it.each([
    [0, { cycle_days: 1.7, score: 84, csat: 4.4, price: 45 }],
    [0.2, { cycle_days: 2, score: 80, csat: 4.24, price: 47 }],
    [0.5, { cycle_days: 2.45, score: 74, csat: 4, price: 50 }],
    [1, { cycle_days: 3.2, score: 64, csat: 3.6, price: 55 }],
  ])("gives figures for slowness %d, steps not among them", (slowness, figures) => {
    expect(simulate(slowness)).toEqual(figures);
  });

  it("lets only the task at the end of the plan measure", () => {
    expect(simulate(0, "T1")).toEqual({});
    expect(simulate(0, "T2")).toEqual({});
    expect(simulateKpis({ mission_id: "X", task_id: "T3" }, 0, reference)).toEqual({});
  });

  it("never observes a time below 0, and other figures as they come", () => {
    const figures = { target_x_days: 0.01, baseline_x_days: 5, target_cost: 0, baseline_cost: 5 };
    const kpis = [{ mission_id: "M", kpis: figures }];

    expect(simulateKpis({ mission_id: "M", task_id: "T3" }, 0, { ...reference, kpis })).toEqual({
      x_days: 0,
      cost: -0.5,
    });
  });

  it("goes from the best to the worst that a KPI declares", () => {
    const definitions = { cost: { simulate: { best: 100, worst: 300 } } };
    const kpis = [{ mission_id: "M", kpis: { target_cost: 180 }, definitions }];
    const observed = (slowness: number) =>
      simulateKpis({ mission_id: "M", task_id: "T3" }, slowness, { ...reference, kpis })["cost"];

    expect([0, 0.5, 1].map(observed)).toEqual([100, 200, 300]);
  });

  it("is never better for slower work", () => {
    const slowness = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(slowness, slowness, (one, other) => {
        const fast = simulate(Math.min(one, other));
        const slow = simulate(Math.max(one, other));

        for (const definition of kpisOfMission("M", reference)) {
          const { kpi, direction } = definition;
          const change = (slow[kpi] ?? 0) - (fast[kpi] ?? 0);
          expect(direction === "lower" ? -change : change).toBeLessThanOrEqual(0);
        }
      }),
    );
  });

  it("hits all targets with the fastest work and none with the slowest", () => {
    const definitions = kpisOfMission("M", reference).filter(({ kpi }) => kpi !== "steps");
    const judge = (slowness: number) =>
      definitions.map((kpi) => evaluateKpi(kpi, simulate(slowness)[kpi.kpi]).status);

    expect(judge(0)).toEqual(["hit", "hit", "hit", "hit"]);
    expect(judge(1)).toEqual(["miss", "miss", "miss", "miss"]);
  });
});
