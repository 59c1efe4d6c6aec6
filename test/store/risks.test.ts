import { describe, expect, it } from "vitest";

import type { History } from "../../src/model/history.ts";
import type { RiskRecord } from "../../src/model/risk-record.ts";
import { afterNoon } from "../kpi/histories.ts";
import { aRun, anEvent, asItIs } from "../support/builders.ts";
import { withStoreOf } from "../support/portfolio-record.ts";

/** What is known of the risks of R1 when it is looked at. */
function recordOf<T>(
  history: Partial<History>,
  look: (known: RiskRecord) => T,
  runId = "R1",
): Promise<T> {
  return withStoreOf(history, async (store) => {
    let looked: { readonly at: T } | undefined;
    await store.changeRisks(
      runId,
      (known) => {
        looked = { at: look(known) };
        return [];
      },
      asItIs,
    );
    if (looked === undefined) throw new Error("nobody looked");
    return looked.at;
  });
}

const idsOf = (events: RiskRecord["own"]) => events.map((event) => event.event_id);

/** A run that started so many minutes after R1. */
const later = (run_id: string, minutes: number, fields: Parameters<typeof aRun>[0] = {}) =>
  aRun({
    run_id,
    start_time: afterNoon(minutes),
    end_time: afterNoon(minutes + 5),
    status: "completed",
    ...fields,
  });

describe("changeRisks", () => {
  it("hands over all events of the run, in the order in which they were raised", async () => {
    const events = [
      anEvent({ event_id: "RISK_009" }),
      anEvent({ event_id: "RISK_002", run_id: "R2" }),
      anEvent({ event_id: "RISK_001", task_id: "T2", status: "closed" }),
    ];

    const own = await recordOf({ runs: [aRun(), later("R2", 1)], events }, (known) => known.own);

    expect(own).toEqual([events[0], events[2]]);
  });

  it("hands over open events of earlier runs of the mission, and of no others", async () => {
    const runs = [
      aRun(),
      later("R2", -1),
      later("R3", 0),
      later("R4", 1),
      later("R5", -1, { mission_id: "N" }),
      later("R6", -0.001, { status: "failed" }),
    ];
    const events = [
      anEvent({ event_id: "RISK_001" }),
      anEvent({ event_id: "RISK_002", run_id: "R2" }),
      anEvent({ event_id: "RISK_012", run_id: "R2", task_id: "T2", status: "closed" }),
      anEvent({ event_id: "RISK_003", run_id: "R3" }),
      anEvent({ event_id: "RISK_004", run_id: "R4" }),
      anEvent({ event_id: "RISK_005", run_id: "R5", mission_id: "N" }),
      anEvent({ event_id: "RISK_006", run_id: "R6" }),
      anEvent({ event_id: "RISK_007", run_id: "GONE" }),
    ];

    const earlier = await recordOf({ runs, events }, (known) => idsOf(known.earlier));

    expect(earlier).toEqual(["RISK_002", "RISK_006"]);
  });

  it.each([
    ["a later run that completed", [later("R2", 1)], "R2"],
    ["the first of two", [later("R3", 2), later("R2", 1)], "R2"],
    ["one a moment later", [later("R2", 0.001)], "R2"],
    ["one that completed with an event of another type", [later("R4", 1)], "R4"],
    ["the next where the first has such an event", [later("R9", 1), later("R2", 2)], "R2"],
    ["none with such an event, closed as it is", [later("R9", 1)], undefined],
    ["none that started with it", [later("R2", 0)], undefined],
    ["none that started before", [later("R2", -1)], undefined],
    ["none that failed", [later("R2", 1, { status: "failed" })], undefined],
    ["none that was cancelled", [later("R2", 1, { status: "abandoned" })], undefined],
    ["none that goes on", [later("R2", 1, { status: "running", end_time: undefined })], undefined],
    ["none of another mission", [later("R2", 1, { mission_id: "N" })], undefined],
  ])("finds %s without an event of a type", async (_what, others, expected) => {
    const events = [
      anEvent({ event_id: "RISK_001", risk_type: "late" }),
      anEvent({ event_id: "RISK_002", risk_type: "late", run_id: "R9", status: "closed" }),
      anEvent({ event_id: "RISK_003", risk_type: "slow", run_id: "R4" }),
    ];

    const found = await recordOf({ runs: [aRun(), ...others], events }, (known) =>
      known.completedWithout({ risk_type: "late", kpis: [] }),
    );

    expect(found).toBe(expected);
  });

  it.each([
    [{}, undefined],
    [{ nps: 1 }, undefined],
    [{ "c\"s'at": 0 }, undefined],
    [{ "c\"s'at": 0, nps: 1, other: 2 }, "R2"],
  ])("finds none that did not measure what the type rests on: %j", async (kpis, expected) => {
    const found = await recordOf(
      { runs: [aRun(), later("R2", 1, { kpis })], events: [anEvent({ risk_type: "late" })] },
      (known) => known.completedWithout({ risk_type: "late", kpis: ["nps", "c\"s'at"] }),
    );

    expect(found).toBe(expected);
  });

  it.each([
    [[], 1],
    [["RISK_001", "RISK_007", "RISK_003"], 8],
    [["RISK_999"], 1000],
    [["MINE_500", "RISK_5x"], 1],
  ])("goes on after the highest number of %j, of whatever run", async (ids, next) => {
    const events = ids.map((event_id) => anEvent({ event_id, run_id: "R8", mission_id: "N" }));

    expect(await recordOf({ runs: [aRun()], events }, (known) => known.next)).toBe(next);
  });

  it("writes just what comes back, and says so in the outbox", async () => {
    const [before, raised] = [anEvent(), anEvent({ event_id: "RISK_002", task_id: "T2" })];
    const closed = { ...before, status: "closed" as const, closed_at: afterNoon(1) };

    await withStoreOf({ runs: [aRun()], events: [before] }, async (store) => {
      const changed = await store.changeRisks("R1", () => [raised, closed], asItIs);

      expect(changed).toEqual([raised, closed]);
      expect(await store.listEvents()).toEqual([closed, raised]);
      const told = await store.readOutbox(0);
      expect(told.map(({ event, subject }) => `${event} ${subject}`)).toEqual([
        "run-arrived ",
        "risk-raised RISK_002",
        "risk-closed RISK_001",
      ]);
    });
  });

  it("writes nothing when the change throws", async () => {
    await withStoreOf({ runs: [aRun()], events: [anEvent()] }, async (store) => {
      const change = store.changeRisks(
        "R1",
        () => {
          throw new Error("not now");
        },
        asItIs,
      );

      await expect(change).rejects.toThrow("not now");
      expect(await store.listEvents()).toEqual([anEvent()]);
    });
  });
});
