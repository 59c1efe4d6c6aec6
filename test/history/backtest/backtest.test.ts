import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createReplayer } from "../../../src/app/replay-runs.ts";
import { deriveStatuses } from "../../../src/execution/derive-statuses.ts";
import { judgeBy, listCases } from "../../../src/history/backtest/backtest-cases.ts";
import { findEventsOf } from "../../../src/history/backtest/backtest-events.ts";
import { type BacktestRecord, backtest } from "../../../src/history/backtest/backtest.ts";
import type { RiskBasis } from "../../../src/kpi/run-figures.ts";
import { DEFAULT_POLICY } from "../../../src/model/default-policy.ts";
import { type Policy, policySchema } from "../../../src/model/policy.ts";
import { DEFAULT_RISK_RULES } from "../../../src/model/risk-rules.ts";
import { aRule } from "../../risk/facts.ts";
import {
  SAMPLE_FACTS,
  SAMPLE_HISTORY,
  SAMPLE_RECORDS,
  SAMPLE_REFERENCE,
} from "../../risk/sample.ts";
import {
  aHistory,
  aPlan,
  aPlanOf,
  aReference,
  aRequest,
  aRow,
  aRun,
  aTask,
  anAgent,
  anEvent,
} from "../../support/builders.ts";

const NOW = "2026-11-22T13:00:00Z";

const SAMPLE: BacktestRecord = {
  history: SAMPLE_HISTORY,
  stats: [],
  reference: SAMPLE_REFERENCE,
  now: NOW,
};

const aPolicy = (fields: object): Policy => policySchema.parse(fields);

const DUE_4 = aPolicy({ approvals: { due_minutes: 4 } });

/** Some rules of the default, with one threshold changed. */
const STRICT = aPolicy({
  approvals: { due_minutes: 2 },
  risk: {
    rules: [
      ...DEFAULT_RISK_RULES,
      aRule({
        rule_id: "slow",
        risk_type: "slow",
        when: { all: [{ metric: "task.overrun_pct", op: ">=", value: 10 }] },
      }),
      aRule({
        rule_id: "two",
        risk_type: "two_escalations",
        scope: "run",
        when: { all: [{ metric: "run.escalations", op: ">=", value: 1 }] },
      }),
    ],
  },
});

const FAILED = aPolicy({
  risk: {
    rules: [aRule({ when: { all: [{ metric: "task.failed_for_good", op: ">=", value: 1 }] } })],
  },
});

const NO_RULES = aPolicy({ risk: { rules: [] } });

/** One run of mission M with the given rows. */
function aRecord(fields: Partial<BacktestRecord["history"]> = {}): BacktestRecord {
  const history = aHistory({
    runs: [aRun({ status: "completed", end_time: "2026-11-22T12:30:00Z" })],
    rows: [aRow()],
    ...fields,
  });
  return { history, stats: [], reference: aReference([aTask()]), now: NOW };
}

const decided = (fields: Parameters<typeof aRow>[0] = {}) =>
  aRow({
    human_approval_required: true,
    decision: "approve",
    decided_by: "ana",
    stage: "before",
    outcome: "approved",
    ...fields,
  });

/** What risk rules are held against, worked out. */
function basisOf(basis: RiskBasis): RiskBasis {
  const { run, tasks, statuses, rows, requests, kpis, dueMinutes, budgetMinutes, now } = basis;
  return { run, tasks, statuses, rows, requests, kpis, dueMinutes, budgetMinutes, now };
}

