/** Replays that are left to workers: how one is asked for, and what it came to so far. */

import { MissionError, UnknownRunError } from "../errors.ts";
import { type Replay, sumUp } from "../history/backtest/totals.ts";
import type { Policy } from "../model/policy.ts";
import type { WholeStore } from "../store/store.ts";

/** Runs of a part: a worker is at one part for less than a second, and nobody else is. */
const RUNS_OF_PART = 100;

/** What a replay came to is kept for so long, and that of the newest for longer. */
export const KEEP_REPLAYS_MS = 30 * 24 * 60 * 60 * 1000;

const REPLAY_ID = /^REPLAY_(\d{1,15})$/;

/** A replay that was left to workers. */
export interface LeftReplay {
  readonly replay_id: string;
  /** Runs that it is about. */
  readonly asked: number;
  /** What came of those that are done; all, when they are as many as were asked for. */
  readonly replay: Replay;
}

/**
 * @param runIds the runs to replay; all when empty.
 * @throws UnknownRunError
 */
export async function leaveReplay(
  runIds: readonly string[],
  { store, policy }: { store: WholeStore; policy: () => Policy },
): Promise<{ readonly replay_id: string; readonly asked: number }> {
  const known = new Set((await store.listRuns()).map((run) => run.run_id));
  const unknown = runIds.find((runId) => !known.has(runId));
  if (unknown !== undefined) throw new UnknownRunError(unknown);
  const chosen = [...(runIds.length === 0 ? known : new Set(runIds))];
  const parts = Array.from({ length: Math.ceil(chosen.length / RUNS_OF_PART) }, (_, part) =>
    chosen.slice(part * RUNS_OF_PART, (part + 1) * RUNS_OF_PART),
  );
  const number = await store.replays.open(parts, policy());
  return { replay_id: `REPLAY_${number}`, asked: chosen.length };
}

/** @throws MissionError `USAGE` when there is no such replay, or not any more. */
export async function readLeftReplay(
  replayId: string,
  { replays }: Pick<WholeStore, "replays">,
): Promise<LeftReplay> {
  const number = Number(REPLAY_ID.exec(replayId)?.[1] ?? 0);
  const found = await replays.read(number);
  if (found === undefined) {
    const newest = await replays.findNewest();
    const instead =
      newest === undefined
        ? "No replay was left to workers: `replay --detach` does so."
        : `The newest is REPLAY_${newest}; they are kept for 30 days.`;
    throw new MissionError("USAGE", `There is no replay "${replayId}". ${instead}`);
  }
  return { replay_id: replayId, asked: found.asked, replay: sumUp(found.results) };
}
