/** Where nothing else decides, ids do: the order of the records changes no figure and no name. */

import { describe, expect, it } from "vitest";

import { defineKpis, timeBudgetMinutes } from "../../src/kpi/define-kpis.ts";
import { measureRun } from "../../src/kpi/run-figures.ts";
import { DEFAULT_POLICY } from "../../src/model/default-policy.ts";
import { buildPortfolio, windowOf } from "../../src/reports/portfolio.ts";
import {
  NOON,
  aPlan,
  aPlanOf,
  aRecord,
  aReference,
  aRequest,
  aRow,
  aRun,
  aTask,
} from "../support/builders.ts";
import { readPortfolioRecord } from "../support/portfolio-record.ts";

const DATE = "2026-11-22";

describe("the bottleneck", () => {
  const ended = { status: "completed" as const, end_time: "2026-11-22T12:30:00Z" };
  const runs = [
    aRun({ ...ended, run_id: "R1", mission_id: "M" }),
    aRun({ ...ended, run_id: "R2", mission_id: "N" }),
  ];
  const reference = {
    ...aReference([]),
    missions: ["M", "N"].map((mission_id) => ({ mission_id, mission_name: mission_id })),
    plans: ["M", "N"].map((mission_id) => ({
      mission_id,
      tasks: [aTask({ task: `Of ${mission_id}` })],
    })),
  };
  const portfolioOf = async (minutes: readonly [number, number], turn = false) => {
    const rows = [
      aRow({ run_id: "R1", mission_id: "M", actual_duration_minutes: 5 + minutes[0] }),
      aRow({ run_id: "R2", mission_id: "N", actual_duration_minutes: 5 + minutes[1] }),
    ];
    const context = { reference, policy: DEFAULT_POLICY };
    const history = { runs, rows: turn ? rows.toReversed() : rows };
    const record = await readPortfolioRecord(history, windowOf({ date: DATE, ...context }));
    return buildPortfolio(record, { date: DATE, ...context });
  };

  it("is one task, of one mission, with its own minutes", async () => {
    expect((await portfolioOf([1, 9])).so_what).toContain('"Of N", 9 minutes in 7 days');
  });

  it("is the first mission's in a tie", async () => {
    expect((await portfolioOf([3, 3])).snapshot.top_bottleneck_task_name).toBe("Of M");
    expect((await portfolioOf([3, 3], true)).snapshot.top_bottleneck_task_name).toBe("Of M");
  });
});

describe("the ledger of a run that waits twice", () => {
  it("does not depend on which request was made first", () => {
    const tasks = aPlan({ T1: [], T2: [], T3: [] });
    const requests = [
      aRequest({ task_id: "T2", approval_request_time: "2026-11-22T12:10:00Z" }),
      aRequest({ task_id: "T3", approval_request_time: "2026-11-22T12:40:00Z" }),
    ];
    const ledgerOf = (asked: typeof requests) =>
      measureRun(
        aRecord({
          run: aRun({ status: "awaiting_approval" }),
          plan: aPlanOf(tasks),
          requests: asked,
        }),
        { now: "2026-11-22T13:00:00Z" },
      ).ledger;

    expect(ledgerOf(requests.toReversed())).toEqual(ledgerOf(requests));
    expect(ledgerOf(requests)).toMatchObject({ human_wait_minutes: 20, idle_minutes: 40 });
  });

  it("has no wait for requests that an ended run has left behind", () => {
    const run = aRun({ status: "failed", end_time: NOON });
    const { fixes } = measureRun(aRecord({ run, requests: [aRequest()] }), {
      now: "2026-11-22T13:00:00Z",
    });

    expect(fixes).toEqual([]);
  });
});

describe("a KPI whose name is its unit", () => {
  it.each([
    [{ target_days: 2 }, 2880],
    [{ max_minutes: 30 }, 30],
    [{ target_cooling_degree_days: 1 }, 1440],
    [{ target_birthdays: 3 }, undefined],
  ])("%j gives a time budget of %s minutes", (figures, budget) => {
    expect(timeBudgetMinutes(undefined, defineKpis({ kpis: figures }))).toBe(budget);
  });
});
