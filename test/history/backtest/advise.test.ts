import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { lowerBound } from "../../../src/history/backtest/advise-interval.ts";
import { type Advice, adviseGates, proposePlans } from "../../../src/history/backtest/advise.ts";
import type { TaskLog } from "../../../src/model/task-execution-logs.ts";
import { SAMPLE_HISTORY, SAMPLE_REFERENCE } from "../../risk/sample.ts";
import { aRow, aTask } from "../../support/builders.ts";

const READ = { fastest_read_seconds: 2 };
const GATED = [{ mission_id: "M", tasks: [aTask({ requires_human_approval: true })] }];
const OPEN = [{ mission_id: "M", tasks: [aTask()] }];

/** So many rows, each of a run of its own. */
const rows = (n: number, fields: Partial<TaskLog> = {}, prefix = "R") =>
  Array.from({ length: n }, (_, index) => aRow({ run_id: `${prefix}${index}`, ...fields }));

const approved: Partial<TaskLog> = {
  human_approval_required: true,
  human_delay_minutes: 2,
  decision: "approve",
  stage: "before",
  outcome: "approved",
};

function advise(some: readonly TaskLog[], plans = GATED): Advice {
  const [piece] = adviseGates(some, plans, READ);
  if (piece === undefined) throw new Error("no advice");
  return piece;
}

describe("lowerBound", () => {
  it.each([
    [0, 10, 0],
    [1, 1, 0.025],
    [3, 3, 0.2924],
    [10, 10, 0.6915],
    [5, 10, 0.1871],
    [81, 263, 0.2527],
    [71, 71, 0.9494],
    [72, 72, 0.9501],
    [90_000, 100_000, 0.8981],
  ])("is, of %d out of %d, %d", (hits, n, bound) => {
    expect(lowerBound(hits, n)).toBeCloseTo(bound, 4);
  });

  it("is undefined without cases, and never above the share", () => {
    expect(lowerBound(0, 0)).toBeUndefined();
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), (hits, misses) => {
        fc.pre(hits + misses > 0);
        const bound = lowerBound(hits, hits + misses) ?? -1;

        expect(bound).toBeGreaterThanOrEqual(0);
        expect(bound).toBeLessThanOrEqual(hits / (hits + misses));
      }),
    );
  });
});

describe("adviseGates on the sample", () => {
  const advice = adviseGates(SAMPLE_HISTORY.rows, SAMPLE_REFERENCE.plans, READ);

  it("keeps every gate: three clean decisions prove little", () => {
    expect(advice.map((piece) => `${piece.task_id} ${piece.advice}`)).toEqual([
      "T2 keep",
      "T5 keep",
      "T8 keep",
    ]);
    expect(advice[0]).toEqual({
      mission_id: "M001",
      task_id: "T2",
      task: "Verify documents",
      gated: true,
      advice: "keep",
      reason: "3 of 3 decisions were clean, so at least 29.2 % of all are; over 95 % is needed.",
      n: 3,
      clean: 3,
      clean_lower_bound: 0.2924,
      edit_rate: 0,
      reject_rate: 0,
      median_wait_minutes: 4,
      minutes_saved: 13,
      runs: 3,
      troubled_runs: 0,
      trouble_lower_bound: 0,
    });
    expect(proposePlans(SAMPLE_REFERENCE.plans, advice)).toBeUndefined();
  });
});

