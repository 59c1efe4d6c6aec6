/** Node F (§6): what was observed, against baseline and target, and what cost most time. */

import { observationsOf } from "../../src/reporting/run-facts.ts";
import type { MissionGraphDependencies } from "../dependencies.ts";
import { readRun } from "../read-run.ts";
import { type MissionNode, runInState } from "../state.ts";

/** The state keeps the worst few; the report has them all. */
const MOST_FIXES = 10;

export function createEvaluateKpis(dependencies: MissionGraphDependencies): MissionNode {
  return async (state) => {
    const { run, kpis, fixes } = await readRun(state.run_id, dependencies, runInState(state));
    return {
      kpi_observations: { ...observationsOf(run, state.kpi_observations) },
      kpi_gap_summary: [...kpis],
      kpi_attainment: Object.fromEntries(kpis.map(({ kpi, status }) => [kpi, status])),
      what_to_fix: fixes.slice(0, MOST_FIXES),
    };
  };
}
