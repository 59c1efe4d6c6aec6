/** Node C (§6): the ranking of the agents able to do each task. */

import { readRun } from "../../src/runs/read-run.ts";
import { routeRun } from "../../src/runs/route-run.ts";
import type { MissionGraphDependencies } from "../dependencies.ts";
import { restoreState } from "../restore-state.ts";
import type { MissionNode } from "../state.ts";

export function createBuildRoutingLookups(dependencies: MissionGraphDependencies): MissionNode {
  return async ({ run_id }) => {
    const record = await readRun(run_id, dependencies);
    const routing = await routeRun(record, dependencies);
    const { capability_lookup, agent_stats } = restoreState({ ...record, routing });
    return { capability_lookup, agent_stats };
  };
}