describe("back-test and graph", () => {
  it.each([
    ["the default policy", DEFAULT_POLICY],
    ["approvals due after 4 minutes", DUE_4],
    ["strict rules of its own", STRICT],
  ])("agree on every run of the sample under %s", async (_what, policy) => {
    const replay = createReplayer(policy);
    const found = [...listCases(SAMPLE_HISTORY, { ...SAMPLE, policy })].flatMap((recorded) =>
      findEventsOf(recorded, policy),
    );

    for (const record of SAMPLE_RECORDS) {
      const replayed = await replay({ ...record, events: [] });

      expect(
        found
          .filter((event) => event.run_id === record.run.run_id)
          .map(({ run_id: _run, mission_id: _mission, ...event }) => event),
      ).toEqual(replayed.risk_events);
    }
    expect(found.length).toBeGreaterThanOrEqual(5);
  });

  it("look at the same facts", () => {
    const now = "2026-02-07T00:00:00Z";
    const cases = [...listCases(SAMPLE_HISTORY, { ...SAMPLE, now, policy: DEFAULT_POLICY })];

    expect(cases.map(basisOf)).toEqual(SAMPLE_FACTS.map(basisOf));
    expect(cases.map((recorded) => basisOf(judgeBy(5, recorded)))).toEqual(cases.map(basisOf));
    expect(cases).toHaveLength(8);
  });
});

describe("listCases", () => {
  it("takes the plan that a run was opened with, and today's where none is kept", () => {
    const [kept, today] = [aTask({ task_id: "OLD" }), aTask({ task_id: "NEW" })];
    const history = aHistory({
      runs: [aRun({ plan_hash: "a" }), aRun({ run_id: "R2" }), aRun({ plan_hash: "gone" })],
      plans: new Map([["a", aPlanOf([kept])]]),
    });

    const cases = [
      ...listCases(history, { reference: aReference([today]), now: NOW, policy: DEFAULT_POLICY }),
    ];

    expect(cases.map(({ tasks }) => tasks.map((task) => task.task_id))).toEqual([
      ["OLD"],
      ["NEW"],
      ["NEW"],
    ]);
  });
});

describe("backtest on the sample", () => {
  it("finds the five recorded events under the default policy, and no change against itself", () => {
    const result = backtest(SAMPLE, { under: DEFAULT_POLICY, against: DEFAULT_POLICY });

    const flagged = ["RUN_2026_02_01_001", "RUN_2026_02_04_005", "RUN_2026_02_01_006"];
    expect(result).toMatchObject({
      events: { appear: [], vanish: [], same: 5 },
      flagged: { recorded: flagged, now: flagged },
      precision: 1,
      recall: 1,
      recorded_events: { recorded: 5, found: 5, precision: 1, recall: 1 },
      gates: { approvals: 8, overdue: { appear: [], vanish: [], same: 3 } },
      routes: { changed: [], same: 8, recorded: { weighed: 0, changed: [] } },
      not_evaluable: [],
    });
    expect(result.gates.wait_minutes_affected).toBe(0);
  });

  it("tells what a shorter deadline adds, and what it does to precision", () => {
    const result = backtest(SAMPLE, { under: DUE_4, against: DEFAULT_POLICY });

    expect(result.events).toEqual({
      appear: [
        {
          run_id: "RUN_2026_02_03_002",
          mission_id: "M001",
          task_id: "T2",
          risk_type: "approval_delay",
          severity: "high",
          rule_id: "approval-delay",
        },
      ],
      vanish: [],
      same: 5,
    });
    expect(result).toMatchObject({
      precision: 0.75,
      recall: 1,
      recorded_events: { precision: 0.8333, recall: 1 },
    });
    expect(result.gates.overdue.appear).toMatchObject([{ task_id: "T2", wait_minutes: 4 }]);
    expect(result.gates.wait_minutes_affected).toBe(4);
    expect(result.not_evaluable).toMatchObject([{ n: 8 }]);
  });

  it("mirrors itself when the policies change places", () => {
    const forth = backtest(SAMPLE, { under: DUE_4, against: DEFAULT_POLICY });
    const back = backtest(SAMPLE, { under: DEFAULT_POLICY, against: DUE_4 });

    expect(back.events.vanish).toEqual(forth.events.appear);
    expect(back.gates.overdue.vanish).toEqual(forth.gates.overdue.appear);
  });

  it("has no precision where nothing is found", () => {
    const silent = aPolicy({ risk: { rules: [] } });

    expect(backtest(SAMPLE, { under: silent, against: DEFAULT_POLICY })).toMatchObject({
      events: { appear: [], same: 0 },
      precision: null,
      recall: 0,
    });
  });
});

