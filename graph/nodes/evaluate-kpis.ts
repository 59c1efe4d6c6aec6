/** Node F (§6): what was observed, against baseline and target, and what cost most time. */

import { readFigures } from "../../src/runs/read-run.ts";
import type { MissionGraphDependencies } from "../dependencies.ts";
import { restoreKpis } from "../restore-state.ts";
import type { MissionNode } from "../state.ts";

export function createEvaluateKpis(dependencies: MissionGraphDependencies): MissionNode {
  return async ({ run_id, run_status }) =>
    restoreKpis(await readFigures(run_id, dependencies, run_status));
}
