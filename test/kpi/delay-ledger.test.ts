import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { type DelayLedger, measureDelays } from "../../src/kpi/delay-ledger.ts";
import { layTimeline } from "../../src/kpi/lay-timeline.ts";
import { measureRun } from "../../src/kpi/run-figures.ts";
import type { PlanTask } from "../../src/model/decomposed-mission-tasks.ts";
import type { RunRecord } from "../../src/model/run-record.ts";
import type { TaskLog } from "../../src/model/task-execution-logs.ts";
import { SAMPLE_FACTS } from "../risk/sample.ts";
import { NOON, aPlan, aPlanOf, aRecord, aRequest, aRow, aRun, aTask } from "../support/builders.ts";
import { afterNoon, planArbitrary, shuffledRowsArbitrary } from "./histories.ts";

const tasks = aPlan({ T1: [], T2: ["T1"], T3: ["T1"], T4: ["T2", "T3"] });

/** A row from one minute after noon to another, of which so many were spent waiting. */
const aSpell = (task_id: string, from: number, to: number, fields: Partial<TaskLog> = {}) =>
  aRow({
    task_id,
    started_at: afterNoon(from),
    ended_at: afterNoon(to),
    actual_duration_minutes: to - from,
    ...fields,
  });

const waiting = (human_delay_minutes: number): Partial<TaskLog> => ({ human_delay_minutes });

const measure = (
  rows: readonly TaskLog[],
  { plan = tasks, end = 60 }: { plan?: readonly PlanTask[]; end?: number } = {},
) =>
  measureDelays(layTimeline(rows, { tasks: plan, startTime: NOON }), {
    tasks: plan,
    start: NOON,
    end: afterNoon(end),
  });

/** Work, wait, idle, unexplained. */
const partsOf = (ledger: DelayLedger) => [
  ledger.agent_work_minutes,
  ledger.human_wait_minutes,
  ledger.idle_minutes,
  ledger.unexplained_minutes,
];

const pathOf = ({ critical_path }: DelayLedger) =>
  critical_path.map(({ task_id, attempt }) => `${task_id}#${attempt}`);

