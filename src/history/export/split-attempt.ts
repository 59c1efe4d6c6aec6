/** An attempt as process mining wants it: work and waiting for a person apart, each by somebody. */

import { askDelayMinutes, gateDelayMinutes } from "../../execution/run-aggregates.ts";
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
  const asking = Math.min(askDelayMinutes(row) * MINUTE_MS, end - start);
  const wait = Math.min(Math.max(place.wait - afterFailure - asking, 0), end - start);
  // Before its work a person decides; after it, what the agent asked, then its output, then its failure.
  const workStart = isJudged ? start : start + wait;
  const workEnd = end - asking - (isJudged ? wait : 0);
  const none = { work_minutes: 0, human_delay_minutes: 0 };
  const work: Stretch = {
    ...none,
    kind: "work",
    resource: row.agent_id,
    start: workStart,
    end: workEnd,
    work_minutes: toMinutes(row.actual_duration_minutes - row.human_delay_minutes),
  };
  const asks = layAsks(row, { start: workEnd, end: workEnd + asking });
  const failure: readonly Stretch[] =
    failure_decision === undefined
      ? []
      : [
          {
            ...none,
            kind: "approval",
            resource: failure_decision.decided_by,
            start: end,
            end: last,
            human_delay_minutes: toMinutes(failure_decision.delay_minutes),
          },
        ];
  const delay = toMinutes(gateDelayMinutes(row));
  const isGated = delay > 0 || row.decision !== undefined || row.decided_at !== undefined;
  if (!isGated) return [work, ...asks, ...failure];
  const approval: Stretch = {
    ...none,
    kind: "approval",
    resource: row.decided_by ?? "human",
    ...(isJudged ? { start: end - wait, end } : { start, end: workStart }),
    human_delay_minutes: delay,
  };
  const parts = isJudged ? [work, ...asks, approval] : [approval, work, ...asks];
  return [...parts, ...failure];
}

/** One after the other: when within the work the agent asked, no row says. */
function layAsks(
  { further_decisions = [] }: TaskLog,
  { start, end }: { start: number; end: number },
): readonly Stretch[] {
  let from = start;
  return further_decisions.map(({ decided_by, delay_minutes }) => {
    const until = Math.min(end, from + delay_minutes * MINUTE_MS);
    const stretch = {
      kind: "approval" as const,
      resource: decided_by,
      start: from,
      end: until,
      work_minutes: 0,
      human_delay_minutes: toMinutes(delay_minutes),
    };
    from = until;
    return stretch;
  });
}

function toWritable(ms: number): number {
  // Also false for what is no number.
  return ms >= EARLIEST ? Math.min(ms, LATEST) : EARLIEST;
}

function toMinutes(minutes: number): number {
  return roundMinutes(Math.min(Math.max(minutes, 0), MOST_MINUTES));
}
