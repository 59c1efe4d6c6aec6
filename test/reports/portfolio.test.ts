import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { DEFAULT_POLICY } from "../../src/model/default-policy.ts";
import type { History } from "../../src/model/history.ts";
import type { PortfolioSnapshot } from "../../src/model/mission-portfolio-snapshot.ts";
import type { RiskEvent } from "../../src/model/mission-risk-events.ts";
import type { MissionRun } from "../../src/model/mission-runs.ts";
import type { Policy } from "../../src/model/policy.ts";
import type { Reference } from "../../src/model/reference.ts";
import { measureTrend } from "../../src/reports/portfolio-trend.ts";
import { type Portfolio, buildPortfolio, windowOf } from "../../src/reports/portfolio.ts";
import { rowArbitrary } from "../kpi/histories.ts";
import { SAMPLE_HISTORY, SAMPLE_REFERENCE } from "../risk/sample.ts";
import { aPlan, aReference, aRequest, aRow, aRun } from "../support/builders.ts";
import { readPortfolioRecord } from "../support/portfolio-record.ts";

const DATE = "2026-11-22";
/** The instant that the portfolio of {@link DATE} stands for, and a moment before and after. */
const END = "2026-11-23T00:00:00Z";
const BEFORE_END = "2026-11-22T23:59:59.999Z";
const AFTER_END = "2026-11-23T00:00:00.001Z";
/** 24 hours earlier: out of the day; and the moment after, in it. */
const DAY_START = "2026-11-22T00:00:00Z";
const IN_DAY = "2026-11-22T00:00:00.001Z";
const WEEK_START = "2026-11-16T00:00:00Z";
const IN_WEEK = "2026-11-16T00:00:00.001Z";
/** Long ago. */
const AGES = "2026-01-01T00:00:00Z";

const reference: Reference = {
  ...aReference(aPlan({ T1: [], T2: ["T1"] })),
  missions: [
    { mission_id: "M", mission_name: "Mission", owner: "Ana" },
    { mission_id: "N", mission_name: "Next" },
  ],
};

/** The portfolio of what is recorded, by way of a store. */
async function build(
  history: Partial<History>,
  changes: { policy?: Policy; period?: "day" | "week"; reference?: Reference; date?: string } = {},
): Promise<Portfolio> {
  const context = { date: DATE, reference, policy: DEFAULT_POLICY, ...changes };
  const record = await readPortfolioRecord(history, windowOf(context));
  return buildPortfolio(record, context);
}

const buildSample = (date: string) => build(SAMPLE_HISTORY, { date, reference: SAMPLE_REFERENCE });

const snapshotOf = async (history: Partial<History>) => (await build(history)).snapshot;

const ended = (end_time: string, fields: Partial<MissionRun> = {}) =>
  aRun({ start_time: AGES, end_time, status: "completed", ...fields });

const anEvent = (fields: Partial<RiskEvent> = {}): RiskEvent => ({
  event_id: "RISK_001",
  run_id: "R1",
  mission_id: "M",
  task_id: "T1",
  risk_type: "risk",
  severity: "low",
  description: "Seen.",
  detected_at: AGES,
  status: "open",
  ...fields,
});

const aSnapshot = (fields: Partial<PortfolioSnapshot> = {}): PortfolioSnapshot => ({
  snapshot_date: "2026-11-21",
  active_runs: 1,
  completed_runs: 2,
  missions_at_risk: 1,
  avg_kpi_improvement_pct: 10,
  top_bottleneck_task_id: null,
  top_bottleneck_task_name: null,
  escalations_last_24h: 1,
  human_interventions_last_24h: 1,
  ...fields,
});

const withPortfolio = (fields: Partial<Policy["portfolio"]>): Policy => ({
  ...DEFAULT_POLICY,
  portfolio: { ...DEFAULT_POLICY.portfolio, ...fields },
});

