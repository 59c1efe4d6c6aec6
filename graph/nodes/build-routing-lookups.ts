/** Node C (§6): ranks the agents able to do each task, once for the run. */

import type { Routing, RunRecord } from "../../src/model/run-record.ts";
import { drawTrial, luckOf, mayTry } from "../../src/routing/draw-trial.ts";
import { estimatesOf, gatherEvidence } from "../../src/routing/evidence.ts";
import { eligibleAgents, rankRoutes } from "../../src/routing/rank-routes.ts";
import { readRun } from "../../src/runs/read-run.ts";
import type { MissionGraphDependencies } from "../dependencies.ts";
import { restoreState } from "../restore-state.ts";
import type { MissionNode } from "../state.ts";

export function createBuildRoutingLookups(dependencies: MissionGraphDependencies): MissionNode {
  return async ({ run_id }) => {
    const record = await readRun(run_id, dependencies);
    const routing =
      record.routing ??
      (await dependencies.store.keepRouting(run_id, await rank(record, dependencies)));
    const { capability_lookup, agent_stats } = restoreState({ ...record, routing });
    return { capability_lookup, agent_stats };
  };
}

async function rank(
  { run, plan, policy }: RunRecord,
  { store, reference, hash }: MissionGraphDependencies,
): Promise<Routing> {
  const { agents, plans } = reference();
  const available = plan.agents.filter((agent) =>
    agents.some(({ agent_id, status }) => agent_id === agent.agent_id && status !== "unavailable"),
  );
  const eligible = plan.tasks.map((task) => {
    const able = plan.capable[task.task_id] ?? [];
    const now = eligibleAgents(able, available);
    // Where nobody is there any more, it is told of those who could have been.
    return [task, now.length > 0 ? now : eligibleAgents(able, plan.agents)] as const;
  });
  const ids = new Set(eligible.flatMap(([, capable]) => capable.map((agent) => agent.agent_id)));
  const history = await store.readAgents([...ids], policy.routing.window);
  const evidence = gatherEvidence([...ids], history, estimatesOf(plans));
  const facts = {
    evidence: new Map(evidence.map((known) => [known.agent_id, known])),
    routing: policy.routing,
  };
  return {
    routes: Object.fromEntries(
      eligible.map(([task, capable]) => {
        const ranked = rankRoutes(capable, facts);
        const luck = luckOf(hash(`trial ${run.run_id} ${task.task_id}`));
        const share = mayTry(task) ? policy.routing.trial_share : 0;
        return [task.task_id, [...drawTrial(ranked, { share, luck })]];
      }),
    ),
    evidence: [...evidence],
  };
}
