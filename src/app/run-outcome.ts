/** A run as its users see it, made from what the store has of it. */

import { orderByUrgency } from "../approvals/urgency.ts";
import { type TaskStatus, type TaskStatuses, markBlocked } from "../execution/plan-progress.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { PlanTask } from "../model/decomposed-mission-tasks.ts";
import type { RiskEvent } from "../model/mission-risk-events.ts";
import { type MissionRun, type RunStatus, isEnded } from "../model/mission-runs.ts";
import type { Reference } from "../model/reference.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import { orderTasks } from "../planning/task-order.ts";
import { summarizeRun } from "../reporting/executive-summary.ts";
import type { RunFacts } from "../reporting/run-facts.ts";
import { buildRunReport } from "../reporting/run-report.ts";
import type { TelemetryStore } from "../telemetry/telemetry-store.ts";

/** What `run --json` prints and the library returns. */
export interface RunOutcome {
  readonly run_id: string;
  readonly mission_id: string;
  readonly status: RunStatus;
  readonly task_status_by_id: TaskStatuses;
  /** The most urgent first. */
  readonly pending_approvals: readonly ApprovalRequest[];
  readonly risk_events: readonly RiskEvent[];
  readonly executive_summary: string;
  /** Markdown. */
  readonly report: string;
}

/** Reads everything the store has about a run. */
export async function readRunFacts(
  run: MissionRun,
  { store, reference }: { store: TelemetryStore; reference: () => Reference },
): Promise<RunFacts> {
  const { run_id, mission_id } = run;
  const [rows, requests, risks] = await Promise.all([
    store.listTaskLogs(run_id),
    store.listApprovals(run_id),
    store.listRiskEvents(run_id),
  ]);
  const { missions, plans } = reference();
  const plan = plans.find((candidate) => candidate.mission_id === mission_id);
  const tasks = orderTasks(plan?.tasks ?? []).ordered;
  const mission = missions.find((known) => known.mission_id === mission_id);
  return {
    mission: mission ?? { mission_id, mission_name: mission_id },
    run,
    tasks,
    statuses: deriveStatuses(tasks, { run, rows, requests }),
    rows,
    requests,
    risks,
  };
}

/** The texts are made when they are first read: most callers look at the status alone. */
export function toOutcome(facts: RunFacts, now: string): RunOutcome {
  const { run, requests, risks, statuses } = facts;
  const pending = requests.filter((request) => request.status === "pending");
  let report: string | undefined;
  return {
    run_id: run.run_id,
    mission_id: run.mission_id,
    status: run.status,
    task_status_by_id: statuses,
    pending_approvals: orderByUrgency(pending, now),
    risk_events: risks,
    get executive_summary() {
      return summarizeRun(facts);
    },
    get report() {
      return (report ??= buildRunReport(facts));
    },
  };
}

/** How each task stands, from rows and requests alone. */
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
