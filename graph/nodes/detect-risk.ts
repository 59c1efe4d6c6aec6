/** Node E (§6): holds the run's risk rules against its telemetry. */

import { runStatusOf } from "../../src/execution/plan-progress.ts";
import { isEnded } from "../../src/model/mission-runs.ts";
import { assessRun } from "../../src/runs/assess-run.ts";
import { readFigures, readRun } from "../../src/runs/read-run.ts";
import type { MissionGraphDependencies } from "../dependencies.ts";
import type { MissionNode } from "../state.ts";

export function createDetectRisk(dependencies: MissionGraphDependencies): MissionNode {
  return async ({ run_id, run_status, mission_id, task_status_by_id }) => {
    const { store } = dependencies;
    const status = isEnded({ status: run_status }) ? run_status : runStatusOf(task_status_by_id);
    await assessRun(await readFigures(run_id, dependencies, status), dependencies);
    const { events } = await readRun(run_id, dependencies);
    const open = await store.listEvents({ mission_id, status: "open" });
    const others = open.filter((event) => event.run_id !== run_id);
    return { run_status: status, risk_events: [...others, ...events] };
  };
}
