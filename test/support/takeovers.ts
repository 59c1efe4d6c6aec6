/** How long runs wait for another process when the one that was at them is gone. */

import { setTimeout as delay } from "node:timers/promises";

import { DEFAULT_POLICY } from "../../src/model/default-policy.ts";
import { openAnyStore } from "./any-store.ts";
import { pidOf } from "./look-into.ts";

const LOOK_MS = 50;

type Gone = "killed" | "stopped";

export interface Takeovers {
  /** A process has just died, or stands still. */
  readonly gone: (pid: number, how: Gone) => void;
  /** It goes on. */
  readonly back: (pid: number) => void;
  /** True when the process is at a run, as far as was seen. */
  readonly isBusy: (pid: number) => boolean;
  /** In seconds, of each run that was taken over. */
  readonly seconds: Readonly<Record<Gone, readonly number[]>>;
  readonly close: () => Promise<void>;
}

/** Looks again and again who is at which run. */
export async function watchTakeovers(location: string): Promise<Takeovers> {
  const store = await openAnyStore(location);
  const pids = new Map<string, number>();
  const died = new Map<number, { readonly since: number; readonly how: Gone }>();
  /** Who was last seen at each run. */
  const at = new Map<string, number>();
  const seconds: Record<Gone, number[]> = { killed: [], stopped: [] };
  const ending = new AbortController();

  async function find(holder: string): Promise<number | undefined> {
    const pid = pids.get(holder) ?? (await pidOf(holder, location));
    if (pid !== undefined) pids.set(holder, pid);
    return pid;
  }

  async function look(): Promise<void> {
    const free = await store.listWakes(1000, DEFAULT_POLICY.workers.most_at_once);
    const held = await store.listHeldWakes();
    for (const { run_id, holder = "" } of held) {
      const pid = await find(holder);
      if (pid === undefined) continue;
      const before = died.get(at.get(run_id) ?? 0);
      if (before !== undefined && !died.has(pid)) {
        seconds[before.how].push((performance.now() - before.since) / 1000);
      }
      at.set(run_id, pid);
    }
    const open = new Set([...free, ...held].map(({ run_id }) => run_id));
    for (const run_id of at.keys()) if (!open.has(run_id)) at.delete(run_id);
  }

  const watching = (async () => {
    while (!ending.signal.aborted) {
      await look().catch(() => {});
      await delay(LOOK_MS, undefined, { signal: ending.signal }).catch(() => {});
    }
  })();
  return {
    gone(pid, how) {
      died.set(pid, { since: performance.now(), how });
    },
    back(pid) {
      died.delete(pid);
    },
    isBusy: (pid) => [...at.values()].includes(pid),
    seconds,
    async close() {
      ending.abort();
      await watching;
      await store.close();
    },
  };
}

/** Median, 95 % and longest. */
export function sayDistribution(seconds: readonly number[]): string {
  if (seconds.length === 0) return "none";
  const sorted = seconds.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1]?.toFixed(1);
  return `${sorted.length}: median ${at(0.5)} s, 95 % ${at(0.95)} s, longest ${at(1)} s`;
}
