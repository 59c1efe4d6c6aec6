/** Node G (§6): ends the run, and reports on it. */

import { endRun } from "../../src/runs/end-run.ts";
import type { MissionGraphDependencies } from "../dependencies.ts";
import type { MissionNode } from "../state.ts";

export function createWriteReport(dependencies: MissionGraphDependencies): MissionNode {
  return async ({ run_id, run_status }) => {
    const { run, report, markdown } = await endRun(run_id, { status: run_status }, dependencies);
    await dependencies.store.secured();
    await dependencies.publish({ run_id, markdown });
    return {
      run_status: run.status,
      executive_summary: report.executive_summary,
      report: markdown,
    };
  };
}
