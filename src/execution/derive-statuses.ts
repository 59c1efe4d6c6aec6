import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { PlanTask } from "../model/decomposed-mission-tasks.ts";
import { type MissionRun, isEnded } from "../model/mission-runs.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import { type TaskStatus, type TaskStatuses, markBlocked } from "./plan-progress.ts";

/** How each task of a run stands, from rows and requests alone. `tasks` in dependency order. */
export function deriveStatuses(
  tasks: readonly PlanTask[],
  {
    run,
    rows,
    requests,
  }: { run: MissionRun; rows: readonly TaskLog[]; requests: readonly ApprovalRequest[] },
): TaskStatuses {
  if (isEnded(run) && isSmooth(tasks, rows)) return allCompleted(tasks);
  const last = new Map<string, TaskLog["outcome"]>();
  for (const { task_id, outcome, reopened } of rows) {
    if (reopened === undefined) last.set(task_id, outcome);
    else last.delete(task_id);
  }
  const waiting = isEnded(run) ? [] : requests.filter((request) => request.status === "pending");
  const asked = new Set(waiting.map((request) => request.task_id));
  const statusOf = ({ task_id }: PlanTask): TaskStatus => {
    const outcome = last.get(task_id);
    if (asked.has(task_id)) return "awaiting_approval";
    if (outcome === undefined) return "pending";
    if (outcome === "not_needed") return outcome;
    if (outcome !== "failed" && outcome !== "rejected") return "completed";
    // While a run goes on, a failed attempt may be tried again.
    return run.status === "running" ? "running" : "failed";
  };
  const statuses = Object.fromEntries(tasks.map((task) => [task.task_id, statusOf(task)]));
  return run.status === "abandoned" ? statuses : markBlocked(tasks, statuses);
}

const UNEVEN: ReadonlySet<TaskLog["outcome"]> = new Set(["failed", "rejected", "not_needed"]);

/** True when every task is done and nothing was refused, failed or not needed: most runs. */
function isSmooth(tasks: readonly PlanTask[], rows: readonly TaskLog[]): boolean {
  if (rows.some(({ outcome }) => UNEVEN.has(outcome))) return false;
  return tasks.every(({ task_id }) => rows.some((row) => row.task_id === task_id));
}

/** Plans are looked at for run after run. */
const completed = new WeakMap<readonly PlanTask[], TaskStatuses>();

function allCompleted(tasks: readonly PlanTask[]): TaskStatuses {
  const known = completed.get(tasks);
  if (known !== undefined) return known;
  const made = Object.fromEntries(tasks.map((task) => [task.task_id, "completed" as const]));
  completed.set(tasks, made);
  return made;
}
