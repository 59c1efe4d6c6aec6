/** Rows on the timeline, those from before it was recorded included. */

import { canonicalJson } from "../model/canonical-json.ts";
import type { PlanTask } from "../model/decomposed-mission-tasks.ts";
import { compareText } from "../model/order.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import { MINUTE_MS, toMs } from "../model/time.ts";

/** An attempt and when it happened, in milliseconds since 1970. It waits first, then works. */
export interface PlacedAttempt {
  readonly task_id: string;
  readonly attempt: number;
  readonly start: number;
  readonly end: number;
  readonly wait: number;
}

/**
 * Places every row. A row without times starts when its dependencies and its earlier attempts have
 * ended, or else with the run.
 *
 * @returns in the order of the plan, then of the attempts, whatever the order of the rows.
 */
export function layTimeline(
  rows: readonly TaskLog[],
  { tasks, startTime }: { tasks: readonly PlanTask[]; startTime: string },
): readonly PlacedAttempt[] {
  const plan = new Map(tasks.map((task, position) => [task.task_id, { task, position }]));
  const positionOf = (row: TaskLog) => plan.get(row.task_id)?.position ?? tasks.length;
  const ordered = rows.toSorted(
    (a, b) =>
      positionOf(a) - positionOf(b) ||
      compareText(a.task_id, b.task_id) ||
      (a.attempt ?? 1) - (b.attempt ?? 1) ||
      compareText(canonicalJson(a), canonicalJson(b)),
  );
  const runStart = toMs(startTime);
  const ends = new Map<string, number>();
  return ordered.map((row) => {
    const dependsOn = plan.get(row.task_id)?.task.depends_on ?? [];
    const before = [row.task_id, ...dependsOn].map((id) => ends.get(id) ?? runStart);
    const start =
      row.started_at === undefined ? Math.max(runStart, ...before) : toMs(row.started_at);
    const wait = Math.round(row.human_delay_minutes * MINUTE_MS);
    const end =
      row.started_at === undefined || row.ended_at === undefined
        ? start + Math.round(Math.max(row.actual_duration_minutes, 0) * MINUTE_MS)
        : toMs(row.ended_at);
    ends.set(row.task_id, Math.max(end, ends.get(row.task_id) ?? end));
    return { task_id: row.task_id, attempt: row.attempt ?? 1, start, end, wait };
  });
}
