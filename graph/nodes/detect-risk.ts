/** Node E (§6): holds the policy's risk rules against the run's telemetry. */

import { runStatusOf } from "../../src/execution/plan-progress.ts";
import { isEnded } from "../../src/model/mission-runs.ts";
import { assessRun } from "../assess-run.ts";
import type { MissionGraphDependencies } from "../dependencies.ts";
import { readRisks } from "../read-run.ts";
import { type MissionNode, runInState } from "../state.ts";

export function createDetectRisk(dependencies: MissionGraphDependencies): MissionNode {
  return async (state) => {
    const { store } = dependencies;
    const { run_id, run_status, task_status_by_id } = state;
    const status = isEnded({ status: run_status }) ? run_status : runStatusOf(task_status_by_id);
    const facts = await readRisks(run_id, dependencies, { ...runInState(state), status });
    await assessRun(facts, dependencies);
    const events = await store.listRiskEvents();
    return {
      run_status: status,
      risk_events: events.filter(
        (event) =>
          event.run_id === run_id ||
          (event.mission_id === state.mission_id && event.status === "open"),
      ),
    };
  };
}
