import { Command } from "@commander-js/extra-typings";

import type { Act } from "../command.ts";

export function missionsCommand(act: Act) {
  return new Command("missions").description("the missions that can be run").action(() =>
    act(async (context) => {
      const { lookAtReference } = await import("../../app/look-at-documents.ts");
      const { missions, plans } = lookAtReference(context.folder);
      context.print(missions, () =>
        missions.length === 0
          ? "No missions."
          : context.screen.table(
              ["MISSION", "NAME", "TASKS", "OWNER", "WHAT FOR"],
              missions.map(({ mission_id, mission_name, owner = "", description = "" }) => {
                const plan = plans.find((candidate) => candidate.mission_id === mission_id);
                return [mission_id, mission_name, plan?.tasks.length ?? 0, owner, description];
              }),
              ["WHAT FOR", "OWNER"],
            ),
      );
      return 0;
    }),
  );
}

export function agentsCommand(act: Act) {
  return new Command("agents")
    .description("the agents that there are, and what they can do")
    .action(() =>
      act(async (context) => {
        const { lookAtReference } = await import("../../app/look-at-documents.ts");
        const { sayRuntime } = await import("../say-runtime.ts");
        const { agents, capabilities } = lookAtReference(context.folder);
        const tasksOf = (agentId: string) =>
          capabilities
            .filter(({ capable_agents }) => capable_agents.includes(agentId))
            .map(({ task_id }) => task_id);
        context.print(
          agents.map((agent) => ({ ...agent, tasks: tasksOf(agent.agent_id) })),
          () =>
            agents.length === 0
              ? "No agents."
              : context.screen.table(
                  ["AGENT", "NAME", "STATUS", "RUNTIME", "TASKS"],
                  agents.map(({ agent_id, name, status = "available", runtime }) => [
                    agent_id,
                    name,
                    status,
                    sayRuntime(runtime),
                    tasksOf(agent_id).join(", "),
                  ]),
                  ["RUNTIME", "STATUS", "TASKS"],
                ),
        );
        return 0;
      }),
    );
}
