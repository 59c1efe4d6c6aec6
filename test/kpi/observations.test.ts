import { describe, expect, it } from "vitest";

import {
  kpisOfMission,
  requireUsableFigures,
  usableObservations,
  warnOfObservations,
} from "../../src/kpi/observations.ts";
import type { Reference } from "../../src/model/reference.ts";
import { aReference } from "../support/builders.ts";

const reference: Reference = {
  ...aReference([]),
  kpis: [
    { mission_id: "L", kpis: { target_price: 1, target_delay_days: 3 } },
    { mission_id: "M", kpis: { target_cost: 2, csat_threshold: 4, max_steps: 5 } },
    { mission_id: "N", kpis: {} },
  ],
};

const requireOf = (mission: string, names: readonly string[]) => () =>
  requireUsableFigures(
    Object.fromEntries(names.map((name) => [name, 1])),
    mission,
    kpisOfMission(mission, reference),
  );

describe("kpisOfMission", () => {
  it("has the KPIs of that mission and no other", () => {
    expect(kpisOfMission("M", reference).map(({ kpi }) => kpi)).toEqual(["cost", "csat", "steps"]);
    expect(kpisOfMission("L", reference).map(({ kpi }) => kpi)).toEqual(["price", "delay_days"]);
  });

  it("has none for a mission without figures", () => {
    expect(kpisOfMission("X", reference)).toEqual([]);
  });
});

describe("requireUsableFigures", () => {
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

describe("figures below 0", () => {
  const kpis = kpisOfMission("L", reference);

  it("are numbers, but for lengths of time", () => {
    const given = { price: -2, delay_days: -1 };

    expect(() => requireUsableFigures({ price: -2 }, "L", kpis)).not.toThrow();
    expect(() => requireUsableFigures(given, "L", kpis)).toThrow(
      "delay_days is a time, and cannot be -1.",
    );
    expect(usableObservations(given, kpis)).toEqual({ price: -2 });
  });
});

describe("what an agent observed", () => {
  const kpis = kpisOfMission("M", reference);

  it("counts for nothing where the mission has no such KPI, and a warning says so", () => {
    const observed = { csat: 4, costs: 3, steps: 2 };

    expect(usableObservations(observed, kpis)).toEqual({ csat: 4 });
    expect(warnOfObservations(observed, kpis)).toEqual([
      "observed costs, which the mission is not measured by; did you mean cost?",
      "observed steps, which the mission is not measured by",
    ]);
    expect(warnOfObservations({ csat: 4 }, kpis)).toEqual([]);
  });
});
