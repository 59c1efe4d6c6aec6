/** Ranks the agents able to do each task of a run, once for the run. */

import type { Routing, RunRecord } from "../model/run-record.ts";
import { drawTrial, luckOf, mayTry } from "../routing/draw-trial.ts";
import { estimatesOf, gatherEvidence } from "../routing/evidence.ts";
import { eligibleAgents, rankRoutes } from "../routing/rank-routes.ts";
import type { RunWorld } from "./world.ts";

type Ranking = Pick<RunWorld, "store" | "reference" | "hash">;

/** The run's routes with their evidence: those that it has, or else those that it keeps from now on. */
export async function routeRun(record: RunRecord, world: Ranking): Promise<Routing> {
  if (record.routing !== undefined) return record.routing;
  return world.store.keepRouting(record.run.run_id, await rank(record, world));
}

async function rank(
  { run, plan, policy }: RunRecord,
  { store, reference, hash }: Ranking,
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
