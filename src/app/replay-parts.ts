/** What a worker does about replays that were left to it: one part after the other. */

import { setImmediate } from "node:timers/promises";

import { describeThrown } from "../agents/describe-thrown.ts";
import { BusyError, DamagedRecordError, StoreFailedError } from "../errors.ts";
import type { ReplayResult } from "../model/replay-result.ts";
import { type ReplayPart, leaseOf } from "../store/replays.ts";
import type { WholeStore } from "../store/store.ts";
import { prepareReplay } from "./replay-history.ts";
import { createReplayer, notReplayable } from "./replay-runs.ts";

/** Parts looked at: others may be at the first of them. */
const LOOK_AHEAD = 16;

interface PartWorker {
  /**
   * Does the next part that nobody is at. Done twice, by one that stood still and whoever took over, it comes to the same.
   *
   * @returns false when there is none, or the signal aborts before it is done: then it is left to others.
   */
  readonly doNext: (signal: AbortSignal) => Promise<boolean>;
}

/** @param onDamaged told once of a part that cannot be read: it stays undone, and the others are done. */
export function createPartWorker(
  store: WholeStore,
  onDamaged: (message: string) => void,
): PartWorker {
  const damaged = new Set<string>();

  async function doPart(part: ReplayPart, signal: AbortSignal): Promise<boolean> {
    try {
      const results = await replayPart(part, store, signal);
      if (results !== undefined) await store.replays.finishPart(part, results);
      return results !== undefined;
    } catch (error) {
      if (isPassing(error)) throw error;
      damaged.add(leaseOf(part));
      onDamaged(
        `Part ${part.part} of REPLAY_${part.number} cannot be done: ${describeThrown(error)}`,
      );
      return true;
    }
  }

  return {
    async doNext(signal) {
      for (const part of await store.replays.listParts(LOOK_AHEAD + damaged.size)) {
        if (signal.aborted) return false;
        if (damaged.has(leaseOf(part))) continue;
        const lease = await store.takeLease(leaseOf(part)).catch(unlessBusy);
        if (lease === undefined) continue;
        try {
          return await doPart(part, signal);
        } finally {
          await lease.release();
        }
      }
      return false;
    },
  };
}

/** Another try may help. */
function isPassing(error: unknown): boolean {
  if (error instanceof DamagedRecordError) return false;
  return error instanceof BusyError || error instanceof StoreFailedError;
}

function unlessBusy(error: unknown): undefined {
  if (!(error instanceof BusyError)) throw error;
}

/** @returns what came of its runs but those that have left; undefined when it is done already, or has to stop. */
async function replayPart(
  part: ReplayPart,
  store: WholeStore,
  signal: AbortSignal,
): Promise<readonly ReplayResult[] | undefined> {
  const asked = await store.replays.readPart(part);
  if (asked === undefined) return undefined;
  const { run_ids, basis } = asked;
  const replay = createReplayer(basis.policy);
  const results: ReplayResult[] = [];
  for (const runId of run_ids) {
    // Missions that are carried on beside it have their turn.
    await setImmediate();
    if (signal.aborted) return undefined;
    try {
      const record = await store.readRun(runId);
      if (record !== undefined)
        results.push(await replay(await prepareReplay(record, basis, store)));
    } catch (error) {
      if (isPassing(error)) throw error;
      const run = { run_id: runId, mission_id: "" };
      results.push(notReplayable({ run, rows: [] }, describeThrown(error)));
    }
  }
  return results;
}
