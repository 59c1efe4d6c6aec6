/** Node F (§6): what was observed, against baseline and target, and what cost most time. */

import { readFigures } from "../../src/runs/read-run.ts";
import type { MissionGraphDependencies } from "../dependencies.ts";
import type { MissionNode } from "../state.ts";

/** The state keeps the worst few; the report has them all. */
const MOST_FIXES = 10;

export function createEvaluateKpis(dependencies: MissionGraphDependencies): MissionNode {
  return async ({ run_id, run_status }) => {
    const { observations, kpis, fixes } = await readFigures(run_id, dependencies, run_status);
    return {
      kpi_observations: { ...observations },
      kpi_gap_summary: [...kpis],
      kpi_attainment: Object.fromEntries(kpis.map(({ kpi, status }) => [kpi, status])),
      what_to_fix: fixes.slice(0, MOST_FIXES),
    };
  };
}
