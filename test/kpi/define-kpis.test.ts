import { describe, expect, it } from "vitest";

import { type KpiDefinition, defineKpis, timeBudgetMinutes } from "../../src/kpi/define-kpis.ts";
import { SAMPLE_REFERENCE } from "../risk/sample.ts";

const aDefinition = (fields: Partial<KpiDefinition> = {}): KpiDefinition => ({
  kpi: "onboarding_days",
  label: "Onboarding",
  unit: "days",
  baseline: 5,
  target: 2,
  direction: "lower",
  ...fields,
});

describe("defineKpis", () => {
  it.each([
    ["a target below its baseline", { target_cost: 2, baseline_cost: 5 }, "cost", 5, 2, "lower"],
    ["a target above its baseline", { target_cost: 5, baseline_cost: 2 }, "cost", 2, 5, "higher"],
    ["a time that should grow", { target_x_days: 5, baseline_x_days: 2 }, "x_days", 2, 5, "higher"],
    ["a time at its target", { target_x_days: 2, baseline_x_days: 2 }, "x_days", 2, 2, "lower"],
    ["hours at their target", { target_x_hours: 2, baseline_x_hours: 2 }, "x_hours", 2, 2, "lower"],
    ["minutes without baseline", { target_x_minutes: 2 }, "x_minutes", null, 2, "lower"],
    ["any other at its target", { target_cost: 2, baseline_cost: 2 }, "cost", 2, 2, "unknown"],
    ["any other without baseline", { target_cost: 2 }, "cost", null, 2, "unknown"],
    ["a baseline of 0", { target_cost: 2, baseline_cost: 0 }, "cost", 0, 2, "higher"],
    ["a floor by min_", { min_touchpoints: 3 }, "touchpoints", null, 3, "higher"],
    ["a floor by _threshold", { csat_threshold: 4 }, "csat", null, 4, "higher"],
    ["a floor of a time", { min_notice_days: 3 }, "notice_days", null, 3, "higher"],
    ["a ceiling by max_", { max_steps: 5 }, "steps", null, 5, "lower"],
    ["a ceiling that is a threshold", { max_cost_threshold: 5 }, "cost", null, 5, "lower"],
  ] as const)("reads %s", (_what, figures, kpi, baseline, target, direction) => {
    expect(defineKpis({ kpis: figures })).toMatchObject([{ kpi, baseline, target, direction }]);
  });

  it("finds the baseline whatever the order of the figures", () => {
    expect(defineKpis({ kpis: { baseline_cost: 5, target_cost: 2 } })).toEqual([
      aDefinition({ kpi: "cost", label: "Cost", unit: "" }),
    ]);
  });

  it("keeps the order of the targets", () => {
    const figures = { max_b: 1, target_a: 2, c_threshold: 3, min_d: 4 };

    expect(defineKpis({ kpis: figures }).map(({ kpi }) => kpi)).toEqual(["b", "a", "c", "d"]);
  });

  it("leaves out a baseline without a target and a figure without a role", () => {
    expect(
      defineKpis({ kpis: { baseline_cost: 5, cost: 3, cost_max: 1, my_target_cost: 2 } }),
    ).toEqual([]);
  });

  it("does not take the baseline of another KPI", () => {
    expect(defineKpis({ kpis: { target_cost: 2, baseline_price: 5 } })[0]?.baseline).toBeNull();
  });

  it.each([
    ["onboarding_time_days", "Onboarding time", "days"],
    ["days", "Days", "days"],
    ["csat", "Csat", ""],
    ["error_rate_pct", "Error rate", "%"],
    ["cost_eur", "Cost", "€"],
  ])("calls %s %s in %s when nothing is declared", (kpi, label, unit) => {
    expect(defineKpis({ kpis: { [`max_${kpi}`]: 1 } })).toMatchObject([{ kpi, label, unit }]);
  });

  it("goes by what is declared", () => {
    const declared = {
      label: "Cost per claim",
      unit: "€",
      direction: "lower",
      decimals: 0,
    } as const;
    const kpis = { target_cost: 180, min_cost_floor: 1 };

    expect(defineKpis({ kpis, definitions: { cost: declared, other: {} } })).toMatchObject([
      { kpi: "cost", ...declared, target: 180 },
      { kpi: "cost_floor", label: "Cost floor", direction: "higher" },
    ]);
  });

  it("reads the sample's KPIs", () => {
    expect(SAMPLE_REFERENCE.kpis.map(defineKpis)).toMatchObject([
      [
        { kpi: "onboarding_time_days", baseline: 5, target: 2, direction: "lower" },
        { kpi: "steps", baseline: null, target: 5, direction: "lower" },
      ],
      [
        { kpi: "pipeline_days", baseline: 14, target: 7, direction: "lower" },
        { kpi: "touchpoints", baseline: null, target: 3, direction: "higher" },
      ],
      [
        { kpi: "resolution_time_hours", baseline: 12, target: 4, direction: "lower" },
        { kpi: "csat", baseline: null, target: 4, direction: "higher" },
      ],
    ]);
  });
});

describe("timeBudgetMinutes", () => {
  it.each([
    ["onboarding_days", 2880],
    ["onboarding_hours", 120],
    ["onboarding_minutes", 2],
  ] as const)("turns a target of 2 %s into %i minutes", (kpi, minutes) => {
    expect(timeBudgetMinutes(undefined, [aDefinition({ kpi })])).toBe(minutes);
  });

  it("takes the shortest target", () => {
    const definitions = [
      aDefinition({ kpi: "a_days", target: 1 }),
      aDefinition({ kpi: "b_minutes", target: 90 }),
      aDefinition({ kpi: "c_hours", target: 2 }),
    ];

    expect(timeBudgetMinutes({}, definitions)).toBe(90);
  });

  it("takes what the mission says, be it longer than a target", () => {
    expect(timeBudgetMinutes({ time_budget_minutes: 9999 }, [aDefinition()])).toBe(9999);
  });

  it("counts a ceiling, but not a time that should be long", () => {
    const ceiling = aDefinition({ kpi: "a_hours", baseline: null, target: 3 });
    const floor = aDefinition({ kpi: "b_hours", baseline: null, target: 1, direction: "higher" });

    expect(timeBudgetMinutes(undefined, [floor, ceiling])).toBe(180);
    expect(timeBudgetMinutes(undefined, [floor])).toBeUndefined();
  });

  it("is unknown when no KPI is a time", () => {
    expect(timeBudgetMinutes({}, [aDefinition({ kpi: "days_cost" })])).toBeUndefined();
    expect(timeBudgetMinutes(undefined, [])).toBeUndefined();
  });
});
