/** Node D (§6): walks the plan without a barrier, one durable LangGraph task for each task. */

import { type LangGraphRunnableConfig, task as durableTask } from "@langchain/langgraph";

import { createAssign } from "../../src/execution/assign-task.ts";
import { limitsOf } from "../../src/execution/budgets.ts";
import { deriveStatuses } from "../../src/execution/derive-statuses.ts";
import { executeTask } from "../../src/execution/execute-task.ts";
import { markBlocked, runStatusOf, selectEntry } from "../../src/execution/plan-progress.ts";
import { createSlots } from "../../src/execution/slots.ts";
import type { TaskReport, TaskResult } from "../../src/execution/task-report.ts";
import { walkPlan } from "../../src/execution/walk-plan.ts";
import { observationsOf } from "../../src/kpi/run-observations.ts";
import type { Scope } from "../../src/model/budget.ts";
import type { PlanTask } from "../../src/model/decomposed-mission-tasks.ts";
import { type MissionRun, isEnded } from "../../src/model/mission-runs.ts";
import { pick } from "../../src/model/pick.ts";
import type { RunRecord } from "../../src/model/run-record.ts";
import { monthOf } from "../../src/model/time.ts";
import { longestPathMinutes } from "../../src/planning/remaining-work.ts";
import { readRun } from "../../src/runs/read-run.ts";
import { requireRuntimes } from "../../src/runs/run-runtimes.ts";
import type { SpendingScope } from "../../src/store/store.ts";
import type { MissionGraphDependencies } from "../dependencies.ts";
import type { MissionNode, MissionState, MissionUpdate } from "../state.ts";
import { createTaskWorld } from "../task-world.ts";

/** LangGraph reads these as parts of its own paths. */
const RESERVED_IN_NAMES = /[|:]/g;

/**
 * Carries out everything that can be done now; returns when nothing more can run.
 *
 * Durable ids are positional: which tasks are started, and in which order, follows from the state
 * alone. A task that comes back from the checkpoint is not run again.
 */
export function createExecuteTasks(dependencies: MissionGraphDependencies): MissionNode {
  return async (state, config) => {
    if (config.signal !== undefined) dependencies.expectListeners(config.signal);
    const entry = selectEntry(state.plan_tasks, state.task_status_by_id);
    const record = await readRun(state.run_id, dependencies);
    // Somebody has ended it while it waited, or an old checkpoint knows nothing of it.
    if (isEnded(record.run)) {
      const task_status_by_id = { ...deriveStatuses(record.plan.tasks, record) };
      return { run_status: record.run.status, task_status_by_id, hitl_queue: [] };
    }
    await requireRuntimes(record, dependencies);
    const execute = createExecutor(record, config, dependencies);
    const failures: unknown[] = [];
    const reports = await walkPlan<TaskReport>(entry, async (planTask, awaited) => {
      const carryOut = async (): Promise<TaskReport> => {
        const results = pick(state.task_results_by_id, planTask.depends_on);
        for (const [id, dependency] of awaited) {
          const report = await dependency;
          if (report.status !== "completed" && report.status !== "not_needed") {
            return { status: "not_reached" };
          }
          results[id] = report.result;
        }
        try {
          return await execute(planTask, results);
        } catch (error) {
          // The store or the documents, never an agent. LangGraph would stop the siblings in the middle.
          failures.push(error);
          return { status: "not_reached" };
        }
      };
      if (!dependencies.showsTasks) return carryOut();
      const name = `${planTask.task_id} ${planTask.task}`.replaceAll(RESERVED_IN_NAMES, " ");
      return durableTask({ name }, carryOut)();
    });
    if (failures.length > 0) throw failures[0];
    const observations = observationsOf(await readRun(state.run_id, dependencies));
    return { kpi_observations: { ...observations }, ...summarize(state, reports) };
  };
}

/** A function that executes one task, given the results of its dependencies. */
function createExecutor(
  record: RunRecord,
  config: LangGraphRunnableConfig,
  dependencies: MissionGraphDependencies,
): (task: PlanTask, results: Readonly<Record<string, TaskResult>>) => Promise<TaskReport> {
  const { run, plan, policy } = record;
  const { max_concurrency, timeout_minutes: timeoutMinutes } = policy.execution;
  const limits = limitsOf(run, policy);
  const calling = {
    run_id: run.run_id,
    slots: createSlots(max_concurrency),
    urgency: longestPathMinutes(plan.tasks),
    timeoutMinutes,
    runtimes: run.runtimes ?? {},
    limits,
    scopes: limits.map(({ scope }) => scopeOf(scope, run)),
  };
  const world = createTaskWorld(calling, config, dependencies);
  const assign = createAssign(record, dependencies.reference().agents);
  return (task, results) => executeTask(assign(task, results), world);
}

/** Whose attempts count for a limit. */
function scopeOf(scope: Scope, { run_id, mission_id, start_time }: MissionRun): SpendingScope {
  if (scope === "run") return { run_id };
  const month = monthOf(start_time);
  return scope === "mission" ? { ...month, mission_id } : month;
}

/** The state after a pass. */
function summarize(state: MissionState, reports: ReadonlyMap<string, TaskReport>): MissionUpdate {
  const statuses = { ...state.task_status_by_id };
  const results = { ...state.task_results_by_id };
  const queue = [...state.hitl_queue];
  const queued = new Set(queue.map(({ approval_id }) => approval_id));
  for (const [id, report] of reports) {
    switch (report.status) {
      case "completed":
      case "not_needed":
      case "failed":
        statuses[id] = report.status;
        results[id] = report.result;
        break;
      case "awaiting_approval":
        statuses[id] = report.status;
        // Some of what an agent asked may be decided while the rest still waits.
        queue.push(...report.requests.filter(({ approval_id }) => !queued.has(approval_id)));
        break;
      case "not_reached":
        break;
    }
  }
  const marked = { ...markBlocked(state.plan_tasks, statuses) };
  const isPaused = selectEntry(state.plan_tasks, marked, 1).length === 0;
  return {
    task_status_by_id: marked,
    task_results_by_id: results,
    hitl_queue: queue,
    ...(isPaused ? { run_status: runStatusOf(marked) } : {}),
  };
}
