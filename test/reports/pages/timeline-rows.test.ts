import { describe, expect, it } from "vitest";

import { addMinutes } from "../../../src/model/time.ts";
import { chooseTimelineRows } from "../../../src/reports/pages/timeline-rows.ts";
import { NOON, aReference, aRow, aRun, aTask } from "../../support/builders.ts";
import { aLargeRunPage, aRunPage, aWaitingRunPage } from "./fixtures.ts";

describe("chooseTimelineRows", () => {
  it("puts waiting before the work, and after it where people judged the output", () => {
    const [report] = aWaitingRunPage();

    expect(chooseTimelineRows(report).rows.find((row) => row.task_id === "T1")).toEqual({
      task_id: "T1",
      task: "Draft",
      isCritical: false,
      words: "15.5 min, 2 attempts",
      spans: [
        { kind: "wait", start: 0, end: 6 },
        { kind: "work", start: 6, end: 13.25 },
        { kind: "wait", start: 13.25, end: 15.5 },
      ],
    });
  });

  it("shows an attempt that took no time", () => {
    const [report] = aWaitingRunPage();

    expect(chooseTimelineRows(report).rows.find((row) => row.task_id === "T2")).toMatchObject({
      words: "0 min, skipped",
      spans: [{ kind: "work", start: 15.5, end: 15.5 }],
    });
  });

  it("draws a question that nobody has answered up to now", () => {
    const [report] = aWaitingRunPage();

    expect(chooseTimelineRows(report).rows.find((row) => row.task_id === "T3")).toMatchObject({
      isCritical: true,
      words: "39 min, still waiting",
      spans: [{ kind: "wait", start: 1, end: 40 }],
    });
  });

  it("shows the 40 longest tasks by their start, and counts the others", () => {
    const { rows, leftOut } = chooseTimelineRows(aLargeRunPage(300)[0]);
    const starts = rows.map((row) => row.spans[0]?.start ?? 0);

    expect(rows).toHaveLength(40);
    expect(leftOut).toBe(260);
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  });

  it("shows the critical path with them, up to 50 tasks in all", () => {
    const tasks = Array.from({ length: 90 }, (_, position) =>
      aTask({
        task_id: `T${position}`,
        order: position + 1,
        depends_on: position === 0 || position >= 60 ? [] : [`T${position - 1}`],
      }),
    );
    const rows = tasks.map(({ task_id }, position) => {
      const started_at = position < 60 ? addMinutes(NOON, position) : NOON;
      const minutes = position < 60 ? 1 : 30;
      const ended_at = addMinutes(started_at, minutes);
      return aRow({ task_id, actual_duration_minutes: minutes, started_at, ended_at });
    });
    const run = aRun({ status: "completed", end_time: addMinutes(NOON, 60) });

    const chosen = chooseTimelineRows(aRunPage({ run, rows, reference: aReference(tasks) })[0]);

    expect(chosen.rows).toHaveLength(50);
    expect(chosen.rows.every((row) => row.isCritical)).toBe(true);
    expect(chosen.leftOut).toBe(40);
  });
});
