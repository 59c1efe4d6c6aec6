import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { type Trace, buildEventLog } from "../../../src/history/export/event-log.ts";
import { toInstant } from "../../../src/model/time.ts";
import { planArbitrary, rowArbitrary, shuffledRowsArbitrary } from "../../kpi/histories.ts";
import { NOON, aPlan, aRow, aRun, aTask } from "../../support/builders.ts";
import { aLog, findFaults, parseCsv, toCsv, toXes } from "./logs.ts";

/** A row that waits two of its five minutes. */
const waiting = { human_delay_minutes: 2, stage: "before", decision: "approve" } as const;

/** Activities as `name from-to resource work+wait`. */
const list = ([trace]: readonly Trace[]) =>
  trace?.activities.map(
    ({ name, start, end, resource, work_minutes, human_delay_minutes }) =>
      `${name} ${clock(start)}-${clock(end)} ${resource} ${work_minutes}+${human_delay_minutes}`,
  );
const clock = (ms: number) => toInstant(ms).slice(11, 16);

describe("buildEventLog", () => {
  it("names an activity after its task, and the approval after both", () => {
    const rows = [aRow({ ...waiting, decided_by: "Ana" })];

    expect(list(aLog({ rows, tasks: [aTask()] }))).toEqual([
      "T1 Collect: approval 12:00-12:02 Ana 0+2",
      "T1 Collect 12:02-12:05 A1 3+0",
    ]);
  });

  it("puts the approval of an output after the work", () => {
    expect(list(aLog({ rows: [aRow({ ...waiting, stage: "after" })] }))).toEqual([
      "T1 12:00-12:03 A1 3+0",
      "T1: approval 12:03-12:05 human 0+2",
    ]);
  });

  it.each([
    ["a decision at once", { decision: "approve" as const }, true],
    ["a time of decision alone", { decided_at: NOON }, true],
    ["a delay alone", { human_delay_minutes: 0.01 }, true],
    ["no delay and no decision", { human_approval_required: true }, false],
  ])("has an approval where there is %s: %#", (_, fields, isThere) => {
    const names = aLog({ rows: [aRow(fields)] })[0]?.activities.map(({ name }) => name);

    expect(names?.includes("T1: approval")).toBe(isThere);
  });

  it("places rows without times after what they depend on, whatever the order of the plan", () => {
    const old = { started_at: undefined, ended_at: undefined, actual_duration_minutes: 4 };
    const rows = [aRow({ ...old, task_id: "T2" }), aRow({ ...old, attempt: undefined })];
    const tasks = aPlan({ T2: ["T1"], T1: [] });

    expect(list(aLog({ rows, tasks }))).toEqual([
      "T1 Do T1 12:00-12:04 A1 4+0",
      "T2 Do T2 12:04-12:08 A1 4+0",
    ]);
  });

  it("keeps attempts apart, each with its outcome", () => {
    const rows = [
      aRow({ attempt: 2, agent_id: "A2" }),
      aRow({ outcome: "failed", started_at: NOON, ended_at: NOON }),
    ];

    const [trace] = aLog({ rows });

    expect(trace?.activities).toMatchObject([
      { attempt: 1, outcome: "failed", resource: "A1" },
      { attempt: 2, outcome: "completed", resource: "A2" },
    ]);
  });

  it("has a trace for each run in the order recorded, and leaves out rows of no run", () => {
    const runs = [aRun({ run_id: "R2" }), aRun({ run_id: "R1", mission_id: "unknown" })];
    const rows = [aRow(), aRow({ run_id: "R2" }), aRow({ run_id: "R9" })];

    const log = buildEventLog({ runs, rows }, []);

    expect(log.map(({ run, activities }) => [run.run_id, activities.length])).toEqual([
      ["R2", 1],
      ["R1", 1],
    ]);
  });

  it("ends nothing before it starts, and waits no longer than there is time", () => {
    const early = { ended_at: "2026-11-22T11:00:00Z" };

    expect(list(aLog({ rows: [aRow({ ...early, human_delay_minutes: 90 })] }))).toEqual([
      "T1: approval 12:00-12:00 human 0+90",
      "T1 12:00-12:00 A1 0+0",
    ]);
  });

  it.each([
    [
      "minutes beyond all calendars",
      { actual_duration_minutes: 1e308, human_delay_minutes: 1e300 },
    ],
    ["a year of five digits to come", { actual_duration_minutes: 1e10 }],
    ["a time that is none", { started_at: "soon", ended_at: "later" }],
    ["the year zero", { started_at: "0000-01-01T00:00:00Z", ended_at: "0000-01-02T00:00:00Z" }],
  ])("survives %s", async (_, fields) => {
    const untimed = { started_at: undefined, ended_at: undefined };

    const log = aLog({ rows: [aRow({ ...untimed, ...fields }), aRow({ ...fields, attempt: 2 })] });

    expect(await findFaults(toXes(log))).toEqual([]);
    expect(parseCsv(toCsv(log)).length).toBeGreaterThan(2);
  });

  it("accounts for each attempt once, in order, whatever its row says", () => {
    const rowsArbitrary = fc.array(rowArbitrary(), { maxLength: 8 });

    fc.assert(
      fc.property(planArbitrary, rowsArbitrary, (tasks, rows) => {
        const activities = aLog({ tasks, rows })[0]?.activities ?? [];

        const starts = activities.map(({ start }) => start);
        expect(activities.filter(({ kind }) => kind === "work")).toHaveLength(rows.length);
        expect(starts).toEqual(starts.toSorted((a, b) => a - b));
        expect(activities.every(({ start, end }) => end >= start)).toBe(true);
        const waited = activities.reduce((sum, each) => sum + each.human_delay_minutes, 0);
        expect(waited).toBeCloseTo(
          rows.reduce((sum, row) => sum + row.human_delay_minutes, 0),
          6,
        );
      }),
    );
  });

  it("does not depend on the order of the rows", () => {
    fc.assert(
      fc.property(planArbitrary, shuffledRowsArbitrary(), (tasks, { rows, shuffled }) => {
        expect(toCsv(aLog({ tasks, rows: shuffled }))).toBe(toCsv(aLog({ tasks, rows })));
      }),
    );
  });
});
