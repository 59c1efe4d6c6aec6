/** Replays that are left to workers: how one is asked for, and what it came to so far. */

import { MissionError } from "../errors.ts";
import { type Replay, sumUp } from "../history/backtest/totals.ts";
import type { RunReading } from "../runs/world.ts";
import type { WholeStore } from "../store/store.ts";
import { basisOfReplay, chooseRuns } from "./replay-basis.ts";

/** Runs of a part: nobody else is at it meanwhile, and who dies at it has done them in vain. */
const RUNS_OF_PART = 25;

/** What a replay came to is kept for so long, and that of the newest for longer. */
export const KEEP_REPLAYS_MS = 30 * 24 * 60 * 60 * 1000;

const REPLAY_ID = /^REPLAY_([1-9]\d{0,14})$/;

/** A replay that was left to workers. */
export interface LeftReplay {
  readonly replay_id: string;
  /** Runs that it is about. */
  readonly asked: number;
  /** Runs that workers have not come to yet. */
  readonly pending: number;
  /** Runs that had left the store, for an archive, when a worker came to them. */
  readonly gone: number;
  /** What came of the others. */
  readonly replay: Replay;
}

/**
 * @param runIds the runs to replay; all when empty.
 * @throws UnknownRunError; MissionError `BAD_INPUT`.
 */
export async function leaveReplay(
  runIds: readonly string[],
  { store, ...documents }: { store: WholeStore } & Pick<RunReading, "reference" | "policy">,
): Promise<{ readonly replay_id: string; readonly asked: number }> {
  const chosen = chooseRuns(runIds, await store.listRuns());
  const ids = chosen.map((run) => run.run_id);
  const parts = Array.from({ length: Math.ceil(ids.length / RUNS_OF_PART) }, (_, part) =>
    ids.slice(part * RUNS_OF_PART, (part + 1) * RUNS_OF_PART),
  );
  const number = await store.replays.open(parts, basisOfReplay(chosen, documents));
  return { replay_id: `REPLAY_${number}`, asked: ids.length };
}

/**
 * @param replayId `latest` is the newest.
 * @throws MissionError `USAGE` when there is no such replay, or not any more.
 */
export async function readLeftReplay(
  replayId: string,
  { replays }: Pick<WholeStore, "replays">,
): Promise<LeftReplay> {
  const newest = await replays.findNewest();
  const number = replayId === "latest" ? (newest ?? 0) : Number(REPLAY_ID.exec(replayId)?.[1] ?? 0);
  const found = await replays.read(number);
  if (found === undefined) {
    const instead =
      newest === undefined
        ? "No replay was left to workers: `mission-control replay --detach` does so."
        : `The newest is REPLAY_${newest}; they are kept for 30 days.`;
    throw new MissionError("USAGE", `There is no replay "${replayId}". ${instead}`);
  }
  const { asked, done, results } = found;
  return {
    replay_id: `REPLAY_${number}`,
    asked,
    pending: asked - done,
    gone: done - results.length,
    replay: sumUp(results),
  };
}
