/**
 * Carries on whatever runs have to be carried on, in this process, until it is told to stop.
 *
 * There is no queue beside the store: what was opened or decided and not yet carried on is known there
 * (`Store.listWakes`), and the lease keeps one driver to a run. So nothing can be lost between two of them, or doubled.
 */

import { BusyError, FullError } from "../errors.ts";
import type { RuntimeKind } from "../model/pinned-runtime.ts";
import type { RunLimits } from "../model/policy.ts";
import type { Store, Wake } from "../store/store.ts";
import type { RunDriver } from "./drive-run.ts";

/** A run that could not be carried on is left alone, twice as long each time, in milliseconds. */
const FIRST_REST_MS = 1000;
const LONGEST_REST_MS = 60_000;
/** So is one that this process can do nothing for: more seldom, as there may be thousands. */
const FIRST_FOREIGN_REST_MS = 30_000;
const LONGEST_FOREIGN_REST_MS = 600_000;
/** How often is looked for what nobody has told of: at least so often, in milliseconds. */
const LOOK_MS = 5000;
/** How often is looked whether others are alive, in milliseconds. */
const TAKEOVER_MS = 2000;
/** Runs looked at for each place that is free: some of them may have to wait. */
const LOOK_AHEAD = 4;

export interface WorkerCounts {
  readonly in_flight: number;
  /** Since it was started. */
  readonly carried_on: number;
  readonly failed: number;
  readonly taken_over: number;
}

export interface Worker {
  /** Resolves when it was told to stop and nothing is under way any more, or the grace is over. */
  readonly ended: Promise<void>;
  readonly counts: () => WorkerCounts;
}

/** What a worker of a workspace does, and for how long. */
export interface WorkerOptions {
  /** Runs carried on at once. */
  readonly concurrency: number;
  /** Only runs all of whose agents are of these kinds; absent for all that this process can reach. */
  readonly kinds?: readonly RuntimeKind[] | undefined;
  /** How long runs may take that are under way when it is told to stop, in seconds. */
  readonly graceSeconds: number;
  readonly signal: AbortSignal;
  /** Told why a run could not be carried on; it is tried again. Without a run: what else went wrong. */
  readonly onFailure: (runId: string, message: string) => void;
}