describe("backtest of events", () => {
  it("takes another severity for another event, but not another rule", () => {
    const rule = aRule({ rule_id: "a", severity: "low" });
    const under = (changed: Partial<typeof rule>) =>
      backtest(aRecord(), {
        under: aPolicy({ risk: { rules: [{ ...rule, ...changed }] } }),
        against: aPolicy({ risk: { rules: [rule] } }),
      }).events;

    expect(under({ severity: "high" })).toMatchObject({
      appear: [{ task_id: "T1", severity: "high" }],
      vanish: [{ task_id: "T1", severity: "low" }],
      same: 0,
    });
    expect(under({ rule_id: "b" })).toEqual({ appear: [], vanish: [], same: 1 });
  });

  it.each([
    ["failed", 1],
    ["rejected", 1],
    ["skipped", 0],
    ["completed", 0],
  ] as const)(
    "finds a task whose last attempt was %s to have failed for good: %d",
    (outcome, n) => {
      const record = aRecord({ rows: [aRow(), aRow({ attempt: 2, outcome })] });

      expect(backtest(record, { under: FAILED, against: NO_RULES }).events.appear).toHaveLength(n);
    },
  );

  it("knows of a run that still waits that its task has not failed", () => {
    const rows = [aRow({ outcome: "rejected" })];

    const { events } = backtest(aRecord({ runs: [aRun()], rows }), {
      under: FAILED,
      against: NO_RULES,
    });

    expect(events.appear).toEqual([]);
  });

  it("judges logged escalations by the policy's own deadline", () => {
    const rule = aRule({
      scope: "run",
      when: { all: [{ metric: "run.escalations", op: ">=", value: 1 }] },
    });
    const risk = { rules: [rule] };
    const record = aRecord({
      rows: [decided({ human_delay_minutes: 6, escalation: "overdue" })],
    });

    const under = (due_minutes: number) =>
      backtest(record, {
        under: aPolicy({ risk, approvals: { due_minutes } }),
        against: aPolicy({ risk, approvals: { due_minutes: 6 } }),
      }).events;

    expect(under(5.99)).toMatchObject({ same: 1 });
    expect(under(6)).toMatchObject({ same: 1 });
    expect(under(6.01).vanish).toHaveLength(1);
  });

  it("leaves out recorded events that were taken back before the run ended", () => {
    const events = [
      anEvent({ status: "closed", closed_because: "The condition no longer holds." }),
      anEvent({ event_id: "RISK_002", status: "closed", closed_because: "Superseded by x." }),
    ];
    const result = backtest(aRecord({ events }), {
      under: DEFAULT_POLICY,
      against: DEFAULT_POLICY,
    });

    expect(result.recorded_events).toEqual({
      recorded: 0,
      found: 0,
      precision: null,
      recall: null,
    });
  });

  it("says which runs and rows it cannot judge, and leaves them out of the figures", () => {
    const runs = [
      aRun({ status: "completed", end_time: NOW }),
      aRun({ run_id: "R2", mission_id: "GONE", status: "completed", risk_flagged: true }),
      aRun({ run_id: "R3", status: "running" }),
    ];
    const rows = [aRow(), aRow({ task_id: "T9" }), aRow({ run_id: "R9" })];
    const result = backtest(aRecord({ runs, rows }), {
      under: DEFAULT_POLICY,
      against: DEFAULT_POLICY,
    });

    expect(result.flagged).toEqual({ recorded: [], now: [] });
    expect(result.not_evaluable.map(({ what, n }) => `${n} ${what}`)).toEqual([
      "1 risk events of runs of GONE",
      "1 task rows",
      "1 task rows, as tasks of their own",
      "1 runs under way, beyond how they stand now",
    ]);
  });

  it("says where a rule's KPI was not observed", () => {
    const rule = aRule({
      rule_id: "late",
      scope: "run",
      when: { all: [{ metric: "kpi.days.value", op: ">", value: 2 }] },
    });
    const policy = aPolicy({ risk: { rules: [rule] } });

    expect(backtest(aRecord(), { under: policy, against: policy }).not_evaluable).toEqual([
      {
        what: "rule late in runs that its KPI applies to",
        reason: "days was not observed in them",
        n: 1,
      },
    ]);
  });
});