describe("measureDelays", () => {
  it("splits a chain into waiting, working and idling", () => {
    const rows = [
      aSpell("T1", 2, 10, waiting(3)),
      aSpell("T2", 10, 15),
      aSpell("T4", 21, 60, waiting(30)),
    ];

    expect(measure(rows)).toEqual({
      wall_clock_minutes: 60,
      agent_work_minutes: 19,
      human_wait_minutes: 33,
      idle_minutes: 8,
      unexplained_minutes: 0,
      critical_path: [
        { task_id: "T1", attempt: 1, agent_work_minutes: 5, human_wait_minutes: 3 },
        { task_id: "T2", attempt: 1, agent_work_minutes: 5, human_wait_minutes: 0 },
        { task_id: "T4", attempt: 1, agent_work_minutes: 9, human_wait_minutes: 30 },
      ],
    });
  });

  it("follows the dependency that ended last, and nothing beside it", () => {
    const rows = [
      aSpell("T1", 0, 10),
      aSpell("T2", 10, 40, waiting(30)),
      aSpell("T3", 10, 41),
      aSpell("T4", 41, 60),
    ];

    expect(pathOf(measure(rows))).toEqual(["T1#1", "T3#1", "T4#1"]);
    expect(partsOf(measure(rows))).toEqual([60, 0, 0, 0]);
  });

  it("takes the later in the plan among attempts that end together", () => {
    const rows = [aSpell("T2", 0, 60), aSpell("T3", 0, 60, waiting(60))];

    expect(pathOf(measure(rows))).toEqual(["T3#1"]);
    expect(pathOf(measure(rows.toReversed()))).toEqual(["T3#1"]);
  });

  it("goes back through the earlier attempts at a task", () => {
    const rows = [
      aSpell("T1", 0, 10, { outcome: "failed" }),
      aSpell("T1", 12, 30, { attempt: 2, ...waiting(18) }),
      aSpell("T1", 30, 60, { attempt: 3 }),
    ];

    expect(pathOf(measure(rows))).toEqual(["T1#1", "T1#2", "T1#3"]);
    expect(partsOf(measure(rows))).toEqual([40, 18, 2, 0]);
  });

  it("cannot explain the time after the last row", () => {
    expect(partsOf(measure([aSpell("T1", 0, 45)]))).toEqual([45, 0, 0, 15]);
  });

  it("cannot explain a run without rows at all", () => {
    expect(measure([])).toEqual({
      wall_clock_minutes: 60,
      agent_work_minutes: 0,
      human_wait_minutes: 0,
      idle_minutes: 0,
      unexplained_minutes: 60,
      critical_path: [],
    });
  });

  it("counts a row no further than the end of the run", () => {
    const rows = [aSpell("T1", 0, 50), aSpell("T2", 50, 90, waiting(4))];

    expect(partsOf(measure(rows))).toEqual([56, 4, 0, 0]);
    expect(partsOf(measure([aSpell("T1", 0, 90, waiting(80))]))).toEqual([0, 60, 0, 0]);
  });

  it("counts no minute twice where a task starts before its dependency has ended", () => {
    const rows = [aSpell("T1", 0, 50), aSpell("T2", 20, 60)];

    expect(partsOf(measure(rows))).toEqual([60, 0, 0, 0]);
    expect(measure(rows).critical_path[0]?.agent_work_minutes).toBe(20);
    expect(partsOf(measure([aSpell("T1", 30, 50), aSpell("T2", 20, 60)]))).toEqual([40, 0, 20, 0]);
  });

  it("shows rows from before the run as minutes too many", () => {
    expect(partsOf(measure([aSpell("T1", -10, 60)]))).toEqual([70, 0, 0, -10]);
  });

  it("waits no longer than the attempt lasted", () => {
    expect(partsOf(measure([aSpell("T1", 0, 60, waiting(500))]))).toEqual([0, 60, 0, 0]);
  });

  it("ends on plans with cycles and on tasks that no plan has", () => {
    const plan = aPlan({ T1: ["T2"], T2: ["T1", "T2"] });
    const rows = [aSpell("T1", 0, 60), aSpell("T2", 0, 60), aSpell("T9", 0, 60)];

    expect(pathOf(measure(rows, { plan }))).toEqual(["T9#1"]);
    expect(pathOf(measure(rows.slice(0, 2), { plan }))).toEqual(["T1#1", "T2#1"]);
  });

  it("does not explain more of the sample's clock than its rows do", () => {
    const [first] = SAMPLE_FACTS;

    expect(first?.ledger).toMatchObject({
      wall_clock_minutes: 73,
      agent_work_minutes: 19,
      human_wait_minutes: 7,
      idle_minutes: 0,
      unexplained_minutes: 47,
    });
  });

  it("splits every sound history exactly, idle time being the pauses on the path", () => {
    fc.assert(
      fc.property(soundHistoryArbitrary, ({ plan, rows, pauses, end }) => {
        const ledger = measure(rows, { plan, end });
        const path = ledger.critical_path.map(({ task_id }) => task_id);
        const own = (id: string) => rows.filter((row) => row.task_id === id);
        const sum = (values: readonly number[]) => values.reduce((total, each) => total + each, 0);
        const waited = path.flatMap(own).map((row) => row.human_delay_minutes);
        const lasted = path.flatMap(own).map((row) => row.actual_duration_minutes);

        expect(ledger.unexplained_minutes).toBe(0);
        expect(ledger.human_wait_minutes).toBeCloseTo(sum(waited), 6);
        expect(ledger.agent_work_minutes).toBeCloseTo(sum(lasted) - sum(waited), 6);
        expect(ledger.idle_minutes).toBeCloseTo(sum(path.map((id) => pauses.get(id) ?? 0)), 6);
        for (const [position, id] of path.slice(1).entries()) {
          expect(plan.find((task) => task.task_id === id)?.depends_on).toContain(path[position]);
        }
      }),
    );
  });

  it("has parts that sum to the wall clock whatever the history", () => {
    const ends = fc.integer({ min: -600, max: 30_000 }).map((hundredths) => hundredths / 100);
    fc.assert(
      fc.property(planArbitrary, shuffledRowsArbitrary(), ends, (plan, { rows }, end) => {
        const ledger = measure(rows, { plan, end });
        const [work = -1, wait = -1, idle = -1, unexplained = 0] = partsOf(ledger);

        expect(work + wait + idle + unexplained).toBeCloseTo(ledger.wall_clock_minutes, 6);
        expect(ledger.wall_clock_minutes).toBeCloseTo(end, 6);
        expect(Math.min(work, wait, idle)).toBeGreaterThanOrEqual(0);
        const path = pathOf(ledger);
        expect(path.length).toBeLessThanOrEqual(rows.length);
        const worked = ledger.critical_path.reduce((sum, step) => sum + step.agent_work_minutes, 0);
        expect(Math.abs(worked - work)).toBeLessThanOrEqual(0.01 * rows.length);
      }),
      { numRuns: 500 },
    );
  });

  it("does not depend on the order of the rows", () => {
    fc.assert(
      fc.property(planArbitrary, shuffledRowsArbitrary(), (plan, { rows, shuffled }) => {
        expect(measure(shuffled, { plan })).toEqual(measure(rows, { plan }));
      }),
    );
  });
});