/** What a worker takes of the world. */
export interface WorkerWorld {
  readonly store: Pick<Store, "listWakes" | "listHeldWakes" | "takeLease" | "watchWakes">;
  readonly driver: Pick<RunDriver, "drive">;
  /** What of all runs may be carried on at once, at this moment. */
  readonly limits: () => RunLimits;
  /** Why this process cannot do all that is left of a run; undefined when it can. */
  readonly findObstacle: (runId: string) => Promise<string | undefined>;
  /** Told why a run could not be carried on. */
  readonly onFailure: (runId: string, error: unknown) => void;
  /** Milliseconds that only go forward. */
  readonly time: () => number;
  /** Resolves after so many milliseconds, or when the signal aborts. */
  readonly rest: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * @param options.concurrency runs carried on at once.
 * @param options.graceMs how long runs that are under way when it stops may take.
 */
export function startWorker(
  { store, driver, limits, findObstacle, onFailure, time, rest }: WorkerWorld,
  { concurrency, graceMs, signal }: { concurrency: number; graceMs: number; signal: AbortSignal },
): Worker {
  const active = new Map<string, Promise<void>>();
  /** When runs that could not be carried on are tried again, and how long they rested. */
  const resting = new Map<string, { readonly until: number; readonly ms: number }>();
  /** Why runs are left to others, as far as that was told. */
  const told = new Set<string>();
  /** Holders of runs that may be dead. */
  const watched = new Map<string, Promise<unknown>>();
  let counts = { carried_on: 0, failed: 0, taken_over: 0 };
  let wakeUp = nothing;
  let isNews = true;

  const onWake = () => {
    isNews = true;
    wakeUp();
  };

  async function carryOn(runId: string): Promise<void> {
    try {
      await driver.drive(runId, { limits: limits() });
      resting.delete(runId);
      counts = { ...counts, carried_on: counts.carried_on + 1 };
    } catch (error) {
      // Other runs took the last place: it is told of again as soon as there is one.
      if (error instanceof FullError) return;
      leaveAlone(runId);
      // Somebody else was faster.
      if (error instanceof BusyError) return;
      counts = { ...counts, failed: counts.failed + 1 };
      onFailure(runId, error);
    }
  }

  function leaveAlone(runId: string, first = FIRST_REST_MS, longest = LONGEST_REST_MS): void {
    const ms = Math.min((resting.get(runId)?.ms ?? first / 2) * 2, longest);
    resting.set(runId, { until: time() + ms, ms });
  }

  /** Whether this process can do what is left of a run. What it cannot is for others, and looked at seldom. */
  async function isForUs({ run_id }: Wake): Promise<boolean> {
    try {
      const obstacle = await findObstacle(run_id);
      if (obstacle === undefined) return true;
      leaveAlone(run_id, FIRST_FOREIGN_REST_MS, LONGEST_FOREIGN_REST_MS);
      // Of all that it stands in the way of, the first is told.
      if (!told.has(obstacle)) onFailure(run_id, obstacle);
      told.add(obstacle);
    } catch (error) {
      leaveAlone(run_id);
      counts = { ...counts, failed: counts.failed + 1 };
      onFailure(run_id, error);
    }
    return false;
  }

  function begin({ run_id }: Wake): void {
    const carried = carryOn(run_id).finally(() => {
      active.delete(run_id);
      onWake();
    });
    active.set(run_id, carried);
  }

  async function fetch(): Promise<void> {
    const free = concurrency - active.size;
    if (free <= 0) return;
    const before = resting.size;
    const limit = free * LOOK_AHEAD + before + active.size;
    const found = await store.listWakes(limit, limits());
    // Others have carried on what is not there any more.
    const known = new Set(found.map(({ run_id }) => run_id));
    for (const runId of resting.keys()) if (!known.has(runId)) resting.delete(runId);
    for (const wake of found) {
      if (active.size >= concurrency || signal.aborted) return;
      const isReady = (resting.get(wake.run_id)?.until ?? 0) <= time();
      if (!active.has(wake.run_id) && isReady && (await isForUs(wake))) begin(wake);
    }
    // Where what was listed is for others, there may be something further on.
    if (found.length === limit && resting.size > before) isNews = true;
  }

  /** Lets go of all that the dead were at, so that whoever has a place goes on with it. */
  async function takeOver(): Promise<void> {
    const held = await store.listHeldWakes();
    const others = held.filter(({ run_id }) => !active.has(run_id));
    for (const holder of new Set(others.map((wake) => wake.holder ?? ""))) {
      if (watched.has(holder)) continue;
      // Not waited for: to be certain of one takes seconds, in which others die.
      const letting = letGo(others.filter((wake) => wake.holder === holder));
      watched.set(
        holder,
        letting.finally(() => watched.delete(holder)),
      );
    }
  }

  /** The runs of one holder: whether it is alive is found out by the first, and takes its time. */
  async function letGo(runs: readonly Wake[]): Promise<void> {
    for (const { run_id } of runs) {
      try {
        const lease = await store.takeLease(run_id);
        counts = { ...counts, taken_over: counts.taken_over + 1 };
        await lease.release();
        onWake();
      } catch (error) {
        if (error instanceof BusyError) return;
        onFailure(run_id, error);
      }
    }
  }

  /** Again and again until it stops; what goes wrong is told, and tried again. */
  async function repeat(step: () => Promise<void>, pause: () => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      await step().catch((error: unknown) => onFailure("", error));
      if (!signal.aborted) await pause();
    }
  }

  async function untilNews(): Promise<void> {
    if (!isNews) {
      const woken = new AbortController();
      wakeUp = () => woken.abort();
      await rest(LOOK_MS, AbortSignal.any([signal, woken.signal]));
    }
    isNews = false;
  }

  async function work(): Promise<void> {
    const unwatch = await store.watchWakes(onWake);
    await Promise.all([
      repeat(fetch, untilNews),
      repeat(takeOver, () => rest(TAKEOVER_MS, signal)),
    ]);
    await Promise.all(watched.values());
    await unwatch();
    const over = new AbortController();
    await Promise.race([Promise.all(active.values()), rest(graceMs, over.signal)]);
    over.abort();
  }

  return {
    ended: work(),
    counts: () => ({ in_flight: active.size, ...counts }),
  };
}

function nothing(): void {}
