import { describe, expect, it } from "vitest";

import type { History } from "../../src/model/history.ts";
import type { RiskEvent } from "../../src/model/mission-risk-events.ts";
import type { MissionRun } from "../../src/model/mission-runs.ts";
import { toMs } from "../../src/model/time.ts";
import { eventsOpenAt } from "../../src/reports/open-events.ts";
import { afterNoon } from "../kpi/histories.ts";
import { SAMPLE_HISTORY } from "../risk/sample.ts";
import { NOON, aRun } from "../support/builders.ts";
import { readPortfolioRecord } from "../support/portfolio-record.ts";

const DAY = 24 * 60;
const SECOND = 1 / 60;

const anEvent = (fields: Partial<RiskEvent> = {}): RiskEvent => ({
  event_id: "RISK_001",
  run_id: "R1",
  mission_id: "M",
  task_id: "T1",
  risk_type: "risk",
  severity: "low",
  description: "Seen.",
  detected_at: NOON,
  status: "open",
  ...fields,
});

/** Closed, nobody knows when. */
const vague = anEvent({ status: "closed" });

const ended = (run_id: string, minutes: number, fields: Partial<MissionRun> = {}) =>
  aRun({ run_id, status: "completed", end_time: afterNoon(minutes), ...fields });

/** Events that are open at an instant, of what is recorded. */
async function openAt(
  instant: string,
  history: Pick<History, "events" | "runs">,
): Promise<readonly RiskEvent[]> {
  const record = await readPortfolioRecord(history, {
    instant: toMs(instant),
    since: toMs(instant),
    openTally: () => ({ add: () => {} }),
    missions: [],
    isMeasured: () => false,
  });
  return eventsOpenAt(toMs(instant), record.events);
}

const isOpen = async (event: RiskEvent, minutes: number, runs: readonly MissionRun[] = []) =>
  (await openAt(afterNoon(minutes), { events: [event], runs })).length === 1;

describe("eventsOpenAt", () => {
  it.each([
    [-SECOND, false],
    [0, true],
    [99 * DAY, true],
  ])("opens an event when it is detected: %d minutes later %s", async (minutes, open) => {
    expect(await isOpen(anEvent(), minutes)).toBe(open);
  });

  it.each([
    [30 - SECOND, true],
    [30, false],
    [31, false],
  ])("closes it when its record says, after 30 minutes: at %d %s", async (minutes, open) => {
    const event = anEvent({ status: "closed", closed_at: afterNoon(30) });

    expect(await isOpen(event, minutes)).toBe(open);
  });

  it.each([
    [2 * DAY - SECOND, true],
    [2 * DAY, false],
    [2 * DAY + SECOND, false],
  ])("keeps one closed nobody knows when for two days: at %d %s", async (minutes, open) => {
    expect(await isOpen(vague, minutes)).toBe(open);
  });

  it.each([
    [2 * DAY - SECOND, true],
    [2 * DAY, false],
  ])("is not changed by what ran after that: at %d %s", async (minutes, open) => {
    expect(await isOpen(vague, minutes, [ended("R2", 3 * DAY), ended("R3", 4 * DAY)])).toBe(open);
  });

  it("takes the first of the runs that follow, in whatever order they are recorded", async () => {
    const runs = [ended("R4", 90), ended("R2", -5), ended("R3", 60)];

    expect(await isOpen(vague, 59, runs)).toBe(true);
    expect(await isOpen(vague, 60, runs)).toBe(false);
    expect(await isOpen(vague, 60, runs.toReversed())).toBe(false);
  });

  it("does not take the event's own run for the next", async () => {
    const runs = [ended("R1", 20), ended("R2", 40)];

    expect(await isOpen(vague, 30, runs)).toBe(true);
    expect(await isOpen(vague, 40, runs)).toBe(false);
    expect(await isOpen(vague, 2 * DAY - 1, [ended("R1", 20)])).toBe(true);
    expect(await isOpen(vague, 2 * DAY, [ended("R1", 20)])).toBe(false);
  });

  it.each([
    ["failed", { status: "failed" as const }],
    ["was cancelled", { status: "abandoned" as const }],
    ["goes on", { status: "running" as const }],
    ["is of another mission", { mission_id: "N" }],
    ["ended when it was detected", { end_time: NOON }],
    ["ended before", { end_time: afterNoon(-1) }],
  ])("does not take a run for the next that %s", async (_what, fields) => {
    expect(await isOpen(vague, 60, [ended("R2", 50, fields)])).toBe(true);
  });

  it("takes the start of a completed run that does not say when it ended", async () => {
    const run = ended("R2", 0, { end_time: undefined, start_time: afterNoon(50) });

    expect(await isOpen(vague, 49, [run])).toBe(true);
    expect(await isOpen(vague, 50, [run])).toBe(false);
  });

  it("lets completed runs close no event that its record calls open", async () => {
    expect(await isOpen(anEvent(), 99, [ended("R2", 50)])).toBe(true);
  });

  it("finds nothing where there is nothing", async () => {
    expect(await openAt(NOON, { events: [], runs: [] })).toEqual([]);
  });

  it.each([
    ["2026-02-01T14:39:59Z", []],
    ["2026-02-01T14:40:00Z", ["RISK_001"]],
    ["2026-02-01T16:57:00Z", ["RISK_001", "RISK_003", "RISK_004"]],
    ["2026-02-03T14:39:59Z", ["RISK_001", "RISK_003", "RISK_004"]],
    ["2026-02-03T14:40:00Z", ["RISK_003", "RISK_004"]],
    ["2026-02-03T14:45:00Z", ["RISK_003", "RISK_004"]],
    ["2026-02-03T17:26:00Z", []],
    ["2026-02-04T10:15:00Z", ["RISK_002", "RISK_005"]],
    ["2026-02-06T09:47:59Z", ["RISK_002", "RISK_005"]],
    ["2026-02-06T09:48:00Z", ["RISK_002"]],
    ["2026-02-06T10:15:00Z", []],
  ])("finds in the sample at %s open %j", async (instant, ids) => {
    const open = await openAt(instant, {
      runs: SAMPLE_HISTORY.runs,
      events: SAMPLE_HISTORY.events,
    });

    expect(open.map((event) => event.event_id)).toEqual(ids);
  });
});
