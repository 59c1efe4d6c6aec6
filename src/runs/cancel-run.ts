/** Ends a run because a person says so. */

import { z } from "zod";

import { MissionError, badInput } from "../errors.ts";
import { isEnded } from "../model/mission-runs.ts";
import { personSchema, reasonSchema } from "../model/primitives.ts";
import { assessRun } from "./assess-run.ts";
import { endRun } from "./end-run.ts";
import { readFigures, readRun } from "./read-run.ts";
import type { RunWorld } from "./world.ts";

const requestSchema = z.object({ reason: reasonSchema, by: personSchema });

/**
 * Ends a run as `abandoned`; what waits for a person becomes void.
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
    const { run, requests } = await readRun(runId, world);
    if (isEnded(run)) {
      throw new MissionError("RUN_ENDED", `${runId} has ended already (${run.status}).`);
    }
    const pending = requests.filter(({ status }) => status === "pending");
    await store.voidApprovals(
      runId,
      pending.map((asked) => asked.approval_id),
    );
    // What only waited for a decision is no risk any more.
    await assessRun(await readFigures(runId, world, "abandoned"), world);
    const { markdown } = await endRun(
      runId,
      { status: "abandoned", ended_reason: `${reason} (${by})` },
      world,
    );
    await world.publish({ run_id: runId, markdown });
  } finally {
    await lease.release();
  }
}
