/** Node B (§6): validates the plan, puts it in order, and opens the run. */

import { FaultsError } from "../../src/errors.ts";
import { isEnded } from "../../src/model/mission-runs.ts";
import { findMissionFaults } from "../../src/planning/mission-faults.ts";
import { openRun } from "../../src/runs/open-run.ts";
import { readRun } from "../../src/runs/read-run.ts";
import { type MissionGraphDependencies, threadIdOf } from "../dependencies.ts";
import { refuseOn } from "../refusals.ts";
import { restoreState } from "../restore-state.ts";
import type { MissionNode, MissionState } from "../state.ts";

/**
 * The run record is written here, in one step with its plan and policy, and only when no fault
 * stands: docs/decisions/2026-11-22-the-plan-opens-the-run.md. The library has opened its runs before.
 */
export function createBuildMissionPlan(dependencies: MissionGraphDependencies): MissionNode {
  return async (state, config) => {
    try {
      const run_id = await findOrOpen(state, threadIdOf(config), dependencies);
      return restoreState(await readRun(run_id, dependencies));
    } catch (error) {
      return refuseOn(error);
    }
  };
}

async function findOrOpen(
  state: MissionState,
  thread_id: string,
  dependencies: MissionGraphDependencies,
): Promise<string> {
  const { store, checkpoints, reference, hasRuntime } = dependencies;
  const open = await store.findRunByThread(thread_id);
  if (open === undefined || isEnded(open)) {
    return (await openRun({ ...state, thread_id, checkpoints }, dependencies)).run_id;
  }
  // A run without a plan of its own goes by today's, which must be sound.
  if (open.plan_hash === undefined) {
    const faults = findMissionFaults(open.mission_id, reference(), hasRuntime);
    if (faults.length > 0) throw new FaultsError(faults);
  }
  return open.run_id;
}
