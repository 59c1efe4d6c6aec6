/** The state of a run as it follows from its record: whatever checkpoint is left, this is where it stands. */

import { selectEntry } from "../src/execution/plan-progress.ts";
import {
  type QueuedApproval,
  type TaskResult,
  queuedApprovalSchema,
  toResult,
} from "../src/execution/task-report.ts";
import type { RunFigures } from "../src/kpi/run-figures.ts";
import { observationsOf } from "../src/kpi/run-observations.ts";
import { amend } from "../src/model/amend.ts";
import type { RunRecord } from "../src/model/run-record.ts";
import type { MissionGraphDependencies } from "./dependencies.ts";
import { FRESH_STATE, type MissionState, type MissionUpdate } from "./state.ts";

/** The input keys of a run, as they were. */
export function restoreInput({ run }: Pick<RunRecord, "run">) {
  const { run_id, mission_id, requested_by = "", priority = "normal", mission_inputs = {} } = run;
  const { budget = {} } = run;
  return { mission_id, run_id, requested_by, priority, mission_inputs, budget };
}

/** The state keeps the worst few; the report has them all. */
const MOST_FIXES = 10;

/** Every key that follows from what was observed, and from what cost time. */
export function restoreKpis({ observations, kpis, fixes }: RunFigures): MissionUpdate {
  return {
    kpi_observations: { ...observations },
    kpi_gap_summary: [...kpis],
    kpi_attainment: Object.fromEntries(kpis.map(({ kpi, status }) => [kpi, status])),
    what_to_fix: fixes.slice(0, MOST_FIXES),
  };
}

/** All that a run goes on with, whatever its thread has seen. */
export async function restoreRun(
  record: RunRecord,
  { store }: Pick<MissionGraphDependencies, "store">,
): Promise<MissionState> {
  const { mission_id } = record.run;
  const open = await store.listEvents({ mission_id, status: "open" });
  const restored = amend(FRESH_STATE, { risk_events: [...open], ...restoreState(record) });
  return isPlanned(record) ? restored : { ...restored, plan_tasks: [] };
}

/** False for a run from before plans were kept: it goes by today's, which node B has to find sound. */
export function isPlanned({ run, routing }: RunRecord): boolean {
  return run.plan_hash !== undefined || routing !== undefined;
}

/** Every key that says how a run that has not ended stands. */
export function restoreState(record: RunRecord) {
  const { run, plan, routing, rows, requests } = record;
  const waiting = requests.filter((request) => request.status === "pending");
  const asked = new Set(waiting.map((request) => request.task_id));
  const last = new Map(rows.map((row) => [row.task_id, row]));
  const statuses: Record<string, MissionState["task_status_by_id"][string]> = {};
  const results: Record<string, TaskResult> = {};
  for (const { task_id } of plan.tasks) {
    const row = last.get(task_id);
    const isDone = row !== undefined && !["failed", "rejected"].includes(row.outcome);
    // What failed, the task itself looks at again: it may be tried once more, or has failed for good.
    statuses[task_id] = "pending";
    if (asked.has(task_id)) statuses[task_id] = "awaiting_approval";
    if (!isDone) continue;
    statuses[task_id] = row.outcome === "not_needed" ? "not_needed" : "completed";
    results[task_id] = toResult(row);
  }
  const hasWork = selectEntry(plan.tasks, statuses, 1).length > 0;
  return {
    created_at: run.created_at ?? run.start_time,
    ...restoreInput(record),
    run_status: !hasWork && waiting.length > 0 ? "awaiting_approval" : "running",
    kpi_targets: { ...plan.kpis },
    kpi_observations: { ...observationsOf(record) },
    plan_tasks: [...plan.tasks],
    task_status_by_id: statuses,
    task_results_by_id: results,
    hitl_queue: waiting.map((request): QueuedApproval => queuedApprovalSchema.parse(request)),
    capability_lookup: Object.fromEntries(
      Object.entries(routing?.routes ?? {}).map(([taskId, route]) => [
        taskId,
        route.map((candidate) => candidate.agent_id),
      ]),
    ),
    agent_stats: [...(routing?.evidence ?? [])],
  } satisfies MissionUpdate;
}
