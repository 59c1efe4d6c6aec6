import { describe, expect, it } from "vitest";

import { kpisOfMission, requireKnownKpis } from "../../src/kpi/observations.ts";
import type { Reference } from "../../src/model/reference.ts";
import { planRun } from "../../src/planning/plan-run.ts";
import { aReference } from "../support/builders.ts";

const reference: Reference = {
  ...aReference([]),
  kpis: [
    { mission_id: "L", kpis: { target_price: 1 } },
    { mission_id: "M", kpis: { target_cost: 2, csat_threshold: 4, max_steps: 5 } },
    { mission_id: "N", kpis: {} },
  ],
};

const requireOf = (mission: string, names: readonly string[]) => () =>
  requireKnownKpis(names, mission, planRun(mission, reference).kpis);

describe("kpisOfMission", () => {
  it("has the KPIs of that mission and no other", () => {
    expect(kpisOfMission("M", reference).map(({ kpi }) => kpi)).toEqual(["cost", "csat", "steps"]);
    expect(kpisOfMission("L", reference).map(({ kpi }) => kpi)).toEqual(["price"]);
  });

  it("has none for a mission without figures", () => {
    expect(kpisOfMission("X", reference)).toEqual([]);
  });
});

describe("requireKnownKpis", () => {
  it.each([[["cost", "csat"]], [[]]])("accepts %j", (names) => {
    expect(requireOf("M", names)).not.toThrow();
  });

  it("refuses unknown names with the list of known ones", () => {
    expect(requireOf("M", ["csat", "speed", "price"])).toThrow(
      expect.objectContaining({
        code: "BAD_INPUT",
        message: 'M is not measured by "speed", "price". Its KPIs: cost, csat.',
        details: { unknown: ["speed", "price"], known: ["cost", "csat"] },
      }),
    );
  });

  it("refuses steps, which are counted, and says so", () => {
    expect(requireOf("M", ["steps"])).toThrow(
      'M is not measured by "steps". "steps" is counted from the log. Its KPIs: cost, csat.',
    );
  });

  it("says when a mission has no KPI", () => {
    expect(requireOf("N", ["cost"])).toThrow('N is not measured by "cost". Its KPIs: none.');
  });
});
