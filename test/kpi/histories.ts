/** Arbitrary histories of a run, also such as no run could leave. */

import fc from "fast-check";

import type { PlanTask } from "../../src/model/decomposed-mission-tasks.ts";
import type { TaskLog } from "../../src/model/task-execution-logs.ts";
import { MINUTE_MS, toInstant, toMs } from "../../src/model/time.ts";
import { NOON, aRow, aTask } from "../support/builders.ts";

/** Of a plan's tasks; `T9` is never one. */
const IDS = ["T1", "T2", "T3", "T4", "T9"] as const;

/** Noon and so many minutes; the fraction may go down to a millisecond. */
export function afterNoon(minutes: number): string {
  return toInstant(toMs(NOON) + Math.round(minutes * MINUTE_MS));
}

/** Minutes as they are stored, to 0.01. */
export const minutesArbitrary = fc.integer({ min: 0, max: 9_000 }).map((cents) => cents / 100);

/** Minutes that add up without rounding, whatever the order. */
export const quartersArbitrary = fc.integer({ min: 0, max: 60 }).map((quarters) => quarters / 4);

const instantArbitrary = fc
  .integer({ min: -30 * MINUTE_MS, max: 300 * MINUTE_MS })
  .map((ms) => toInstant(toMs(NOON) + ms));

/** Tasks with any dependencies: cycles, unknown tasks and themselves included. */
export const planArbitrary: fc.Arbitrary<PlanTask[]> = fc
  .array(
    fc.record({
      depends_on: fc.uniqueArray(fc.constantFrom(...IDS), { maxLength: 3 }),
      estimated_duration_minutes: fc.integer({ min: 1, max: 40 }).map((quarters) => quarters / 4),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((tasks) =>
    tasks.map((task, position) =>
      aTask({ ...task, task_id: `T${position + 1}`, task: `Step`, order: position + 1 }),
    ),
  );

/** Rows of any task, at any time or none. */
export function rowArbitrary(
  minutes: fc.Arbitrary<number> = minutesArbitrary,
): fc.Arbitrary<TaskLog> {
  return fc
    .record({
      task_id: fc.constantFrom(...IDS),
      actual_duration_minutes: minutes,
      human_delay_minutes: minutes,
      human_approval_required: fc.boolean(),
      outcome: fc.constantFrom("completed", "approved", "rejected", "failed", "skipped"),
      attempt: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
      started_at: fc.option(instantArbitrary, { nil: undefined }),
      ended_at: fc.option(instantArbitrary, { nil: undefined }),
      stage: fc.option(fc.constantFrom("before", "after", "failure"), { nil: undefined }),
      escalation: fc.option(fc.constantFrom("overdue", "failure"), { nil: undefined }),
      decision: fc.option(fc.constantFrom("approve", "reject"), { nil: undefined }),
    })
    .map((fields) => aRow(fields));
}

/** The same rows in two orders. */
export function shuffledRowsArbitrary(
  minutes: fc.Arbitrary<number> = minutesArbitrary,
): fc.Arbitrary<{ rows: TaskLog[]; shuffled: TaskLog[] }> {
  return fc.array(fc.tuple(rowArbitrary(minutes), fc.nat()), { maxLength: 8 }).map((pairs) => ({
    rows: pairs.map(([row]) => row),
    shuffled: pairs.toSorted(([, a], [, b]) => a - b).map(([row]) => row),
  }));
}
