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
  const last = new Map(rows.map((row) => [row.task_id, row.outcome]));
  const waiting = new Set(
    requests.filter((request) => request.status === "pending").map((request) => request.task_id),
  );
  const statusOf = ({ task_id }: PlanTask): TaskStatus => {
    const outcome = last.get(task_id);
    if (waiting.has(task_id) && !isEnded(run)) return "awaiting_approval";
    if (outcome === undefined) return "pending";
    if (outcome !== "failed" && outcome !== "rejected") return "completed";
    // While a run goes on, a failed attempt may be tried again.
    return run.status === "running" ? "running" : "failed";
  };
  const statuses = Object.fromEntries(tasks.map((task) => [task.task_id, statusOf(task)]));
  return run.status === "abandoned" ? statuses : markBlocked(tasks, statuses);
}
