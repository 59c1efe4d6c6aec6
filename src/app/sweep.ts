/** What workers see to besides runs, one of them at a time: risks and what is overdue, and once a day the rest. */

import { join } from "node:path";

import { toMs } from "../model/time.ts";
import { keepSnapshot, readPortfolio } from "../runs/read-board.ts";
import { watchRuns } from "../runs/watch-runs.ts";
import { archiveRuns } from "./archive-runs.ts";
import { KEEP_REPLAYS_MS } from "./left-replays.ts";
import type { OpenedWorld } from "./world.ts";

/** The last date, UTC, of which what is done once a day is done. */
const DAY_MARK = "swept";

/** Threads whose checkpoints go in one transaction: others may write between two. */
const PRUNED_AT_ONCE = 100;

/** @throws BusyError when another is at it. */
export async function sweep({
  world,
  workspace,
  store,
}: Pick<OpenedWorld, "world" | "workspace" | "store">): Promise<void> {
  const lease = await store.takeLease("the sweep");
  try {
    workspace.lookAgain();
    await watchRuns(world);
    const today = world.clock.now().slice(0, 10);
    if ((await store.findMark(DAY_MARK)) === today) return;
    // A day on which nothing ends has a snapshot too.
    await keepSnapshot(await readPortfolio({}, world), world);
    const { archive_after_days: olderThanDays } = world.policy().workers;
    if (olderThanDays !== null) {
      await pruneCheckpoints(store);
      await archiveRuns({ olderThanDays, into: archivesOf(workspace.folder) }, world);
    }
    await store.replays.forget(toMs(world.clock.now()) - KEEP_REPLAYS_MS);
    await world.publish();
    await store.setMark(DAY_MARK, today);
  } finally {
    await lease.release();
  }
}

export function archivesOf(folder: string): string {
  return join(folder, "archive");
}

/** @returns of how many threads. */
export async function pruneCheckpoints({
  checkpoints,
}: Pick<OpenedWorld["store"], "checkpoints">): Promise<number> {
  for (let pruned = 0; ;) {
    const threads = await checkpoints.forgetEnded(PRUNED_AT_ONCE);
    pruned += threads;
    if (threads < PRUNED_AT_ONCE) return pruned;
  }
}
