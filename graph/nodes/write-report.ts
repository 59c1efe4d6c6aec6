/** Node G (§6): closes the run and writes its report. */

import { runStatusOf } from "../../src/execution/plan-progress.ts";
import { isEnded } from "../../src/model/mission-runs.ts";
import { closeRun } from "../close-run.ts";
import type { MissionGraphDependencies } from "../dependencies.ts";
import type { MissionNode } from "../state.ts";

export function createWriteReport(dependencies: MissionGraphDependencies): MissionNode {
  return async ({ run_id, run_status, plan_tasks, task_status_by_id, kpi_observations }) => {
    const status = isEnded({ status: run_status }) ? run_status : runStatusOf(task_status_by_id);
    const ending = {
      status,
      tasks: plan_tasks,
      statuses: task_status_by_id,
      kpis: kpi_observations,
    };
    const { run, executive_summary, report } = await closeRun(run_id, ending, dependencies);
    return { run_status: run.status, executive_summary, report };
  };
}
