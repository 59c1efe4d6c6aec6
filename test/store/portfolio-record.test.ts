import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { DEFAULT_POLICY } from "../../src/model/default-policy.ts";
import type { EndedRun } from "../../src/model/portfolio-record.ts";
import { addMinutes } from "../../src/model/time.ts";
import { windowOf } from "../../src/reports/portfolio.ts";
import {
  NOON,
  aHistory,
  aReference,
  aRequest,
  aRow,
  aRun,
  aTask,
  anEvent,
} from "../support/builders.ts";
import {
  readPortfolioRecord,
  toPortfolioRecord,
  withStoreOf,
} from "../support/portfolio-record.ts";

const DATE = "2026-11-22";
const reference = aReference([aTask()]);

/** Long ago, the ends of the window and of the day with a moment after each, and another day. */
const time = fc.constantFrom(
  "2026-01-01T00:00:00Z",
  "2026-11-15T23:59:59.999Z",
  "2026-11-16T00:00:00Z",
  "2026-11-16T00:00:00.001Z",
  NOON,
  "2026-11-23T00:00:00Z",
  "2026-11-23T00:00:00.001Z",
  "2026-12-24T00:00:00Z",
);
const maybe = fc.option(time, { nil: undefined });
const runId = fc.constantFrom("R1", "R2", "R3", "R4");
const missionId = fc.constantFrom("M", "X");

const historyArbitrary = fc.record({
  runs: fc.uniqueArray(
    fc
      .record({
        run_id: runId,
        mission_id: missionId,
        start_time: time,
        end_time: maybe,
        status: fc.constantFrom("running", "awaiting_approval", "completed", "failed", "abandoned"),
        kpis: fc.constantFrom({ days: 1 }, {}, undefined),
        kpis_recorded: fc.constantFrom({ days: 2 }, undefined, undefined),
      })
      .map(aRun),
    { selector: ({ run_id }) => run_id },
  ),
  rows: fc.uniqueArray(
    fc.record({ run_id: runId, attempt: fc.integer({ min: 1, max: 2 }) }).map(aRow),
    {
      selector: ({ run_id, attempt }) => `${run_id}/${attempt}`,
    },
  ),
  events: fc.uniqueArray(
    fc
      .record({
        event_id: fc.constantFrom("RISK_001", "RISK_002", "MINE"),
        run_id: runId,
        mission_id: missionId,
        status: fc.constantFrom("open", "closed"),
        detected_at: time,
        closed_at: maybe,
      })
      .map(({ closed_at, ...event }) =>
        anEvent({ ...event, ...(event.status === "closed" ? { closed_at } : {}) }),
      ),
    { selector: ({ event_id }) => event_id },
  ),
  requests: fc.uniqueArray(
    fc
      .record({
        run_id: runId,
        task_id: fc.constantFrom("T1", "T2"),
        status: fc.constantFrom("pending", "decided", "void"),
        approval_request_time: time,
        decided_at: maybe,
      })
      .map(({ decided_at, ...request }) =>
        aRequest({ ...request, ...(request.status === "decided" ? { decided_at } : {}) }),
      ),
    { selector: ({ run_id, approval_id }) => `${run_id}/${approval_id}` },
  ),
});

const window = {
  ...windowOf({ date: DATE, reference, policy: DEFAULT_POLICY }),
  openTally: () => {
    const told: EndedRun[] = [];
    return { told, add: (ended: EndedRun) => void told.push(ended) };
  },
};

describe("readPortfolio", () => {
  it("has of any history what whole lists of it say", async () => {
    await fc.assert(
      fc.asyncProperty(historyArbitrary, async (some) => {
        const { requests, recent, ...record } = await readPortfolioRecord(some, window);
        const expected = toPortfolioRecord(aHistory(some), window);

        expect(record).toEqual({
          missions: expected.missions,
          events: expected.events,
          detected: expected.detected,
          snapshots: expected.snapshots,
        });
        expect(recent.told).toEqual(expected.recent.told);
        // Who must act is put in order later.
        const keysOf = (list: typeof requests) =>
          list.map((request) => `${request.run_id}/${request.approval_id}`).toSorted();
        expect(keysOf(requests)).toEqual(keysOf(expected.requests));
      }),
      { numRuns: 300 },
    );
  });

  it("tells of each of many runs once, with its rows, also where more of them than a page ended at one time", async () => {
    const before = addMinutes(NOON, -1);
    const many = Array.from({ length: 1700 }, (_, number) =>
      aRun({
        run_id: `R${number}`,
        start_time: before,
        status: "completed",
        end_time: number % 2 === 0 ? NOON : addMinutes(before, (number % 1000) / 60_000),
      }),
    );
    const rows = many.map(({ run_id }) => aRow({ run_id }));

    const { recent } = await withStoreOf({ runs: many, rows }, (store) =>
      store.readPortfolio(window),
    );

    const told = new Map(recent.told.map((ended) => [ended.run.run_id, ended.rows]));
    expect([recent.told.length, told.size]).toEqual([many.length, many.length]);
    for (const row of rows) expect(told.get(row.run_id)).toEqual([row]);
    const ends = recent.told.map(({ run }) => Date.parse(run.end_time ?? ""));
    expect(ends).toEqual(ends.toSorted((a, b) => a - b));
  });
});
