import { describe, expect, it } from "vitest";

import type { MissionKpis } from "../../src/model/mission-kpis.ts";
import { findKpiFaults, findUnknownDirections } from "../../src/planning/kpi-faults.ts";
import { SAMPLE_REFERENCE } from "../risk/sample.ts";

const faultsOf = (fields: Omit<MissionKpis, "mission_id">) =>
  findKpiFaults({ mission_id: "M", ...fields }).map(({ message }) => message);

describe("findKpiFaults", () => {
  it("finds nothing wrong with the sample", () => {
    expect(SAMPLE_REFERENCE.kpis.flatMap(findKpiFaults)).toEqual([]);
    expect(findUnknownDirections(SAMPLE_REFERENCE.kpis)).toEqual([]);
  });

  it.each<[string, Omit<MissionKpis, "mission_id">, RegExp]>([
    ["a misspelt role", { kpis: { targt_x: 1 } }, /kpis\.targt_x.*did you mean target_x/],
    ["a figure of no role", { kpis: { x: 1 } }, /a figure of no role.*target_…/],
    [
      "a baseline of a name that is misspelt",
      { kpis: { baseline_cycletime_days: 9, target_cycle_time_days: 5 } },
      /baseline_cycletime_days.*a baseline without a target; did you mean cycle_time_days/,
    ],
    ["a baseline alone", { kpis: { baseline_cost: 9 } }, /target_cost beside it/],
    ["a time of nothing", { kpis: { target_x_days: 0 } }, /kpis\.x_days.*a time of 0/],
    [
      "a declaration of another KPI",
      { kpis: { target_cost: 1, baseline_cost: 2 }, definitions: { costs: { unit: "€" } } },
      /definitions\.costs.*no such KPI; did you mean cost/,
    ],
    [
      "a direction against the figures",
      {
        kpis: { target_cost: 1, baseline_cost: 2 },
        definitions: { cost: { direction: "higher" } },
      },
      /`higher`, but the target is lower than the baseline/,
    ],
  ])("finds %s", (_what, fields, message) => {
    expect(faultsOf(fields)).toEqual([expect.stringMatching(message)]);
  });

  it("warns of a KPI of which nothing tells what is good, until it is declared", () => {
    const kpis = { target_error_rate_pct: 9, min_nps: 3, target_x_days: 3 };
    const record = { mission_id: "M", kpis };
    const declared = { error_rate_pct: { direction: "lower" as const } };

    expect(findUnknownDirections([record]).map(({ message }) => message)).toEqual([
      expect.stringMatching(/definitions\.error_rate_pct\.direction/),
    ]);
    expect(findUnknownDirections([{ ...record, definitions: declared }])).toEqual([]);
  });
});
