/** What a worker does about replays that were left to it: one part after the other. */

import { setImmediate } from "node:timers/promises";

import { BusyError } from "../errors.ts";
import type { ReplayResult } from "../model/replay-result.ts";
import { type ReplayPart, leaseOf } from "../store/replays.ts";
import { prepareReplay } from "./replay-history.ts";
import { createReplayer, notReplayable } from "./replay-runs.ts";
import type { OpenedWorld } from "./world.ts";

/** Parts looked at: others may be at the first of them. */
const LOOK_AHEAD = 16;

/**
 * Does the next part that nobody is at. Done twice, by one that stood still and whoever took over, it comes to the same.
 *
 * @returns false when there is none, or the signal aborts before it is done: then it is left to others.
 */
export async function replayNextPart(
  { store, world }: Pick<OpenedWorld, "store" | "world">,
  signal: AbortSignal,
): Promise<boolean> {
  const { replays } = store;
  for (const part of await replays.listParts(LOOK_AHEAD)) {
    if (signal.aborted) return false;
    const lease = await store.takeLease(leaseOf(part)).catch((error: unknown) => {
      if (error instanceof BusyError) return undefined;
      throw error;
    });
    if (lease === undefined) continue;
    try {
      const results = await replayPart(part, { store, world }, signal);
      if (results !== undefined) await replays.finishPart(part, results);
      return results !== undefined;
    } finally {
      await lease.release();
    }
  }
  return false;
}

/** @returns undefined when it is done already, or has to stop. */
async function replayPart(
  part: ReplayPart,
  { store, world }: Pick<OpenedWorld, "store" | "world">,
  signal: AbortSignal,
): Promise<readonly ReplayResult[] | undefined> {
  const asked = await store.replays.readPart(part);
  if (asked === undefined) return undefined;
  const { run_ids, policy } = asked;
  const replay = createReplayer(policy);
  const results: ReplayResult[] = [];
  for (const runId of run_ids) {
    // Missions that are carried on beside it have their turn.
    await setImmediate();
    if (signal.aborted) return undefined;
    const record = await store.readRun(runId);
    const result =
      record === undefined
        ? notReplayable(
            { run: { run_id: runId, mission_id: "" }, rows: [] },
            await sayWhereItIs(runId, store),
          )
        : await replay(await prepareReplay(record, policy, world));
    results.push(result);
  }
  return results;
}

async function sayWhereItIs(
  runId: string,
  store: Pick<OpenedWorld["store"], "findArchived">,
): Promise<string> {
  const archived = (await store.findArchived([runId])).get(runId);
  return archived === undefined ? "it is gone" : `it is in the archive ${archived.archive}`;
}