describe("backtest of gates", () => {
  const overdue = (rows: BacktestRecord["history"]["rows"], due_minutes: number) =>
    backtest(aRecord({ rows }), {
      under: aPolicy({ approvals: { due_minutes } }),
      against: aPolicy({ approvals: { due_minutes: 100 } }),
    }).gates;

  it.each([
    [6.99, 1],
    [7, 1],
    [7.01, 0],
  ])("calls a wait of 7 minutes overdue when due after %d: %d", (due, n) => {
    const { overdue: change, wait_minutes_affected } = overdue(
      [decided({ human_delay_minutes: 7 })],
      due,
    );

    expect(change.appear).toHaveLength(n);
    expect(wait_minutes_affected).toBe(7 * n);
  });

  it("names decisions that another list of approvers would have refused, each wait once", () => {
    const rows = [
      decided({ human_delay_minutes: 7 }),
      decided({ attempt: 2, decided_by: "bo", human_delay_minutes: 3 }),
      aRow({ task_id: "T2", attempt: 1 }),
    ];
    const { gates } = backtest(aRecord({ rows }), {
      under: aPolicy({ approvals: { approvers: ["bo"] } }),
      against: aPolicy({ approvals: { approvers: ["ana"], due_minutes: 7.5 } }),
    });

    expect(gates.approvals).toBe(2);
    expect(gates.refused.appear).toMatchObject([{ decided_by: "ana" }]);
    expect(gates.refused.vanish).toMatchObject([{ decided_by: "bo" }]);
    expect(gates.overdue.appear).toMatchObject([{ decided_by: "ana" }]);
    expect(gates.wait_minutes_affected).toBe(10);
  });

  it("counts what waits now, and nothing that waits in a run that has ended", () => {
    const requests = [aRequest(), aRequest({ run_id: "R2", approval_id: "APR-R2-T1-1" })];
    const runs = [
      aRun({ status: "awaiting_approval" }),
      aRun({ run_id: "R2", status: "abandoned" }),
    ];
    const { gates } = backtest(aRecord({ runs, rows: [], requests }), {
      under: aPolicy({ approvals: { due_minutes: 60 } }),
      against: aPolicy({ approvals: { due_minutes: 61 } }),
    });

    expect(gates.approvals).toBe(1);
    expect(gates.overdue.appear).toEqual([
      {
        run_id: "R1",
        mission_id: "M",
        task_id: "T1",
        attempt: 1,
        wait_minutes: 60,
        decided_by: null,
        status: "pending",
      },
    ]);
  });
});

describe("backtest of routes", () => {
  const pair = [
    anAgent({ agent_id: "A1", cost_per_task: 9 }),
    anAgent({ agent_id: "A2", cost_per_task: 0 }),
  ];
  const reference = aReference([aTask()], pair);
  const cheap = aPolicy({ routing: { weights: { cost: 1 } } });

  it("says who would come first, the evidence of both, and that nobody saw the other", () => {
    const result = backtest({ ...aRecord(), reference }, { under: cheap, against: DEFAULT_POLICY });

    expect(result.routes.same).toBe(0);
    expect(result.routes.changed).toMatchObject([
      {
        mission_id: "M",
        task_id: "T1",
        from: { agent_id: "A1", executions_of_task: 1, n: 1, terms: { cost: 0.1 } },
        to: { agent_id: "A2", executions_of_task: 0, n: 0, terms: { cost: 1 } },
      },
    ]);
    expect(result.not_evaluable).toEqual([
      {
        what: "runs of M T1 with A2 instead",
        reason: "A2 never ran T1: nobody saw what it would have done",
        n: 1,
      },
    ]);
  });

  it("weighs logged rankings again, by first attempts with a choice, ties by id", () => {
    const candidate = (agent_id: string, speed: number, cost: number) => ({
      agent_id,
      score: 0,
      n: 1,
      work_ratio: 1,
      escalation_rate: 0,
      terms: { speed, cost, escalation: 1, quality: 1, load: 1 },
    });
    const route = [candidate("A1", 0.6, 0.1), candidate("A2", 0.5, 0.9)];
    const rows = [
      aRow({ route }),
      aRow({ attempt: 2, route }),
      aRow({ run_id: "R2", route }),
      aRow({ run_id: "R3", route: route.slice(1) }),
      aRow({ run_id: "R4", route: [candidate("A2", 1, 1), candidate("A1", 1, 1)] }),
    ];

    const { recorded } = backtest(
      { ...aRecord({ rows }), reference },
      { under: cheap, against: DEFAULT_POLICY },
    ).routes;

    expect(recorded).toEqual({
      weighed: 3,
      changed: [{ mission_id: "M", task_id: "T1", from: "A1", to: "A2", runs: 2 }],
    });
  });
});

