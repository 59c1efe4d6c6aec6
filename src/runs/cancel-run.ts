/** Ends a run because a person says so. */

import { z } from "zod";

import { MissionError, badInput } from "../errors.ts";
import { isEnded } from "../model/mission-runs.ts";
import { personSchema, reasonSchema } from "../model/primitives.ts";
import type { RunRecord } from "../model/run-record.ts";
import { assessRun } from "./assess-run.ts";
import { endRun } from "./end-run.ts";
import { readFigures, readRun } from "./read-run.ts";
import { settleDecisions } from "./settle-decisions.ts";
import type { RunWorld } from "./world.ts";

const requestSchema = z.object({ reason: reasonSchema, by: personSchema });

/**
 * Ends a run as `abandoned`; what waits for a person becomes void, what a person has decided stands in a row.
 *
 * @throws UnknownRunError; MissionError `BAD_INPUT`, `RUN_ENDED`, `BUSY` while somebody works on it.
 */
export async function cancelRun(
  runId: string,
  request: { readonly reason: string; readonly by: string },
  world: RunWorld,
): Promise<void> {
  const parsed = requestSchema.safeParse(request);
  if (!parsed.success) throw badInput(parsed.error, request);
  const { reason, by } = parsed.data;
  const { store } = world;
  await readRun(runId, world);
  const lease = await store.takeLease(runId);
  try {
    const record = await readRun(runId, world);
    const { run, requests } = record;
    if (isEnded(run)) {
      throw new MissionError("RUN_ENDED", `${runId} has ended already (${run.status}).`);
    }
    const pending = requests.filter(({ status }) => status === "pending");
    await store.voidApprovals(
      runId,
      pending.map((asked) => asked.approval_id),
    );
    const rows = await settleDecisions(await readRun(runId, world), world);
    // What only waited for a decision is no risk any more.
    await assessRun(await readFigures(runId, world, "abandoned"), world);
    const { markdown } = await endRun(
      runId,
      { status: "abandoned", ended_reason: `${reason} (${by})`, rows },
      world,
    );
    try {
      await store.secured();
    } finally {
      // It has ended, whatever the disk says: nobody can cancel it again.
      await abandonCalls(record, world);
      await world.publish({ run_id: runId, markdown });
    }
  } finally {
    await lease.release();
  }
}

/** Agents elsewhere may be at work, or wait for an answer that will never come. */
async function abandonCalls({ run, plan }: RunRecord, world: RunWorld): Promise<void> {
  const calls = await world.store.listCalls(run.run_id);
  const agents = new Map(plan.agents.map((agent) => [agent.agent_id, agent]));
  const pinned = new Map(Object.entries(run.runtimes ?? {}));
  await Promise.all(
    calls.map(async (call) => {
      const agent = agents.get(call.agent_id ?? "");
      if (agent !== undefined) await world.abandon(agent, pinned.get(agent.agent_id), call);
    }),
  );
}
