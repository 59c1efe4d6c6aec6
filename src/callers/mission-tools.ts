/**
 * All that a caller can do: start a mission, ask and wait. There is no tool that decides: what waits for a person says
 * where a person decides.
 */

import type { CallersWorld } from "./callers-world.ts";
import { explainRun } from "./tools/explain-run.ts";
import { getRun } from "./tools/get-run.ts";
import { listApprovals } from "./tools/list-approvals.ts";
import type { MissionTool } from "./tools/mission-tool.ts";
import { runMission } from "./tools/run-mission.ts";
import { showPortfolio } from "./tools/show-portfolio.ts";

export function buildMissionTools(world: CallersWorld): readonly MissionTool[] {
  return [runMission, getRun, listApprovals, showPortfolio, explainRun].map((define) =>
    define(world),
  );
}