describe("buildPortfolio on the sample", () => {
  it.each([
    // Improvement: mean of 38, 28.57 and 56.67; T2: waited for 7 minutes, and worked no longer than planned.
    ["2026-02-02", 3, 2, 41.08, 0, 1, "7 minutes"],
    // Mean of 48, 42.86 and 67.5; T2: 7 + 4 minutes.
    ["2026-02-04", 6, 1, 52.79, 1, 1, "11 minutes"],
    // Mean of 58, 42.86 and 73.33; T2: 11 + 2 minutes.
    ["2026-02-06", 8, 0, 58.06, 0, 1, "13 minutes"],
  ])(
    "counts for %s",
    async (date, completed, atRisk, improvement, escalations, decisions, lost) => {
      const { snapshot, so_what } = await buildSample(date);

      expect(snapshot).toEqual({
        snapshot_date: date,
        active_runs: 0,
        completed_runs: completed,
        missions_at_risk: atRisk,
        avg_kpi_improvement_pct: improvement,
        top_bottleneck_task_id: "T2",
        top_bottleneck_task_name: "Verify documents",
        escalations_last_24h: escalations,
        human_interventions_last_24h: decisions,
        period: "day",
      });
      expect(so_what).toContain(`most time was lost at "Verify documents", ${lost} in 7 days.`);
    },
  );

  it.each([
    ["2026-02-02", "high", 2 + 3 + 2, ["M001", "M003"]],
    ["2026-02-04", "high", 2 + 3 + 2 + 3 + 1, ["M002"]],
    ["2026-02-06", "low", 11, []],
  ] as const)("judges %s as %s", async (date, verdict, index, atRisk) => {
    const portfolio = await buildSample(date);

    expect(portfolio.verdict).toBe(verdict);
    expect(portfolio.risk_index).toBe(index);
    const named = portfolio.missions.filter((mission) => mission.at_risk);
    expect(named.map((mission) => mission.mission_id)).toEqual(atRisk);
  });

  it("shows each mission as it stood", async () => {
    const { missions } = await buildSample("2026-02-03");

    expect(
      missions.map(({ runs, measured_run_id, kpis }) => [
        runs,
        measured_run_id,
        ...kpis.map((kpi) => kpi.observed),
      ]),
    ).toEqual([
      [2, "RUN_2026_02_03_002", 2.6, 3],
      [1, "RUN_2026_02_02_004", 10, null],
      [2, "RUN_2026_02_03_007", 3.9, 4.3],
    ]);
  });
});

