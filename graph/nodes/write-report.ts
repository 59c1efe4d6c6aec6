/** Node G (§6): closes the run, writes its report, and brings the portfolio up to date. */

import { closeRun } from "../close-run.ts";
import type { MissionGraphDependencies } from "../dependencies.ts";
import type { MissionNode } from "../state.ts";

export function createWriteReport(dependencies: MissionGraphDependencies): MissionNode {
  return async ({ run_id, run_status, plan_tasks, task_status_by_id, kpi_observations }) => {
    const ending = {
      status: run_status,
      tasks: plan_tasks,
      statuses: task_status_by_id,
      kpis: kpi_observations,
    };
    const { run, report, markdown } = await closeRun(run_id, ending, dependencies);
    return {
      run_status: run.status,
      executive_summary: report.executive_summary,
      report: markdown,
    };
  };
}
