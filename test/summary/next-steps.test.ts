import { describe, expect, it } from "vitest";

import { evaluateKpi } from "../../src/kpi/evaluate-kpis.ts";
import { type RunFigures, measureRun } from "../../src/kpi/run-figures.ts";
import type { RiskEvent } from "../../src/model/mission-risk-events.ts";
import { listNextSteps } from "../../src/summary/next-steps.ts";
import { afterNoon } from "../kpi/histories.ts";
import { NOON, aPlan, aPlanOf, aRecord, aRequest, aRow, aRun } from "../support/builders.ts";

const tasks = aPlan({ T1: [], T2: ["T1"] });
const statuses = { T1: "completed", T2: "completed" } as const;
const mission = { mission_id: "M", mission_name: "Mission", owner: "Ana" };

const completed = aRun({ status: "completed", end_time: afterNoon(9) });
const failed = aRun({ status: "failed", end_time: afterNoon(9) });
const waiting = aRun({ status: "awaiting_approval" });

/** The steps after a run of {@link tasks}; what is given stands over what follows from it. */
const steps = ({ run = completed, ...given }: Partial<RunFigures>) => {
  const { rows = [], requests = [] } = given;
  const record = aRecord({ run, plan: aPlanOf(tasks, { kpis: {} }), rows, requests });
  const figures = measureRun(record, { now: afterNoon(60) });
  return listNextSteps({ ...figures, statuses, ...given });
};

const whats = (given: Partial<RunFigures>) => steps(given).map(({ what }) => what);

const anEvent = (fields: Partial<RiskEvent> = {}): RiskEvent => ({
  event_id: "RISK_001",
  run_id: "R1",
  mission_id: "M",
  task_id: "T1",
  risk_type: "late",
  severity: "low",
  description: "Seen.",
  detected_at: NOON,
  status: "open",
  ...fields,
});

const missed = evaluateKpi(
  { kpi: "csat", label: "csat", unit: "", baseline: null, target: 4, direction: "higher" },
  3,
);
const hit = evaluateKpi(
  { kpi: "cost", label: "cost", unit: "", baseline: null, target: 4, direction: "lower" },
  4,
);
const unmeasured = evaluateKpi(
  { kpi: "days", label: "days", unit: "", baseline: null, target: 4, direction: "lower" },
  undefined,
);

describe("listNextSteps", () => {
  it("is empty when a run went well", () => {
    expect(steps({ rows: [aRow()], kpis: [hit] })).toEqual([]);
  });

  it("asks for the decisions that a run waits for, and for no other", () => {
    const requests = [
      aRequest(),
      aRequest({ task_id: "T2" }),
      aRequest({ task_id: "T3", status: "decided" }),
      aRequest({ task_id: "T4", status: "void" }),
    ];

    expect(steps({ run: waiting, requests })).toEqual([
      {
        who: null,
        what: 'decide "Do T1", "Do T2"',
        command: "mission-control approve R1 T1 --by NAME",
      },
    ]);
    expect(steps({ run: aRun(), requests })).toHaveLength(1);
  });

  it("asks for no decision once a run has ended", () => {
    expect(steps({ requests: [aRequest()] })).toEqual([]);
  });

  it("asks the approvers for decisions, else the owner; the owner for all else", () => {
    const records = { run: waiting, requests: [aRequest()], events: [anEvent()] };
    const who = (fields: Partial<RunFigures>) =>
      steps({ ...records, ...fields }).map((step) => step.who);

    expect(who({ mission, approvers: ["Bo", "Cy"] })).toEqual(["Bo or Cy", "Ana"]);
    expect(who({ mission })).toEqual(["Ana", "Ana"]);
    expect(who({ approvers: ["Bo"] })).toEqual(["Bo", null]);
    expect(who({})).toEqual([null, null]);
  });

  it("settles what failed first, without naming it a risk again", () => {
    const events = [
      anEvent({ risk_type: "task_failure", severity: "high" }),
      anEvent({ event_id: "RISK_002", task_id: "T2" }),
    ];
    const records = { run: failed, statuses: { T1: "failed", T2: "blocked" } as const, events };

    expect(whats(records)).toEqual([
      'settle why "Do T1" could not be done, then have it tried again',
      'look into the late at "Do T2" (low)',
    ]);
    expect(whats({ ...records, run: waiting })).toEqual([
      'look into the task failure at "Do T1" (high)',
      'look into the late at "Do T2" (low)',
    ]);
  });

  it("looks into open risks, the most severe first, then by id", () => {
    const events = [
      anEvent({ event_id: "RISK_004", risk_type: "a" }),
      anEvent({ event_id: "RISK_003", risk_type: "b", severity: "high" }),
      anEvent({ event_id: "RISK_002", risk_type: "c", severity: "medium" }),
      anEvent({ event_id: "RISK_001", risk_type: "d", severity: "high" }),
      anEvent({ event_id: "RISK_005", risk_type: "e", severity: "high", status: "closed" }),
    ];

    expect(whats({ events })).toEqual([
      'look into the d at "Do T1" (high)',
      'look into the b at "Do T1" (high)',
      'look into the c at "Do T1" (medium)',
      'look into the a at "Do T1" (low)',
    ]);
  });

  it("brings missed KPIs to target, and measures the rest", () => {
    expect(steps({ kpis: [missed, hit, unmeasured] })).toEqual([
      { who: null, what: "bring csat to target", command: "mission-control report R1" },
      { who: null, what: "measure days", command: "mission-control kpi R1 days=VALUE" },
    ]);
    expect(
      whats({ kpis: [missed, { ...missed, kpi: "score", label: "score", unit: "" }] }),
    ).toEqual(["bring csat, score to target"]);
  });

  it("leaves KPIs alone while a run goes on", () => {
    expect(steps({ run: waiting, kpis: [missed, unmeasured] })).toEqual([]);
  });
});
