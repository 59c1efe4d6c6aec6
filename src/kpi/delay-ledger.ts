/** Where a run's wall clock went (§6 F): its critical path, split by who had the ball. */

import { z } from "zod";

import type { PlanTask } from "../model/decomposed-mission-tasks.ts";
import { groupBy } from "../model/order.ts";
import { MINUTE_MS, roundMinutes, toMs } from "../model/time.ts";
import type { PlacedAttempt } from "./lay-timeline.ts";

const stepSchema = z.object({
  task_id: z.string(),
  attempt: z.int(),
  agent_work_minutes: z.number(),
  human_wait_minutes: z.number(),
});

/** The four parts sum to the wall clock. All in minutes, to 0.01. */
export const delayLedgerSchema = z.object({
  wall_clock_minutes: z.number().describe("From the run's start to its end, or to now."),
  agent_work_minutes: z.number().describe("Agents at work on the critical path."),
  human_wait_minutes: z.number().describe("The critical path waiting for a person."),
  idle_minutes: z.number().describe("Ready, but nobody at work: no free place, or a process down."),
  unexplained_minutes: z
    .number()
    .describe("What no row accounts for; negative when rows account for more than the clock."),
  critical_path: z.array(stepSchema).describe("The attempts that the end waited for, in order."),
});
export type DelayLedger = Readonly<z.infer<typeof delayLedgerSchema>>;

/** Splits the time from `start` to `end` (milliseconds) along the chain of attempts that set the end. */
export function measureDelays(
  placed: readonly PlacedAttempt[],
  { tasks, start, end }: { tasks: readonly PlanTask[]; start: string; end: string },
): DelayLedger {
  const wall = toMs(end) - toMs(start);
  const predecessors = createPredecessors(placed, tasks);
  const path: z.infer<typeof stepSchema>[] = [];
  let work = 0;
  let wait = 0;
  let idle = 0;
  let current = latest(placed);
  let cursor = Math.min(toMs(end), current?.end ?? 0);
  while (current !== undefined) {
    const { task_id, attempt } = current;
    const until = Math.min(current.end, cursor);
    const waited = clamp(until - current.start, 0, current.wait);
    const worked = Math.max(0, until - current.start - waited);
    wait += waited;
    work += worked;
    path.unshift({
      task_id,
      attempt,
      agent_work_minutes: toMinutes(worked),
      human_wait_minutes: toMinutes(waited),
    });
    cursor = Math.min(cursor, current.start);
    const previous: PlacedAttempt | undefined = latest(predecessors(current));
    idle += Math.max(0, cursor - (previous?.end ?? toMs(start)));
    current = previous;
    cursor = Math.min(cursor, current?.end ?? cursor);
  }
  const parts = {
    agent_work_minutes: toMinutes(work),
    human_wait_minutes: toMinutes(wait),
    idle_minutes: toMinutes(idle),
  };
  const explained = Object.values(parts).reduce((sum, part) => sum + part, 0);
  return {
    wall_clock_minutes: toMinutes(wall),
    ...parts,
    unexplained_minutes: roundMinutes(toMinutes(wall) - explained) + 0,
    critical_path: path,
  };
}

/**
 * What had to end before an attempt: the attempts at its dependencies, and its own earlier ones. Each
 * step goes strictly back in plan or attempts, so that following them ends even on broken histories.
 */
function createPredecessors(
  placed: readonly PlacedAttempt[],
  tasks: readonly PlanTask[],
): (attempt: PlacedAttempt) => readonly PlacedAttempt[] {
  const byTask = groupBy(placed, (attempt) => attempt.task_id);
  const plan = new Map(tasks.map((task, position) => [task.task_id, { task, position }]));
  return (attempt) => {
    const own = byTask.get(attempt.task_id) ?? [];
    const known = plan.get(attempt.task_id);
    const positionOf = (id: string) => plan.get(id)?.position ?? -1;
    const earlier = (known?.task.depends_on ?? [])
      .filter((id) => positionOf(id) < (known?.position ?? 0))
      .toSorted((a, b) => positionOf(a) - positionOf(b));
    return [
      ...own.slice(0, own.indexOf(attempt)),
      ...earlier.flatMap((id) => byTask.get(id) ?? []),
    ];
  };
}

/** The attempt that ends last; among equals the later in the plan. */
function latest(placed: readonly PlacedAttempt[]): PlacedAttempt | undefined {
  return placed.reduce<PlacedAttempt | undefined>(
    (last, attempt) => (last === undefined || attempt.end >= last.end ? attempt : last),
    undefined,
  );
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

function toMinutes(ms: number): number {
  return roundMinutes(ms / MINUTE_MS);
}