describe("backtest of any history", () => {
  const tasks = aPlan({ T1: [], T2: ["T1"] });
  const rowArbitrary = fc.record({
    run_id: fc.constantFrom("R1", "R2"),
    task_id: fc.constantFrom("T1", "T2"),
    attempt: fc.integer({ min: 1, max: 3 }),
    actual_duration_minutes: fc.integer({ min: 0, max: 20 }),
    human_delay_minutes: fc.integer({ min: 0, max: 8 }),
    human_approval_required: fc.boolean(),
    outcome: fc.constantFrom("completed", "approved", "rejected", "failed"),
  });
  const rowsArbitrary = fc.uniqueArray(rowArbitrary, {
    maxLength: 10,
    selector: (row) => `${row.run_id}/${row.task_id}/${row.attempt}`,
  });
  const runs = [
    aRun({ status: "completed", risk_flagged: true, end_time: NOW }),
    aRun({ run_id: "R2", status: "failed", end_time: NOW }),
  ];

  it("does not depend on the order of rows", () => {
    fc.assert(
      fc.property(
        rowsArbitrary.chain((rows) =>
          fc.tuple(
            fc.constant(rows),
            fc.shuffledSubarray(rows, { minLength: rows.length, maxLength: rows.length }),
          ),
        ),
        ([rows, shuffled]) => {
          const test = (some: typeof rows) =>
            backtest(
              {
                ...aRecord({ runs, rows: some.map((row) => aRow(row)) }),
                reference: aReference(tasks),
              },
              { under: STRICT, against: DEFAULT_POLICY },
            );

          expect(test(shuffled)).toEqual(test(rows));
        },
      ),
    );
  });

  it("knows how each task stands as the graph does", () => {
    fc.assert(
      fc.property(
        rowsArbitrary,
        fc.constantFrom("completed", "failed", "running", "awaiting_approval", "abandoned"),
        fc.boolean(),
        (rows, status, isAsked) => {
          const run = aRun({ status });
          const record = {
            ...aRecord({
              runs: [run],
              rows: rows.map((row) => aRow({ ...row, run_id: "R1" })),
              requests: isAsked ? [aRequest({ task_id: "T2" })] : [],
            }),
            reference: aReference(tasks),
          };
          const [recorded] = listCases(record.history, { ...record, policy: DEFAULT_POLICY });

          expect(recorded?.statuses).toEqual(
            deriveStatuses(tasks, {
              run,
              rows: recorded?.rows ?? [],
              requests: record.history.requests,
            }),
          );
        },
      ),
    );
  });

  it("accounts for every event of both policies once", () => {
    fc.assert(
      fc.property(rowsArbitrary, (rows) => {
        const record = {
          ...aRecord({ runs, rows: rows.map((row) => aRow(row)) }),
          reference: aReference(tasks),
        };
        const count = (policy: Policy) =>
          [...listCases(record.history, { ...record, policy })].flatMap((each) =>
            findEventsOf(each, policy),
          ).length;
        const { events } = backtest(record, { under: STRICT, against: DEFAULT_POLICY });

        expect(events.appear.length + events.same).toBe(count(STRICT));
        expect(events.vanish.length + events.same).toBe(count(DEFAULT_POLICY));
      }),
    );
  });
});
