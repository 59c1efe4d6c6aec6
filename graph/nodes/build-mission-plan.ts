/** Node B (§6): validates the plan, puts it in order, and opens the run. */

import { FaultsError } from "../../src/errors.ts";
import { isEnded } from "../../src/model/mission-runs.ts";
import { LONGEST_STORED_REASON } from "../../src/model/primitives.ts";
import { findMissionFaults } from "../../src/planning/mission-faults.ts";
import { orderTasks } from "../../src/planning/task-order.ts";
import { type MissionGraphDependencies, threadIdOf } from "../dependencies.ts";
import { draftRun } from "../draft-run.ts";
import { refuseOn } from "../refusals.ts";
import type { MissionNode, MissionState, MissionUpdate } from "../state.ts";

/**
 * The run record is written here, in one step with the choice of its id, and only when no fault
 * stands: docs/decisions/2026-11-22-the-plan-opens-the-run.md.
 */
export function createBuildMissionPlan(dependencies: MissionGraphDependencies): MissionNode {
  return async (state, config) => {
    try {
      return await buildPlan(state, threadIdOf(config), dependencies);
    } catch (error) {
      const refusal = refuseOn(error);
      await failOpenRun(threadIdOf(config), refusal.last_error, dependencies);
      return refusal;
    }
  };
}

async function buildPlan(
  state: MissionState,
  thread_id: string,
  dependencies: MissionGraphDependencies,
): Promise<MissionUpdate> {
  const { store, reference, hasRuntime } = dependencies;
  const { mission_id } = state;
  const documents = reference();
  const faults = findMissionFaults(mission_id, documents, hasRuntime);
  if (faults.length > 0) throw new FaultsError(faults);
  const plan = documents.plans.find((candidate) => candidate.mission_id === mission_id);
  const tasks = orderTasks(plan?.tasks ?? []).ordered;
  const open = await store.findRunByThread(thread_id);
  const run =
    open !== undefined && !isEnded(open)
      ? open
      : await store.openRun(draftRun({ ...state, thread_id }, dependencies));
  return {
    run_id: run.run_id,
    created_at: run.created_at ?? run.start_time,
    plan_tasks: [...tasks],
    task_status_by_id: Object.fromEntries(tasks.map((task) => [task.task_id, "pending"])),
    task_results_by_id: {},
    hitl_queue: [],
  };
}

/** A run that was opened before its documents went wrong must not stay "running" for ever. */
async function failOpenRun(
  threadId: string,
  reason: string,
  { store }: MissionGraphDependencies,
): Promise<void> {
  const run = await store.findRunByThread(threadId);
  if (run === undefined) return;
  await store.changeRun(run.run_id, (current) =>
    current.status === "running"
      ? {
          ...current,
          status: "failed",
          end_time: current.start_time,
          ended_reason: reason.slice(0, LONGEST_STORED_REASON),
        }
      : current,
  );
}
