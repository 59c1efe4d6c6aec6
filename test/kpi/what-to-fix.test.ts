import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { rankFixes } from "../../src/kpi/what-to-fix.ts";
import { SAMPLE_FACTS } from "../risk/sample.ts";
import { aPlan, aRequest, aRow } from "../support/builders.ts";
import { afterNoon, planArbitrary, shuffledRowsArbitrary } from "./histories.ts";

const tasks = aPlan({ T1: [], T2: [], T3: [] });
const now = afterNoon(60);

const rank = (facts: Partial<Parameters<typeof rankFixes>[0]>) =>
  rankFixes({ tasks, rows: [], pending: [], now, criticalTasks: new Set(), ...facts });

const names = (fixes: ReturnType<typeof rankFixes>) =>
  fixes.map(({ kind, task_id, minutes }) => `${kind} ${task_id} ${minutes}`);

/** An attempt that worked and waited for so many minutes. */
const spent = (task_id: string, work: number, wait = 0, attempt = 1) =>
  aRow({
    task_id,
    attempt,
    actual_duration_minutes: work + wait,
    human_delay_minutes: wait,
  });

describe("rankFixes", () => {
  it("puts what cost most first; ties by task, approvals first", () => {
    const rows = [spent("T3", 14), spent("T2", 9, 4), spent("T1", 9)];

    expect(names(rank({ rows }))).toEqual(["task T3 9", "task T1 4", "approval T2 4", "task T2 4"]);
  });

  it("leaves out what cost nothing: work within the estimate, no wait", () => {
    expect(rank({ rows: [spent("T1", 5), spent("T2", 4.99)] })).toEqual([]);
    expect(names(rank({ rows: [spent("T1", 5.01), spent("T2", 0, 0.01)] }))).toEqual([
      "task T1 0.01",
      "approval T2 0.01",
    ]);
  });

  it("adds up the attempts at a task", () => {
    const rows = [spent("T1", 3, 2), spent("T1", 4, 1, 2), spent("T1", 0, 0, 3)];

    expect(rank({ rows })).toEqual([
      {
        kind: "approval",
        task_id: "T1",
        task: "Do T1",
        minutes: 3,
        on_critical_path: false,
        evidence:
          "3 min waiting for a person in 2 approvals: 60 % of the 5 min estimated for the work",
      },
      {
        kind: "task",
        task_id: "T1",
        task: "Do T1",
        minutes: 2,
        on_critical_path: false,
        evidence: "7 min of work in 2 attempts against an estimate of 5 min",
      },
    ]);
  });

  it("counts the wait of an open request up to now", () => {
    const pending = [aRequest({ task_id: "T2", approval_request_time: afterNoon(48) })];

    expect(rank({ pending })[0]).toMatchObject({
      kind: "approval",
      minutes: 12,
      evidence:
        "12 min waiting for a person in 1 approval, and still waiting: 240 % of the 5 min estimated for the work",
    });
  });

  it("counts no wait for a request from the future", () => {
    const pending = [aRequest({ task_id: "T2", approval_request_time: afterNoon(61) })];

    expect(rank({ pending })).toEqual([]);
    expect(names(rank({ pending, rows: [spent("T2", 1, 3)] }))).toEqual(["approval T2 3"]);
  });

  it("says what the run's end waited for", () => {
    const fixes = rank({ rows: [spent("T1", 9), spent("T2", 8)], criticalTasks: new Set(["T2"]) });

    expect(fixes.map((fix) => fix.on_critical_path)).toEqual([false, true]);
  });

  it("names one attempt in the singular, and its overrun in the sample", () => {
    expect(SAMPLE_FACTS[4]?.fixes.map(({ evidence }) => evidence)).toEqual([
      "6 min waiting for a person in 1 approval: 100 % of the 6 min estimated for the work",
      "12 min of work in 1 attempt against an estimate of 8 min",
    ]);
  });

  it("finds in the sample that people cost most: T2 waited 7 minutes and overran by none", () => {
    const found = SAMPLE_FACTS.map(({ fixes }) => names(fixes)[0]);

    expect(found).toEqual([
      "approval T2 7",
      "approval T2 4",
      "approval T2 2",
      "approval T5 3",
      "approval T5 6",
      "approval T8 5",
      "approval T8 2",
      "approval T8 1",
    ]);
  });

  it("does not depend on the order of the rows", () => {
    fc.assert(
      fc.property(planArbitrary, shuffledRowsArbitrary(), (plan, { rows, shuffled }) => {
        expect(rank({ tasks: plan, rows: shuffled })).toEqual(rank({ tasks: plan, rows }));
      }),
    );
  });
});
