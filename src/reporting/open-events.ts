/** Which risk events were open at an instant. */

import { groupBy } from "../model/group-by.ts";
import type { RiskEvent } from "../model/mission-risk-events.ts";
import type { MissionRun } from "../model/mission-runs.ts";
import { compareInstants, toMs } from "../model/time.ts";

/** How long an event counts as open that was closed nobody knows when, in milliseconds. */
const UNKNOWN_CLOSING_MS = 24 * 60 * 60 * 1000;

/**
 * Events detected by then and not closed yet. A closed one that does not say when counts as open
 * until the mission's next completed run, or where there is none, for 24 hours.
 */
export function eventsOpenAt(
  instant: number,
  { events, runs }: { events: readonly RiskEvent[]; runs: readonly MissionRun[] },
): readonly RiskEvent[] {
  const ends = events.some(isVague)
    ? listCompletions(runs)
    : new Map<string, readonly Completion[]>();
  return events.filter((event) => {
    const detected = toMs(event.detected_at);
    if (detected > instant) return false;
    if (event.status === "open") return true;
    if (event.closed_at !== undefined) return toMs(event.closed_at) > instant;
    const list = ends.get(event.mission_id) ?? [];
    const first = firstAfter(list, event.detected_at);
    // Its own run may be the first to end after it, but not the second too.
    const next = [list[first], list[first + 1]].find((run) => run?.run_id !== event.run_id);
    const end = next === undefined ? detected + UNKNOWN_CLOSING_MS : toMs(next.end);
    return end > instant;
  });
}

interface Completion {
  readonly run_id: string;
  readonly end: string;
}

/** Closed, but nobody knows when. */
function isVague(event: RiskEvent): boolean {
  return event.status === "closed" && event.closed_at === undefined;
}

/** Completed runs by mission, in the order of their ends. */
function listCompletions(runs: readonly MissionRun[]): ReadonlyMap<string, readonly Completion[]> {
  const completed = groupBy(
    runs.filter((run) => run.status === "completed"),
    (run) => run.mission_id,
  );
  return new Map(
    [...completed].map(([mission, list]) => [
      mission,
      list
        .map(({ run_id, end_time, start_time }) => ({ run_id, end: end_time ?? start_time }))
        .toSorted((a, b) => compareInstants(a.end, b.end)),
    ]),
  );
}

/** Position of the first end after an instant, by halving. */
function firstAfter(ends: readonly Completion[], instant: string): number {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const end = ends[middle]?.end;
    if (end !== undefined && compareInstants(end, instant) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}