describe("adviseGates", () => {
  it.each([
    [71, "keep"],
    [72, "relax"],
  ])("after %d clean decisions and no other: %s", (n, expected) => {
    const piece = advise(rows(n, approved));

    expect(piece.advice).toBe(expected);
    expect(piece.minutes_saved).toBe(2 * n);
  });

  it("counts edits and refusals against a gate's end, and handed-over failures not at all", () => {
    const mixed = [
      ...rows(96, approved),
      ...rows(2, { ...approved, decision: "edit" }, "E"),
      ...rows(2, { ...approved, decision: "reject", outcome: "rejected" }, "X"),
      ...rows(1, { ...approved, stage: "failure", human_delay_minutes: 99 }, "F"),
    ];

    expect(advise(mixed)).toMatchObject({
      advice: "keep",
      n: 100,
      clean: 96,
      edit_rate: 0.02,
      reject_rate: 0.02,
      median_wait_minutes: 2,
    });
  });

  it("takes old rows by their outcome, and a failed one for no decision", () => {
    const old = { ...approved, attempt: undefined, decision: undefined, stage: undefined };
    const { attempt: _a, decision: _d, stage: _s, ...plain } = { ...aRow(), ...old };
    const said = (outcome: TaskLog["outcome"], run_id: string) => ({ ...plain, outcome, run_id });

    expect(
      advise([said("approved", "R1"), said("rejected", "R2"), said("failed", "R3")]),
    ).toMatchObject({ n: 2, clean: 1, reject_rate: 0.5, troubled_runs: 1 });
  });

  it("keeps a gate with clean decisions where the task itself is troubled", () => {
    const troubled = rows(80, { ...approved, outcome: "failed" });

    expect(advise([...rows(20, approved, "S"), ...troubled])).toMatchObject({
      advice: "keep",
      clean: 100,
      troubled_runs: 80,
    });
  });

  it.each([
    [3, 7, []], // 3 of 10: at least 6.7 %
    [4, 6, ["tighten"]], // 4 of 10: at least 12.2 %
    [9, 0, []], // too few runs, however bad
    [10, 0, ["tighten"]],
  ])("says without a gate, of %d failed and %d good runs, %j", (failed, good, expected) => {
    const some = [...rows(failed, { outcome: "failed" }), ...rows(good, {}, "G")];

    expect(adviseGates(some, OPEN, READ).map(({ advice }) => advice)).toEqual(expected);
  });

  it("does not count what nobody can have read, or what was approved with all the rest", () => {
    const quick = rows(80, { ...approved, human_delay_minutes: 0.02 }, "Q");
    const all = rows(80, { ...approved, source: "approve_all" }, "A");

    expect(advise([...rows(3, approved), ...quick, ...all])).toMatchObject({ n: 3, clean: 3 });
    expect(adviseGates(quick, GATED, { fastest_read_seconds: 1 }).map(({ n }) => n)).toEqual([80]);
  });

  it("counts a run once, and an escalated failure as trouble", () => {
    const some = [
      ...rows(10),
      aRow({ run_id: "R0", attempt: 2, outcome: "failed" }),
      aRow({ run_id: "R0", attempt: 3, escalation: "failure" }),
      aRow({ run_id: "R1", attempt: 2, escalation: "overdue" }),
    ];

    expect(advise(some)).toMatchObject({ runs: 10, troubled_runs: 1 });
  });

  it.each([
    [[1, 2, 9], 2],
    [[1, 2, 3, 9], 2.5],
  ])("has the median of the waits %j: %d", (waits, median) => {
    const some = waits.map((human_delay_minutes, index) =>
      aRow({ ...approved, run_id: `R${index}`, human_delay_minutes }),
    );

    expect(advise(some).median_wait_minutes).toBe(median);
  });

  it("does not depend on the order of rows", () => {
    const some = [...rows(5, approved), ...rows(5, { outcome: "failed" }, "F"), ...rows(3)];

    fc.assert(
      fc.property(
        fc.shuffledSubarray(some, { minLength: some.length, maxLength: some.length }),
        (shuffled) => {
          expect(advise(shuffled)).toEqual(advise(some));
        },
      ),
    );
  });
});

describe("proposePlans", () => {
  it("changes the gates advised and nothing else, unknown fields included", () => {
    const plans = [
      {
        mission_id: "M",
        owner: "ana",
        tasks: [
          aTask({ requires_human_approval: true }),
          aTask({ task_id: "T2" }),
          aTask({ task_id: "T3" }),
        ],
      },
    ];
    const log = [...rows(72, approved), ...rows(10, { task_id: "T2", outcome: "failed" })];

    expect(proposePlans(plans, adviseGates(log, plans, READ))).toEqual([
      {
        mission_id: "M",
        owner: "ana",
        tasks: [
          aTask(),
          aTask({ task_id: "T2", requires_human_approval: true }),
          aTask({ task_id: "T3" }),
        ],
      },
    ]);
  });
});
