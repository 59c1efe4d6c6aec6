import { describe, expect, it } from "vitest";

import {
  type TaskStatuses,
  markBlocked,
  runStatusOf,
  selectEntry,
} from "../../src/execution/plan-progress.ts";
import { aPlan } from "../support/builders.ts";

const tasks = aPlan({ T1: [], T2: ["T1"], T3: ["T2"], T4: ["T1"], T5: [] });
const ids = (statuses: TaskStatuses, limit?: number) =>
  selectEntry(tasks, statuses, limit).map((task) => task.task_id);

describe("selectEntry", () => {
  it("takes what is unfinished and not downstream of one that waits or has failed", () => {
    const statuses = {
      T1: "completed",
      T2: "awaiting_approval",
      T3: "pending",
      T4: "pending",
      T5: "failed",
    } as const;

    expect(ids(statuses)).toEqual(["T4"]);
  });

  it("takes tasks whose dependencies are in the same entry", () => {
    const statuses = {
      T1: "pending",
      T2: "pending",
      T3: "pending",
      T4: "pending",
      T5: "completed",
    } as const;

    expect(ids(statuses)).toEqual(["T1", "T2", "T3", "T4"]);
    expect(ids(statuses, 2)).toEqual(["T1", "T2"]);
  });
});

describe("markBlocked", () => {
  it("blocks everything downstream of a failed task, and nothing else", () => {
    const statuses = {
      T1: "completed",
      T2: "failed",
      T3: "pending",
      T4: "pending",
      T5: "pending",
    } as const;

    expect(markBlocked(tasks, statuses)).toEqual({ ...statuses, T3: "blocked" });
  });
});

describe("runStatusOf", () => {
  it.each([
    [{ T1: "completed", T2: "completed" }, "completed"],
    [{ T1: "completed", T2: "failed" }, "failed"],
    [{ T1: "failed", T2: "blocked" }, "failed"],
    [{ T1: "failed", T2: "awaiting_approval" }, "awaiting_approval"],
  ] as const)("calls a run with %j %s", (statuses, status) => {
    expect(runStatusOf(statuses)).toBe(status);
  });
});
