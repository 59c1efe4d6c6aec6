import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { layTimeline } from "../../src/kpi/lay-timeline.ts";
import type { TaskLog } from "../../src/model/task-execution-logs.ts";
import { MINUTE_MS, toMs } from "../../src/model/time.ts";
import { NOON, aPlan, aRow } from "../support/builders.ts";
import { afterNoon, planArbitrary, shuffledRowsArbitrary } from "./histories.ts";

const tasks = aPlan({ T1: [], T2: ["T1"], T3: ["T1"], T4: ["T2", "T3"] });

const minutes = (ms: number) => (ms - toMs(NOON)) / MINUTE_MS;

/** Places as `task#attempt from-to`, in minutes after noon. */
const lay = (rows: readonly TaskLog[]) =>
  layTimeline(rows, { tasks, startTime: NOON }).map(
    ({ task_id, attempt, start, end }) => `${task_id}#${attempt} ${minutes(start)}-${minutes(end)}`,
  );

/** A row from before times were recorded. */
const anOldRow = (task_id: string, duration: number, fields: Partial<TaskLog> = {}) =>
  aRow({
    task_id,
    actual_duration_minutes: duration,
    attempt: undefined,
    started_at: undefined,
    ended_at: undefined,
    ...fields,
  });

describe("layTimeline", () => {
  it("places rows with times where they say", () => {
    const row = aRow({ started_at: afterNoon(10), ended_at: afterNoon(25.5) });

    expect(lay([row])).toEqual(["T1#1 10-25.5"]);
  });

  it("starts a row without times when all its dependencies have ended", () => {
    const rows = [
      anOldRow("T1", 2),
      anOldRow("T2", 3),
      anOldRow("T3", 7),
      anOldRow("T4", 1, { human_delay_minutes: 1 }),
    ];

    expect(lay(rows)).toEqual(["T1#1 0-2", "T2#1 2-5", "T3#1 2-9", "T4#1 9-10"]);
  });

  it("puts attempts at one task one after another", () => {
    const rows = [
      anOldRow("T1", 2, { attempt: 2 }),
      anOldRow("T1", 4, { attempt: 1 }),
      anOldRow("T2", 1),
    ];

    expect(lay(rows)).toEqual(["T1#1 0-4", "T1#2 4-6", "T2#1 6-7"]);
  });

  it("waits for the latest end of a dependency, be its last attempt the earlier one", () => {
    const rows = [
      aRow({ started_at: NOON, ended_at: afterNoon(30) }),
      aRow({ attempt: 2, started_at: NOON, ended_at: afterNoon(3) }),
      anOldRow("T2", 1),
    ];

    expect(lay(rows).at(-1)).toBe("T2#1 30-31");
  });

  it("starts with the run where a dependency has no row or ended before the run", () => {
    const before = aRow({ started_at: afterNoon(-9), ended_at: afterNoon(-5) });

    expect(lay([anOldRow("T2", 3)])).toEqual(["T2#1 0-3"]);
    expect(lay([before, anOldRow("T2", 3)]).at(-1)).toBe("T2#1 0-3");
    expect(lay([before, anOldRow("T1", 3, { attempt: 2 })]).at(-1)).toBe("T1#2 0-3");
  });

  it("takes the duration where only the start is known, and trusts no end without a start", () => {
    const started = aRow({ started_at: afterNoon(5), ended_at: undefined });
    const ended = aRow({ started_at: undefined, ended_at: afterNoon(50) });

    expect(lay([started])).toEqual(["T1#1 5-10"]);
    expect(lay([ended])).toEqual(["T1#1 0-5"]);
  });

  it("puts rows of unknown tasks after the plan, by id", () => {
    const rows = [anOldRow("X2", 1), anOldRow("X1", 2), anOldRow("T4", 3)];

    expect(lay(rows)).toEqual(["T4#1 0-3", "X1#1 0-2", "X2#1 0-1"]);
  });

  it("keeps the wait in milliseconds", () => {
    const [place] = layTimeline([aRow({ human_delay_minutes: 1.25 })], { tasks, startTime: NOON });

    expect(place?.wait).toBe(75_000);
  });

  it("gives the same for any order of the rows", () => {
    fc.assert(
      fc.property(planArbitrary, shuffledRowsArbitrary(), (plan, { rows, shuffled }) => {
        const world = { tasks: plan, startTime: NOON };

        expect(layTimeline(shuffled, world)).toEqual(layTimeline(rows, world));
      }),
    );
  });
});
