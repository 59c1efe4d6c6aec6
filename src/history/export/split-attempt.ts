/** An attempt as process mining wants it: work and waiting for a person apart, each by somebody. */

import { gateDelayMinutes } from "../../execution/run-aggregates.ts";
import type { PlacedAttempt } from "../../kpi/lay-timeline.ts";
import type { TaskLog } from "../../model/task-execution-logs.ts";
import { MINUTE_MS, roundMinutes, toMs } from "../../model/time.ts";

/** The instants that XML Schema writes with a year of four digits, in milliseconds since 1970. */
const EARLIEST = toMs("0001-01-01T00:00:00Z");
const LATEST = toMs("9999-12-31T23:59:59Z");
/** More than the years above have. */
const MOST_MINUTES = 1e10;

/** What one party did without a break. Times in milliseconds since 1970; the end is never before the start. */
export interface Stretch {
  readonly kind: "work" | "approval";
  readonly resource: string;
  readonly start: number;
  readonly end: number;
  /** As recorded, whatever the times say; none in an approval. */
  readonly work_minutes: number;
  /** As recorded, whatever the times say; none in work. */
  readonly human_delay_minutes: number;
}

/**
 * The work of an attempt, and the approval where a person decided or was waited for, in the order
 * they happened. An output is judged after the work, and so is a failure; all else before it.
 */
export function splitAttempt(row: TaskLog, place: PlacedAttempt): readonly Stretch[] {
  const isJudged = row.stage === "after";
  const start = toWritable(place.start);
  const last = Math.max(start, toWritable(place.end));
  const { failure_decision } = row;
  const afterFailure = (failure_decision?.delay_minutes ?? 0) * MINUTE_MS;
  const end = last - Math.min(afterFailure, last - start);
  const wait = Math.min(Math.max(place.wait - afterFailure, 0), end - start);
  const turn = isJudged ? end - wait : start + wait;
  const before = { start, end: turn };
  const after = { start: turn, end };
  const delay = toMinutes(gateDelayMinutes(row));
  const work: Stretch = {
    kind: "work",
    resource: row.agent_id,
    ...(isJudged ? before : after),
    work_minutes: toMinutes(row.actual_duration_minutes - row.human_delay_minutes),
    human_delay_minutes: 0,
  };
  const failure: readonly Stretch[] =
    failure_decision === undefined
      ? []
      : [
          {
            kind: "approval",
            resource: failure_decision.decided_by,
            start: end,
            end: last,
            work_minutes: 0,
            human_delay_minutes: toMinutes(failure_decision.delay_minutes),
          },
        ];
  const isGated = delay > 0 || row.decision !== undefined || row.decided_at !== undefined;
  if (!isGated) return [work, ...failure];
  const approval: Stretch = {
    kind: "approval",
    resource: row.decided_by ?? "human",
    ...(isJudged ? after : before),
    work_minutes: 0,
    human_delay_minutes: delay,
  };
  return [...(isJudged ? [work, approval] : [approval, work]), ...failure];
}

function toWritable(ms: number): number {
  // Also false for what is no number.
  return ms >= EARLIEST ? Math.min(ms, LATEST) : EARLIEST;
}

function toMinutes(minutes: number): number {
  return roundMinutes(Math.min(Math.max(minutes, 0), MOST_MINUTES));
}
