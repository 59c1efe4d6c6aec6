/** Node C (§6): which agents may do each task, the best first, and the evidence for it. */

import { estimatesOf, gatherEvidence } from "../../src/routing/evidence.ts";
import { eligibleAgents, rankRoutes } from "../../src/routing/rank-routes.ts";
import type { MissionGraphDependencies } from "../dependencies.ts";
import type { MissionNode } from "../state.ts";

export function createBuildRoutingLookups(dependencies: MissionGraphDependencies): MissionNode {
  return async ({ plan_tasks }) => {
    const { store, reference, policy } = dependencies;
    const { agents, capabilities, plans } = reference();
    const eligible = plan_tasks.map(
      ({ task_id }) => [task_id, eligibleAgents(task_id, capabilities, agents)] as const,
    );
    const ids = new Set(eligible.flatMap(([, capable]) => capable.map((agent) => agent.agent_id)));
    const approvals = await store.listApprovals();
    const evidence = gatherEvidence([...ids], {
      stats: await store.listAgentStats(),
      rows: await store.listTaskLogs(),
      pending: approvals.filter((request) => request.status === "pending"),
      estimates: estimatesOf(plans),
      window: policy.routing.window,
    });
    const facts = {
      evidence: new Map(evidence.map((known) => [known.agent_id, known])),
      routing: policy.routing,
    };
    const lookup = eligible.map(([taskId, capable]) => [
      taskId,
      rankRoutes(capable, facts).map((candidate) => candidate.agent_id),
    ]);
    return { capability_lookup: Object.fromEntries(lookup), agent_stats: [...evidence] };
  };
}
