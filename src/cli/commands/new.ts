/** `new`: one's own missions, tasks, agents and KPIs, without an editor. */

import { Command } from "@commander-js/extra-typings";

import type { Act } from "../command.ts";
import { newAgentCommand } from "./new/agent.ts";
import { newKpiCommand } from "./new/kpi.ts";
import { newMissionCommand } from "./new/mission.ts";
import { newPlanCommand } from "./new/plan.ts";
import { newTaskCommand } from "./new/task.ts";

export function newCommand(act: Act) {
  const command = new Command("new").description(
    "add a plan, mission, task, agent or KPI to the documents; asks on a terminal; never overwrites",
  );
  for (const define of [
    newPlanCommand,
    newMissionCommand,
    newTaskCommand,
    newAgentCommand,
    newKpiCommand,
  ]) {
    command.addCommand(define(act));
  }
  return command;
}
