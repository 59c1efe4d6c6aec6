import { describe, expect, it } from "vitest";

import { measureRun } from "../../src/kpi/run-figures.ts";
import { observationsOf } from "../../src/kpi/run-observations.ts";
import { policySchema } from "../../src/model/policy.ts";
import type { RunRecord } from "../../src/model/run-record.ts";
import { aPlan, aPlanOf, aRecord, aRequest, aRow, aRun } from "../support/builders.ts";
import { afterNoon } from "./histories.ts";

const plan = aPlanOf(aPlan({ T1: [], T2: ["T1"] }));

const measure = (fields: Partial<RunRecord>) =>
  measureRun(aRecord({ plan, ...fields }), { now: afterNoon(60) });

describe("observationsOf", () => {
  const observe = (rows: RunRecord["rows"], run: Parameters<typeof aRun>[0] = {}) =>
    observationsOf({ run: aRun(run), plan, rows });
  const saw = (task_id: string, days: number, fields: Parameters<typeof aRow>[0] = {}) =>
    aRow({ task_id, kpi_observations: { days }, ...fields });

  it("takes what was known at the start where no agent has measured", () => {
    expect(observe([aRow()], { kpis: { days: 4, csat: 3 } })).toEqual({ days: 4, csat: 3 });
    expect(observe([])).toEqual({});
  });

  it("lets what agents measure stand over that, and later tasks over earlier ones", () => {
    const rows = [saw("T2", 2), saw("T1", 3)];

    expect(observe(rows, { kpis: { days: 4 } })).toEqual({ days: 2 });
    expect(observe(rows.slice(1), { kpis: { days: 4, csat: 3 } })).toEqual({ days: 3, csat: 3 });
  });

  it("takes the last attempt at a task alone, and nothing of one that was rejected", () => {
    expect(observe([saw("T1", 3), saw("T1", 2, { attempt: 2 })])).toEqual({ days: 2 });
    expect(observe([saw("T1", 3), aRow({ attempt: 2 })])).toEqual({});
    expect(observe([saw("T1", 3, { outcome: "rejected" })])).toEqual({});
  });

  it("lets figures that people recorded stand over all others", () => {
    const run = { kpis: { days: 4 }, kpis_recorded: { days: 1 } };

    expect(observe([saw("T1", 3)], run)).toEqual({ days: 1 });
  });

  it("takes nothing from rows of tasks that the plan does not have", () => {
    expect(observe([saw("T9", 3)])).toEqual({});
  });
});

describe("measureRun, figure by figure", () => {
  it("goes by what the run was opened with", () => {
    const policy = policySchema.parse({ approvals: { due_minutes: 7 } });
    const figures = measure({ policy });

    expect(figures.dueMinutes).toBe(7);
    expect(figures.mission).toBe(plan.mission);
    expect(figures.tasks).toBe(plan.tasks);
    // 2 days, the only KPI with a time.
    expect(figures.budgetMinutes).toBe(2880);
  });

  it("lets anybody decide unless approvers are given", () => {
    const record = aRecord();

    expect(measureRun(record, { now: afterNoon(1) }).approvers).toEqual([]);
    expect(measureRun(record, { now: afterNoon(1), approvers: ["ana"] }).approvers).toEqual([
      "ana",
    ]);
  });

  it("tells how each task stands, and measures each KPI", () => {
    const figures = measure({
      rows: [aRow({ kpi_observations: { days: 2 } })],
      requests: [aRequest({ task_id: "T2" })],
    });

    expect(figures.statuses).toEqual({ T1: "completed", T2: "awaiting_approval" });
    expect(figures.observations).toEqual({ days: 2 });
    expect(figures.kpis).toMatchObject([{ kpi: "days", observed: 2, status: "not_graded" }]);
  });

  it("works each figure out once", () => {
    const figures = measure({ rows: [aRow()] });

    expect(figures.kpis).toBe(figures.kpis);
    expect(figures.ledger).toBe(figures.ledger);
    expect(figures.fixes).toBe(figures.fixes);
    expect(figures.statuses).toBe(figures.statuses);
  });

  it("can be copied with its figures", () => {
    const figures = measure({ rows: [aRow()] });

    expect({ ...figures }.ledger).toBe(figures.ledger);
  });
});
