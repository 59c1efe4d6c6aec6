/** The use case behind `replay`: recorded runs again. Nothing is written. */

import { UnknownRunError } from "../errors.ts";
import { type Replay, sumUp } from "../history/backtest/totals.ts";
import { groupBy } from "../model/order.ts";
import type { Policy } from "../model/policy.ts";
import type { ReplayResult } from "../model/replay-result.ts";
import type { RunPlan, RunRecord } from "../model/run-record.ts";
import type { SpecializedAgent } from "../model/specialized-agents.ts";
import { planRun } from "../planning/plan-run.ts";
import type { RunReading } from "../runs/world.ts";
import { replayAll } from "./replay-pool.ts";

export interface ReplayOptions {
  readonly onResult?: (result: ReplayResult) => void;
  readonly signal?: AbortSignal;
}

/**
 * @param runIds the runs to replay; all when empty.
 * @throws UnknownRunError before anything is replayed.
 */
export async function replayHistory(
  runIds: readonly string[],
  { store, reference, policy }: Pick<RunReading, "store" | "reference" | "policy">,
  { onResult, signal }: ReplayOptions = {},
): Promise<Replay> {
  const history = await store.readHistory();
  const byId = new Map(history.runs.map((run) => [run.run_id, run]));
  const chosen = runIds.length === 0 ? [...byId.keys()] : [...new Set(runIds)];
  const rows = groupBy(history.rows, (row) => row.run_id);
  const requests = groupBy(history.requests, (request) => request.run_id);
  const events = groupBy(history.events, (event) => event.run_id);
  const ruling = policy();
  const runs = chosen.map(async (runId): Promise<RunRecord> => {
    const run = byId.get(runId);
    if (run === undefined) throw new UnknownRunError(runId);
    const recorded = {
      run,
      plan: history.plans.get(run.plan_hash ?? ""),
      rows: rows.get(runId) ?? [],
      requests: requests.get(runId) ?? [],
      events: events.get(runId) ?? [],
    };
    return prepareReplay(recorded, ruling, { store, reference });
  });
  return sumUp(
    await replayAll({ runs: await Promise.all(runs), policy: ruling, onResult, signal }),
  );
}

/** What is recorded of a run, with all that a replay needs of it. @param ruling whose risk rules it is held against. */
export async function prepareReplay(
  { plan, rows, ...recorded }: RecordedForReplay,
  ruling: Policy,
  { store, reference }: Pick<RunReading, "store" | "reference">,
): Promise<RunRecord> {
  // Large outputs are kept apart: the replay needs them where they are.
  const whole = rows.map(async (row) =>
    row.output_ref === undefined ? row : { ...row, output: await store.loadOutput(row.output_ref) },
  );
  return {
    ...recorded,
    plan: withRegistry(plan ?? planRun(recorded.run.mission_id, reference()), reference().agents),
    policy: ruling,
    routing: undefined,
    rows: await Promise.all(whole),
  };
}

type RecordedForReplay = Pick<RunRecord, "run" | "rows" | "requests" | "events"> & {
  readonly plan: RunPlan | undefined;
};

/** Who worked may no longer be able to by today's matrix, and is known all the same. */
function withRegistry(plan: RunPlan, registry: readonly SpecializedAgent[]): RunPlan {
  const known = new Set(plan.agents.map((agent) => agent.agent_id));
  const others = registry
    .filter(({ agent_id }) => !known.has(agent_id))
    .map(({ status: _asOfToday, ...agent }) => agent);
  return { ...plan, agents: [...plan.agents, ...others] };
}
