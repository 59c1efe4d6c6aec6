/** Where a plan stands: what can be tried next, what is blocked, how the run ends. */

import type { PlanTask } from "../model/decomposed-mission-tasks.ts";
import type { RunStatus } from "../model/mission-runs.ts";

export type TaskStatus =
  | "pending"
  | "running"
  | "awaiting_approval"
  | "completed"
  | "not_needed"
  | "failed"
  | "blocked";
export type TaskStatuses = Readonly<Record<string, TaskStatus>>;

/** The cost of one pass grows with the square of its tasks (docs/benchmarks.md). */
export const ENTRY_LIMIT = 1000;

/**
 * The next tasks to try, in dependency order: unfinished, not waiting, and not downstream of one
 * that waits, has failed or is blocked. Some will find a dependency unfinished on the way.
 */
export function selectEntry(
  tasks: readonly PlanTask[],
  statuses: TaskStatuses,
  limit: number = ENTRY_LIMIT,
): readonly PlanTask[] {
  const entry: PlanTask[] = [];
  const reachable = new Set<string>();
  for (const task of tasks) {
    const status = statuses[task.task_id];
    if (isDone(status)) {
      reachable.add(task.task_id);
    } else if (status === "pending" && task.depends_on.every((id) => reachable.has(id))) {
      if (entry.length === limit) break;
      reachable.add(task.task_id);
      entry.push(task);
    }
  }
  return entry;
}

/** Tasks that a person had the run go on without: they count as completed, and were not done. */
export function skippedOf(
  rows: readonly { readonly task_id: string; readonly outcome: string }[],
): ReadonlySet<string> {
  const last = new Map(rows.map(({ task_id, outcome }) => [task_id, outcome]));
  return new Set([...last].filter(([, outcome]) => outcome === "skipped").map(([id]) => id));
}

/** True when what depends on the task can go on. */
export function isDone(status: TaskStatus | undefined): status is "completed" | "not_needed" {
  return status === "completed" || status === "not_needed";
}

/** The statuses with every task marked `blocked` that waits for a failed one. `tasks` in dependency order. */
export function markBlocked(tasks: readonly PlanTask[], statuses: TaskStatuses): TaskStatuses {
  const marked: Record<string, TaskStatus> = { ...statuses };
  for (const task of tasks) {
    const isLost = task.depends_on.some(
      (id) => marked[id] === "failed" || marked[id] === "blocked",
    );
    if (isLost && marked[task.task_id] === "pending") marked[task.task_id] = "blocked";
  }
  return marked;
}

/** How a run stands when nothing more can be tried now. Never `completed` with a task undone. */
export function runStatusOf(statuses: TaskStatuses): RunStatus {
  const all = Object.values(statuses);
  if (all.includes("awaiting_approval")) return "awaiting_approval";
  return all.every(isDone) ? "completed" : "failed";
}
