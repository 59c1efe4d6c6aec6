import { describe, expect, it } from "vitest";

import { listKpiSeries } from "../../src/kpi/kpi-series.ts";
import { kpisOfMission } from "../../src/kpi/observations.ts";
import type { MissionRun } from "../../src/model/mission-runs.ts";
import { SAMPLE_HISTORY, SAMPLE_REFERENCE } from "../risk/sample.ts";
import { NOON, aRun } from "../support/builders.ts";
import { afterNoon } from "./histories.ts";

const COST = {
  kpi: "cost",
  label: "cost",
  unit: "",
  baseline: 5,
  target: 2,
  direction: "lower",
} as const;
const CSAT = {
  kpi: "csat",
  label: "csat",
  unit: "",
  baseline: null,
  target: 4,
  direction: "higher",
} as const;

const anEndedRun = (run_id: string, cost: number, fields: Partial<MissionRun> = {}) =>
  aRun({ run_id, status: "completed", end_time: NOON, kpis: { cost }, ...fields });

const pointsOf = (runs: readonly MissionRun[]) =>
  listKpiSeries("M", [COST], runs)[0]?.points.map(({ run_id, observed }) => [run_id, observed]);

describe("listKpiSeries", () => {
  it("has no point of a KPI named like what every object has, when none was observed", () => {
    const named = { ...COST, kpi: "toString", label: "toString", unit: "" };

    expect(listKpiSeries("M", [named], [anEndedRun("R1", 1, { kpis_recorded: {} })])).toEqual([]);
  });

  it("lists ended runs by end, ties by id", () => {
    const runs = [
      anEndedRun("R9", 1, { end_time: afterNoon(1) }),
      anEndedRun("R3", 2, { end_time: afterNoon(0.5), status: "failed" }),
      anEndedRun("R2", 3, { end_time: afterNoon(0.5), status: "abandoned" }),
    ];

    expect(pointsOf(runs)).toEqual([
      ["R2", 3],
      ["R3", 2],
      ["R9", 1],
    ]);
  });

  it("goes by the end, not by the start", () => {
    const long = anEndedRun("R1", 1, { end_time: afterNoon(10) });
    const short = anEndedRun("R2", 2, { start_time: afterNoon(5), end_time: afterNoon(6) });
    const expected = [
      ["R2", 2],
      ["R1", 1],
    ];

    expect(pointsOf([long, short])).toEqual(expected);
    expect(pointsOf([short, long])).toEqual(expected);
  });

  it("leaves out runs that go on, of other missions, or without the figure", () => {
    const runs = [
      anEndedRun("R1", 1, { status: "running" }),
      anEndedRun("R2", 1, { status: "awaiting_approval" }),
      anEndedRun("R3", 1, { mission_id: "N" }),
      anEndedRun("R4", 1, { kpis: { csat: 3 } }),
      anEndedRun("R5", 0),
    ];

    expect(pointsOf(runs)).toEqual([["R5", 0]]);
  });

  it("takes what a person recorded over what an agent observed", () => {
    expect(pointsOf([anEndedRun("R1", 7, { kpis_recorded: { cost: 0 } })])).toEqual([["R1", 0]]);
  });

  it("puts a run that does not say when it ended at its start", () => {
    const runs = [
      anEndedRun("R1", 1, { end_time: undefined, start_time: afterNoon(5) }),
      anEndedRun("R2", 2, { end_time: afterNoon(2) }),
    ];

    expect(listKpiSeries("M", [COST], runs)[0]?.points).toEqual([
      { run_id: "R2", end_time: afterNoon(2), observed: 2 },
      { run_id: "R1", end_time: afterNoon(5), observed: 1 },
    ]);
  });

  it("has no series for a KPI that was never observed", () => {
    expect(listKpiSeries("M", [CSAT, COST], [anEndedRun("R1", 1)])).toEqual([
      { ...COST, mission_id: "M", points: [{ run_id: "R1", end_time: NOON, observed: 1 }] },
    ]);
  });

  it("follows the sample's onboarding time down", () => {
    const definitions = kpisOfMission("M001", SAMPLE_REFERENCE);
    const [series] = listKpiSeries("M001", definitions, SAMPLE_HISTORY.runs);

    expect(series?.points.map(({ observed }) => observed)).toEqual([3.1, 2.6, 2.1]);
  });
});
