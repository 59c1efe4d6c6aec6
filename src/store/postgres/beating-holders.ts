/**
 * Which processes are alive that hold leases of a database that many machines share.
 *
 * Each beats: a thread of its own counts up where all can see it, also while the main thread is busy. Whoever
 * wants to know watches the count by its own monotonic clock; no two clocks are ever compared. Where
 * both are in one process namespace, a holder that is gone is known to be gone at once.
 */

import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";

import type { Holders } from "../holders.ts";
import { describeSelf, isGone, processSchema } from "../process-of.ts";

export const BEAT_MS = 500;
/** A holder whose count has not moved for so long is dead. */
const PATIENCE_MS = 10_000;
/** Whoever looks may have stood still with the holder, which beats again within this. */
const WARM_UP_MS = 2000;
const LOOK_MS = 50;

/** Where processes count. */
export interface Beats {
  /** Begins to count for a holder. @returns what ends it. */
  readonly start: (holder: string, described: string) => Promise<() => Promise<void>>;
  /** What a holder has counted to, and how it was described; undefined when it has left. */
  readonly read: (
    holder: string,
  ) => Promise<{ readonly count: string; readonly described: string } | undefined>;
  readonly remove: (holder: string) => Promise<void>;
  /** All that are there. */
  readonly list: () => Promise<readonly string[]>;
}

export function createHolders(beats: Beats): Holders {
  const self = randomUUID();
  /** What each holder's count was when it was last seen to move, and when that was. */
  const seen = new Map<string, { readonly count: string; readonly at: number }>();
  let beating: Promise<() => Promise<void>> | undefined;

  /** Removes what processes of this machine have left that died without a lease: nobody would bury them. */
  async function sweep(): Promise<void> {
    for (const holder of await beats.list()) {
      const found = await beats.read(holder);
      if (found !== undefined && hasGone(found.described)) await beats.remove(holder);
    }
  }

  return {
    async join() {
      beating ??= beats.start(self, JSON.stringify(describeSelf()));
      try {
        await beating;
      } catch (error) {
        beating = undefined;
        throw error;
      }
      return self;
    },
    async isAlive(holder) {
      const start = performance.now();
      for (;;) {
        const found = await beats.read(holder);
        if (found === undefined || hasGone(found.described)) return false;
        const { count } = found;
        const now = performance.now();
        const before = seen.get(holder);
        if (before?.count !== count) {
          seen.set(holder, { count, at: now });
          // It has moved since this process first looked at it: it beats.
          if (before !== undefined) return true;
        } else if (now - before.at < 2 * BEAT_MS && before.at < start) return true;
        const isPatient = now - (before?.at ?? now) > PATIENCE_MS;
        if (isPatient && now - start > WARM_UP_MS) return false;
        await delay(LOOK_MS);
      }
    },
    async bury(holder) {
      await beats.remove(holder);
      seen.delete(holder);
    },
    async leave() {
      const ending = beating;
      beating = undefined;
      if (ending !== undefined) await (await ending)();
      await beats.remove(self);
      await sweep();
    },
  };
}

function hasGone(described: string): boolean {
  try {
    return isGone(processSchema.parse(JSON.parse(described)));
  } catch {
    return false;
  }
}