describe("buildPortfolio", () => {
  it("has a figure for everything when nothing was ever run", async () => {
    const portfolio = await build({});

    expect(portfolio.snapshot).toEqual({
      snapshot_date: DATE,
      active_runs: 0,
      completed_runs: 0,
      missions_at_risk: 0,
      avg_kpi_improvement_pct: null,
      top_bottleneck_task_id: null,
      top_bottleneck_task_name: null,
      escalations_last_24h: 0,
      human_interventions_last_24h: 0,
      period: "day",
    });
    expect(portfolio).toMatchObject({
      verdict: "low",
      risk_index: 0,
      so_what: "No mission of 2 is at risk; no KPI has been measured yet.",
      ask: "Nothing to decide.",
      must_act: [],
    });
    expect(portfolio.missions.map(({ runs, measured_run_id }) => [runs, measured_run_id])).toEqual([
      [0, null],
      [0, null],
    ]);
  });

  it.each([
    ["started just now", aRun({ start_time: END }), 1],
    ["starts in a moment", aRun({ start_time: AFTER_END }), 0],
    ["waits", aRun({ start_time: AGES, status: "awaiting_approval" }), 1],
    ["ends in a moment", ended(AFTER_END), 1],
    ["ends just now", ended(END), 0],
    ["failed", ended(END, { status: "failed" }), 0],
    ["was cancelled, nobody knows when", aRun({ status: "abandoned" }), 0],
  ])("counts a run as active or not that %s", async (_what, run, active) => {
    expect((await snapshotOf({ runs: [run] })).active_runs).toBe(active);
  });

  it.each([
    ["just now", ended(END), 1],
    ["long ago", ended(AGES), 1],
    ["in a moment", ended(AFTER_END), 0],
    ["by failing", ended(END, { status: "failed" }), 0],
    ["by being cancelled", ended(END, { status: "abandoned" }), 0],
  ])("counts a run as completed or not that ended %s", async (_what, run, completed) => {
    expect((await snapshotOf({ runs: [run] })).completed_runs).toBe(completed);
  });

  it.each([
    [DAY_START, 0],
    [IN_DAY, 1],
    ["2026-11-22T00:00:30Z", 1],
    [BEFORE_END, 1],
    [END, 1],
    [AFTER_END, 0],
  ])("counts decisions and escalations of a run that ended at %s: %d", async (end_time, times) => {
    const rows = [aRow({ decision: "approve", escalation: "overdue" }), aRow({ attempt: 2 })];
    const snapshot = await snapshotOf({ runs: [ended(end_time)], rows });

    expect(snapshot.human_interventions_last_24h).toBe(times);
    expect(snapshot.escalations_last_24h).toBe(times);
  });

  it.each([
    [WEEK_START, 0],
    [IN_WEEK, 1],
    [DAY_START, 1],
    [END, 1],
    [AFTER_END, 0],
  ])("counts a week's where the period is a week: ended at %s, %d", async (end_time, times) => {
    const rows = [aRow({ decision: "approve", escalation: "overdue" })];
    const { snapshot } = await build({ runs: [ended(end_time)], rows }, { period: "week" });

    expect(snapshot.human_interventions_last_24h).toBe(times);
    expect(snapshot.escalations_last_24h).toBe(times);
  });

  it.each(["failed", "abandoned"] as const)(
    "counts the decisions of a run that %s",
    async (status) => {
      const rows = [aRow({ decision: "reject" })];

      expect(
        (await snapshotOf({ runs: [ended(END, { status })], rows })).human_interventions_last_24h,
      ).toBe(1);
    },
  );

  it("counts no decision of a run that goes on", async () => {
    const rows = [aRow({ decision: "approve", escalation: "failure" })];
    const snapshot = await snapshotOf({ runs: [aRun()], rows });

    expect(snapshot.human_interventions_last_24h).toBe(0);
    expect(snapshot.escalations_last_24h).toBe(0);
    expect(snapshot.top_bottleneck_task_id).toBeNull();
  });

  it("tells by policy what was late, in rows that do not say", async () => {
    const rows = [
      aRow({ attempt: undefined, human_approval_required: true, human_delay_minutes: 5 }),
    ];
    const history = { runs: [ended(END)], rows };
    const later = {
      ...DEFAULT_POLICY,
      approvals: { ...DEFAULT_POLICY.approvals, due_minutes: 5.01 },
    };

    expect((await build(history)).snapshot.escalations_last_24h).toBe(1);
    expect((await build(history, { policy: later })).snapshot.escalations_last_24h).toBe(0);
  });

  describe("bottleneck", () => {
    const lost = (task_id: string, over: number, human_delay_minutes = 0, attempt = 1) =>
      aRow({
        task_id,
        actual_duration_minutes: 5 + over + human_delay_minutes,
        human_delay_minutes,
        attempt,
      });
    const bottleneck = async (rows: History["rows"], end_time = END) => {
      const { snapshot } = await build({ runs: [ended(end_time)], rows });
      return snapshot.top_bottleneck_task_id;
    };

    it.each([
      [WEEK_START, null],
      [IN_WEEK, "T1"],
      [END, "T1"],
      [AFTER_END, null],
    ])("is sought in runs that ended within 7 days: at %s %s", async (end_time, id) => {
      expect(await bottleneck([lost("T1", 1)], end_time)).toBe(id);
    });

    it("is the task with most minutes of waiting and of work beyond the estimate, once each", async () => {
      expect(await bottleneck([lost("T1", 4), lost("T2", 1, 3.01)])).toBe("T2");
      expect(await bottleneck([lost("T1", 4), lost("T2", 1, 2.99)])).toBe("T1");
      expect(await bottleneck([lost("T1", 4), lost("T2", 3), lost("T2", 2, 0, 2)])).toBe("T2");
    });

    it("gives no credit for tasks that took less than estimated", async () => {
      expect(await bottleneck([lost("T1", -4), lost("T1", 4, 0, 2), lost("T2", 3)])).toBe("T1");
    });

    it("is the smaller id among equals, whatever the order", async () => {
      const rows = [lost("T2", 3), lost("T1", 1, 2)];

      expect(await bottleneck(rows)).toBe("T1");
      expect(await bottleneck(rows.toReversed())).toBe("T1");
    });

    it("is nothing where no minute was lost", async () => {
      expect(await bottleneck([lost("T1", 0), lost("T2", -2)])).toBeNull();
    });

    it("goes by its id where no plan has the task, by its delay alone", async () => {
      const unknown = lost("T9", 50, 2);
      const named = (await build({ runs: [ended(END)], rows: [unknown, lost("T1", 1.99)] }))
        .snapshot;

      expect(named.top_bottleneck_task_id).toBe("T9");
      expect(named.top_bottleneck_task_name).toBe("T9");
      expect(await bottleneck([unknown, lost("T1", 2.01)])).toBe("T1");
    });
  });

  describe("improvement", () => {
    const kpis = [
      { mission_id: "M", kpis: { target_days: 2, baseline_days: 5, csat_threshold: 4 } },
      {
        mission_id: "N",
        kpis: { target_cost: 5, baseline_cost: 10, target_score: 9, baseline_score: 4 },
      },
    ];
    const measure = async (runs: readonly MissionRun[]) =>
      build({ runs }, { reference: { ...reference, kpis } });
    const improvement = async (runs: readonly MissionRun[]) =>
      (await measure(runs)).snapshot.avg_kpi_improvement_pct;

    it("is the mean over missions of the mean over their KPIs", async () => {
      const runs = [
        ended(END, { kpis: { days: 4 } }),
        ended(END, { run_id: "R2", mission_id: "N", kpis: { cost: 4, score: 5 } }),
      ];

      // 20 % and the mean of 60 % and 25 %.
      expect(await improvement(runs)).toBe(31.25);
    });

    it("leaves out a mission of which nothing with a baseline was measured", async () => {
      expect(await improvement([ended(END, { kpis: { days: 6 } })])).toBe(-20);
      expect(await improvement([ended(END, { kpis: { csat: 3 } })])).toBeNull();
    });

    it("goes by the latest run in which a KPI with a baseline was measured", async () => {
      const runs = [
        ended("2026-11-20T00:00:00Z", { run_id: "R1", kpis: { days: 4 } }),
        ended("2026-11-19T00:00:00Z", { run_id: "R2", kpis: { days: 1 } }),
        ended("2026-11-21T00:00:00Z", { run_id: "R3", kpis: { csat: 4 } }),
        ended("2026-11-21T00:00:00Z", { run_id: "R4" }),
        ended(AFTER_END, { run_id: "R5", kpis: { days: 0 } }),
        aRun({ run_id: "R6", start_time: AGES, kpis: { days: 0 } }),
      ];

      expect((await measure(runs)).missions[0]?.measured_run_id).toBe("R1");
      expect((await measure(runs.toReversed())).missions[0]?.measured_run_id).toBe("R1");
      expect(await improvement(runs)).toBe(20);
    });

    it("takes the greater id among runs that ended together", async () => {
      const runs = ["R2", "R3", "R1"].map((run_id) => ended(END, { run_id, kpis: { days: 4 } }));

      expect((await measure(runs)).missions[0]?.measured_run_id).toBe("R3");
      expect((await measure(runs.toReversed())).missions[0]?.measured_run_id).toBe("R3");
    });

    it("takes figures that people recorded, of a failed run as well", async () => {
      const run = ended(END, { status: "failed", kpis: { days: 5 }, kpis_recorded: { days: 3 } });

      expect(await improvement([run])).toBe(40);
      expect(await improvement([ended(END, { kpis_recorded: { days: 4 } })])).toBe(20);
    });

    it("counts steps in the rows of the measured run alone", async () => {
      const steps = [{ mission_id: "M", kpis: { ...kpis[0]?.kpis, max_steps: 5 } }];
      const rows = [aRow(), aRow({ run_id: "R2" }), aRow({ attempt: 2 })];
      const runs = [ended(END, { kpis: { days: 4 } }), ended(END, { run_id: "R2" })];
      const { missions } = await build(
        { runs, rows },
        { reference: { ...reference, kpis: steps } },
      );

      expect(missions[0]?.kpis.at(-1)).toMatchObject({ kpi: "steps", observed: 2 });
    });

    it("says how many KPIs are on target, and attainment between 0 and 100 %", async () => {
      const measured = async (days: number) => measure([ended(END, { kpis: { days } })]);
      const [near, worse, best] = [await measured(4), await measured(6), await measured(1)];

      expect(near.so_what).toBe("No mission of 2 is at risk; 0 of 1 KPIs on target.");
      expect(near.outcome).toMatchObject({ on_target: 0, judged: 1, light: "red" });
      expect(near.outcome.attainment_pct).toBe(33.33);
      expect(worse.outcome).toMatchObject({ on_target: 0, attainment_pct: 0 });
      expect(best.outcome).toMatchObject({ on_target: 1, attainment_pct: 100, light: "green" });
    });

    it("does not grade a run that is not complete", async () => {
      const failed = await measure([ended(END, { kpis: { days: 1 }, status: "failed" })]);

      expect(failed.outcome).toMatchObject({ on_target: 0, judged: 0, light: "grey" });
      expect(failed.missions[0]?.kpis[0]).toMatchObject({ observed: 1, status: "not_graded" });
    });
  });

  describe("risk", () => {
    it.each([
      ["no event", [], "low"],
      ["a low one", [anEvent()], "medium"],
      ["a medium one", [anEvent({ severity: "medium" })], "medium"],
      ["a high one", [anEvent({ severity: "high" })], "high"],
      ["two of one mission", [anEvent(), anEvent({ event_id: "RISK_002" })], "medium"],
      [
        "one of each mission",
        [anEvent(), anEvent({ event_id: "RISK_002", mission_id: "N" })],
        "high",
      ],
      ["a closed high one", [anEvent({ severity: "high", status: "closed" })], "low"],
      ["a high one to come", [anEvent({ severity: "high", detected_at: AFTER_END })], "low"],
    ] as const)("is judged with %s open", async (_what, events, verdict) => {
      expect((await build({ events })).verdict).toBe(verdict);
    });

    it.each([
      [{ medium_missions_at_risk: 2, high_missions_at_risk: 3 }, "medium"],
      [{ medium_missions_at_risk: 3, high_missions_at_risk: 3 }, "low"],
      [{ medium_missions_at_risk: 1, high_missions_at_risk: 2 }, "high"],
    ] as const)("is judged by the policy: two missions at %j are %s", async (fields, verdict) => {
      const events = [anEvent(), anEvent({ event_id: "RISK_002", mission_id: "N" })];

      expect((await build({ events }, { policy: withPortfolio(fields) })).verdict).toBe(verdict);
    });

    it("counts missions, not events, and says which and why", async () => {
      const events = [
        anEvent({ risk_type: "late" }),
        anEvent({ event_id: "RISK_002", risk_type: "late" }),
        anEvent({ event_id: "RISK_003", risk_type: "slow" }),
        anEvent({ event_id: "RISK_004", mission_id: "N", risk_type: "slow" }),
      ];
      const portfolio = await build({ events });

      expect(portfolio.snapshot.missions_at_risk).toBe(2);
      expect(portfolio.so_what).toBe(
        '2 of 2 missions at risk: Mission with late at "Do T1" (low), slow at "Do T1" (low); Next with slow (low); no KPI has been measured yet.',
      );
    });

    it.each([
      [WEEK_START, 0],
      [IN_WEEK, 2],
      [END, 2],
      [AFTER_END, 0],
    ])(
      "has an index of the events of 7 days: one detected at %s adds %d",
      async (detected_at, index) => {
        const events = [anEvent({ severity: "medium", status: "closed", detected_at })];

        expect((await build({ events })).risk_index).toBe(index);
      },
    );

    it("weighs events by severity, as the policy says, over its days", async () => {
      const severities = ["high", "high", "medium", "low", "low", "low"] as const;
      const events = severities.map((severity, number) =>
        anEvent({ event_id: `RISK_${number}`, severity, detected_at: DAY_START }),
      );
      const weights = { high: 100, medium: 10, low: 1 };

      expect((await build({ events })).recent_events).toEqual({ high: 2, medium: 1, low: 3 });
      expect((await build({ events })).risk_index).toBe(2 * 3 + 2 + 3);
      expect(
        (await build({ events }, { policy: withPortfolio({ risk_index_weights: weights }) }))
          .risk_index,
      ).toBe(213);
      expect(
        (await build({ events }, { policy: withPortfolio({ risk_index_days: 1 }) })).risk_index,
      ).toBe(0);
      expect(
        (await build({ events }, { policy: withPortfolio({ risk_index_days: 2 }) })).risk_index,
      ).toBe(11);
    });
  });

  describe("who must act", () => {
    const waitingRun = aRun({ start_time: AGES, status: "awaiting_approval" });
    const asks = async (
      request: Partial<History["requests"][number]>,
      run: MissionRun = waitingRun,
    ) =>
      (
        await build({
          runs: [run],
          requests: [aRequest({ approval_request_time: AGES, ...request })],
        })
      ).must_act.length;

    it.each([
      ["is asked now", { approval_request_time: END }, 1],
      ["is asked in a moment", { approval_request_time: AFTER_END }, 0],
      ["was decided just now", { status: "decided", decided_at: END }, 0],
      ["is decided in a moment", { status: "decided", decided_at: AFTER_END }, 1],
      ["is void", { status: "void" }, 0],
    ] as const)("counts a request as waiting or not that %s", async (_what, request, waiting) => {
      expect(await asks(request)).toBe(waiting);
    });

    it.each([
      ["goes on", aRun({ start_time: AGES }), 1],
      ["was cancelled, nobody knows when", aRun({ status: "abandoned" }), 0],
      ["was cancelled", ended(END, { status: "abandoned" }), 0],
      ["failed", ended(END, { status: "failed" }), 0],
      ["is cancelled in a moment", ended(AFTER_END, { status: "abandoned" }), 1],
      ["is another", aRun({ run_id: "R2" }), 0],
    ])("leaves requests to a run or not that %s", async (_what, run, waiting) => {
      expect(await asks({}, run)).toBe(waiting);
    });

    it("still counts a request of a run that completed once it was decided", async () => {
      const request = { status: "decided", decided_at: AFTER_END } as const;

      expect(await asks(request, ended(BEFORE_END))).toBe(1);
    });

    it("puts requests first, the oldest before, then events by severity, time and id", async () => {
      const requests = [
        aRequest({ task_id: "T2", approval_request_time: DAY_START }),
        aRequest({ task_id: "T1", approval_request_time: DAY_START }),
        aRequest({ task_id: "T3", approval_request_time: AGES }),
      ];
      const events = [
        anEvent({ event_id: "RISK_003", task_id: "T6" }),
        anEvent({ event_id: "RISK_004", task_id: "T7", detected_at: DAY_START, severity: "high" }),
        anEvent({ event_id: "RISK_005", task_id: "T8", severity: "high" }),
        anEvent({ event_id: "RISK_001", task_id: "T9", mission_id: "N" }),
        anEvent({ event_id: "RISK_002", task_id: "T5", severity: "medium" }),
      ];
      const { must_act } = await build({ runs: [waitingRun], requests, events });

      expect(must_act.map((act) => act.task_id)).toEqual(
        ["T3", "T1", "T2"].concat(["T8", "T7", "T5", "T9", "T6"]),
      );
      expect(must_act.map((act) => act.since).slice(0, 5)).toEqual([
        AGES,
        DAY_START,
        DAY_START,
        AGES,
        DAY_START,
      ]);
    });

    it("names approvers, else the mission's owner, else somebody", async () => {
      const history = { runs: [waitingRun], requests: [aRequest()] };
      const approvers = ["Bo", "Cy"];
      const policy = { ...DEFAULT_POLICY, approvals: { ...DEFAULT_POLICY.approvals, approvers } };
      const ofNext = anEvent({
        event_id: "RISK_002",
        mission_id: "N",
        task_id: "T2",
        risk_type: "late",
      });

      expect((await build(history)).ask).toBe('Ana has to decide "Do T1".');
      expect((await build(history, { policy })).ask).toBe('Bo or Cy has to decide "Do T1".');
      expect((await build({ events: [ofNext] }, { policy })).ask).toBe(
        "Somebody has to look into the late (low).",
      );
      expect((await build({ ...history, events: [ofNext, anEvent()] })).ask).toBe(
        'Ana has to decide "Do T1" (and 2 more below).',
      );
    });

    it("is nobody when nothing waits, but time can be gained", async () => {
      const rows = [aRow({ actual_duration_minutes: 6 })];

      expect((await build({ runs: [ended(END)], rows })).ask).toBe(
        'Nothing is overdue; to gain time, shorten "Do T1".',
      );
    });
  });

  it("compares with the latest earlier snapshot of the same period", async () => {
    const snapshots = [
      aSnapshot({ snapshot_date: "2026-11-21", completed_runs: 7, period: "day" }),
      aSnapshot({ snapshot_date: "2026-11-20", completed_runs: 6 }),
      aSnapshot({ snapshot_date: DATE, completed_runs: 8 }),
      aSnapshot({ snapshot_date: "2026-11-23", completed_runs: 9 }),
      aSnapshot({ snapshot_date: "2026-11-15", completed_runs: 3, period: "week" }),
    ];
    const previous = async (period: "day" | "week") =>
      (await build({ snapshots }, { period })).trend.completed_runs.previous;

    expect(await previous("day")).toBe(7);
    expect(await previous("week")).toBe(3);
    expect((await build({ snapshots })).snapshots.map((each) => each.snapshot_date)).toEqual([
      "2026-11-20",
      "2026-11-21",
      DATE,
    ]);
  });

  it("draws the trend over the last 30 snapshots, this one included", async () => {
    const snapshots = Array.from({ length: 40 }, (_, day) =>
      aSnapshot({
        snapshot_date: new Date(Date.UTC(2026, 9, 1 + day)).toISOString().slice(0, 10),
      }),
    );
    const drawn = (await build({ snapshots })).snapshots;

    expect(drawn).toHaveLength(30);
    expect(drawn[0]?.snapshot_date).toBe("2026-10-12");
    expect(drawn.at(-1)?.snapshot_date).toBe(DATE);
  });

  it("does not depend on the order of what is recorded", async () => {
    const time = fc.constantFrom(AGES, WEEK_START, IN_WEEK, DAY_START, IN_DAY, END, AFTER_END);
    const runs = fc.uniqueArray(
      fc.record({
        run_id: fc.constantFrom("R1", "R2", "R3"),
        mission_id: fc.constantFrom("M", "X"),
        start_time: time,
        end_time: fc.option(time, { nil: undefined }),
        status: fc.constantFrom("running", "completed", "failed", "abandoned"),
        kpis: fc.option(fc.record({ days: fc.integer({ min: 0, max: 9 }) }), { nil: undefined }),
      }),
      { selector: ({ run_id }) => run_id },
    );
    const rows = fc.uniqueArray(
      fc
        .tuple(rowArbitrary(), fc.constantFrom("R1", "R2", "R3"))
        .map(([row, run_id]) => ({ ...row, run_id })),
      {
        selector: (row) => `${row.run_id}/${row.task_id}/${row.attempt ?? 1}`,
        maxLength: 8,
      },
    );
    const events = fc.uniqueArray(
      fc
        .record({
          event_id: fc.constantFrom("RISK_001", "RISK_002", "RISK_003"),
          run_id: fc.constantFrom("R1", "R2", "R3"),
          severity: fc.constantFrom("low", "medium", "high"),
          status: fc.constantFrom("open", "closed"),
          detected_at: time,
        })
        .map(anEvent),
      { selector: ({ event_id }) => event_id },
    );
    await fc.assert(
      fc.asyncProperty(runs, rows, events, async (someRuns, someRows, someEvents) => {
        const history = {
          runs: someRuns.map((run) => aRun(run)),
          rows: someRows,
          events: someEvents,
          requests: [aRequest({ approval_request_time: AGES }), aRequest({ task_id: "T2" })],
        };
        const turned = {
          runs: history.runs.toReversed(),
          rows: history.rows.toReversed(),
          events: history.events.toReversed(),
          requests: history.requests.toReversed(),
        };

        const { missions, ...rest } = await build(history);
        const { missions: again, ...same } = await build(turned);
        const withoutEvents = (each: typeof missions) =>
          each.map((mission) => ({ ...mission, open_events: mission.open_events.length }));
        expect(same).toEqual(rest);
        expect(withoutEvents(again)).toEqual(withoutEvents(missions));
      }),
      { numRuns: 150 },
    );
  });
});

