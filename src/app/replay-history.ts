/** The use case behind `replay`: recorded runs again. Nothing is written. */

import { type Replay, sumUp } from "../history/backtest/totals.ts";
import { groupBy } from "../model/order.ts";
import type { ReplayBasis, ReplayResult } from "../model/replay-result.ts";
import type { RunPlan, RunRecord } from "../model/run-record.ts";
import type { RunReading } from "../runs/world.ts";
import type { Store } from "../store/store.ts";
import { basisOfReplay, chooseRuns } from "./replay-basis.ts";
import { replayAll } from "./replay-pool.ts";

export interface ReplayOptions {
  readonly onResult?: (result: ReplayResult) => void;
  readonly signal?: AbortSignal;
}

/**
 * @param runIds the runs to replay; all when empty.
 * @throws UnknownRunError before anything is replayed; MissionError `BAD_INPUT`.
 */
export async function replayHistory(
  runIds: readonly string[],
  { store, ...documents }: Pick<RunReading, "store" | "reference" | "policy">,
  { onResult, signal }: ReplayOptions = {},
): Promise<Replay> {
  const history = await store.readHistory();
  const chosen = chooseRuns(runIds, history.runs);
  const basis = basisOfReplay(chosen, documents);
  const rows = groupBy(history.rows, (row) => row.run_id);
  const requests = groupBy(history.requests, (request) => request.run_id);
  const events = groupBy(history.events, (event) => event.run_id);
  const prepared = chosen.map((run) =>
    prepareReplay(
      {
        run,
        plan: history.plans.get(run.plan_hash ?? ""),
        rows: rows.get(run.run_id) ?? [],
        requests: requests.get(run.run_id) ?? [],
        events: events.get(run.run_id) ?? [],
      },
      basis,
      store,
    ),
  );
  const runs = await Promise.all(prepared);
  return sumUp(await replayAll({ runs, policy: basis.policy, onResult, signal }));
}

/** What is recorded of a run, with all that a replay needs of it. */
export async function prepareReplay(
  {
    plan,
    rows,
    ...recorded
  }: Pick<RunRecord, "run" | "rows" | "requests" | "events"> & { plan: RunPlan | undefined },
  basis: ReplayBasis,
  store: Pick<Store, "loadOutput">,
): Promise<RunRecord> {
  // Large outputs are kept apart: the replay needs them where they are.
  const whole = rows.map(async (row) =>
    row.output_ref === undefined ? row : { ...row, output: await store.loadOutput(row.output_ref) },
  );
  return {
    ...recorded,
    plan: withAgents(plan ?? planOf(recorded.run.mission_id, basis), basis),
    policy: basis.policy,
    routing: undefined,
    rows: await Promise.all(whole),
  };
}

/** As it would be made today: for runs from before plans were kept. */
function planOf(missionId: string, { plans }: ReplayBasis): RunPlan {
  const plan = plans[missionId];
  if (plan === undefined) throw new Error(`no plan of ${missionId}`);
  return plan;
}

/** Who worked may no longer be able to by today's matrix, and is known all the same. */
function withAgents(plan: RunPlan, { agents }: ReplayBasis): RunPlan {
  const known = new Set(plan.agents.map((agent) => agent.agent_id));
  return {
    ...plan,
    agents: [...plan.agents, ...agents.filter((agent) => !known.has(agent.agent_id))],
  };
}
