/** How much of a plan hangs on each task, in planned minutes. */

import type { PlanTask } from "../model/decomposed-mission-tasks.ts";

/**
 * Planned minutes from the start of each task to the end of the longest chain that needs it, its
 * own included. `tasks` must be in dependency order.
 */
export function longestPathMinutes(tasks: readonly PlanTask[]): ReadonlyMap<string, number> {
  const after = new Map<string, number>();
  const total = new Map<string, number>();
  for (const task of tasks.toReversed()) {
    const minutes = task.estimated_duration_minutes + (after.get(task.task_id) ?? 0);
    total.set(task.task_id, minutes);
    for (const id of task.depends_on) after.set(id, Math.max(after.get(id) ?? 0, minutes));
  }
  return total;
}

/** Planned minutes of a task and of everything that cannot start before it is done. */
export function blockedMinutes(taskId: string, tasks: readonly PlanTask[]): number {
  const waiting = new Set([taskId]);
  let minutes = 0;
  // In dependency order, whatever waits comes after what it waits for: one pass finds all.
  for (const task of tasks) {
    if (task.task_id !== taskId && !task.depends_on.some((id) => waiting.has(id))) continue;
    waiting.add(task.task_id);
    minutes += task.estimated_duration_minutes;
  }
  return minutes;
}