describe("measureTrend", () => {
  const now = aSnapshot({ snapshot_date: DATE });

  it.each([
    ["active_runs", null, null],
    ["completed_runs", true, false],
    ["missions_at_risk", false, true],
    ["avg_kpi_improvement_pct", true, false],
    ["escalations_last_24h", false, true],
    ["human_interventions_last_24h", false, true],
  ] as const)("calls more %s good: %s, less: %s", (field, more, less) => {
    const change = (value: number) =>
      measureTrend({ ...now, [field]: value }, { ...now, [field]: 5 });

    expect(change(7)[field]).toEqual({ previous: 5, change: 2, good: more });
    expect(change(2)[field]).toEqual({ previous: 5, change: -3, good: less });
    expect(change(5)[field]).toEqual({ previous: 5, change: 0, good: null });
  });

  it("knows no change without an earlier snapshot or an earlier figure", () => {
    const unmeasured = { ...now, avg_kpi_improvement_pct: null };
    const unknown = { previous: null, change: null, good: null };

    expect(measureTrend(now, undefined).completed_runs).toEqual(unknown);
    expect(measureTrend(now, unmeasured).avg_kpi_improvement_pct).toEqual(unknown);
    expect(measureTrend(unmeasured, now).avg_kpi_improvement_pct).toEqual({
      ...unknown,
      previous: 10,
    });
  });

  it("compares with an earlier 0, to 0.01", () => {
    const before = { ...now, completed_runs: 0, avg_kpi_improvement_pct: 0.1 };
    const after = { ...now, avg_kpi_improvement_pct: 0.3 };

    expect(measureTrend(after, before).completed_runs).toMatchObject({ previous: 0, change: 2 });
    expect(measureTrend(after, before).avg_kpi_improvement_pct.change).toBe(0.2);
  });
});