describe("measureRun", () => {
  const gather = (records: Partial<RunRecord>, now = afterNoon(60)) =>
    measureRun(aRecord({ plan: aPlanOf(tasks), ...records }), { now });
  const asked = (minutes: number) =>
    aRequest({ task_id: "T2", approval_request_time: afterNoon(minutes) });

  it("lets an open request wait until now", () => {
    const run = aRun({ status: "awaiting_approval" });
    const { ledger } = gather({ run, rows: [aSpell("T1", 0, 5)], requests: [asked(7)] });

    expect(partsOf(ledger)).toEqual([5, 53, 2, 0]);
    expect(pathOf(ledger)).toEqual(["T1#1", "T2#1"]);
  });

  it("lets a request about an attempt wait from the end of that attempt", () => {
    const rows = [aSpell("T2", 0, 10)];
    const { ledger } = gather({ rows, requests: [asked(3)] });

    expect(partsOf(ledger)).toEqual([10, 50, 0, 0]);
  });

  it("leaves decided requests to their rows", () => {
    const rows = [aSpell("T1", 0, 10)];
    const request = { ...asked(0), status: "decided" as const };

    expect(partsOf(gather({ rows, requests: [request] }).ledger)).toEqual([10, 0, 0, 50]);
  });

  it("takes the end of an ended run from its record, else from its rows", () => {
    const rows = [aSpell("T1", 0, 10)];
    const recorded = aRun({ status: "completed", end_time: afterNoon(30) });

    expect(gather({ run: recorded, rows }).ledger.wall_clock_minutes).toBe(30);
    expect(gather({ run: aRun({ status: "failed" }), rows }).ledger.wall_clock_minutes).toBe(10);
  });

  it("lets a run that goes on last until now, or as long as its timeline has got", () => {
    const rows = [aSpell("T1", 0, 10)];

    expect(gather({ rows }).ledger.wall_clock_minutes).toBe(60);
    expect(gather({ rows }, afterNoon(4)).ledger.wall_clock_minutes).toBe(10);
  });
});

/** Plans whose tasks start when their dependencies have ended, and a pause later. */
const soundHistoryArbitrary = fc
  .array(
    fc.record({
      needs: fc.array(fc.nat({ max: 5 }), { maxLength: 3 }),
      pause: fc.nat({ max: 500 }),
      wait: fc.nat({ max: 900 }),
      work: fc.integer({ min: 1, max: 900 }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((drawn) => {
    const ends = new Map<string, number>();
    const pauses = new Map<string, number>();
    const plan: PlanTask[] = [];
    const rows: TaskLog[] = [];
    for (const [position, { needs, pause, wait, work }] of drawn.entries()) {
      const task_id = `T${position + 1}`;
      const before = needs.filter((need) => need < position).map((need) => `T${need + 1}`);
      const depends_on = [...new Set(before)];
      const ready = Math.max(0, ...depends_on.map((id) => ends.get(id) ?? 0));
      const from = ready + pause;
      const to = from + wait + work;
      ends.set(task_id, to);
      pauses.set(task_id, pause / 100);
      plan.push(aTask({ task_id, depends_on }));
      const lasted = { actual_duration_minutes: (wait + work) / 100 };
      rows.push(aSpell(task_id, from / 100, to / 100, { ...waiting(wait / 100), ...lasted }));
    }
    return { plan, rows, pauses, end: Math.max(...ends.values()) / 100 };
  });
