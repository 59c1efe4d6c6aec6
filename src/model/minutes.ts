/** Minutes of work, apart from minutes of waiting. */

import type { TaskLog } from "./task-execution-logs.ts";
import { roundMinutes } from "./time.ts";

/** Minutes of agent work of an attempt: what it took, less the waiting for a person. */
export function workMinutes(
  row: Pick<TaskLog, "actual_duration_minutes" | "human_delay_minutes">,
): number {
  return roundMinutes(Math.max(0, row.actual_duration_minutes - row.human_delay_minutes));
}
