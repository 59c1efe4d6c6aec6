/**
 * Which processes are alive that hold leases of a database.
 *
 * Each beats: a thread of its own counts up where all can see it, also while the main thread is busy. Whoever
 * wants to know watches the count by its own monotonic clock; no two clocks are ever compared. Where
 * both are in one process namespace, a holder that is gone is known to be gone at once.
 */

import { randomUUID } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

import { z } from "zod";

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

export interface Holders {
  /** Makes this process a holder, and starts its beat; returns its name. */
  readonly join: () => Promise<string>;
  /** Watches until it is certain: soon when the holder beats, at most ten seconds when it does not. */
  readonly isAlive: (holder: string) => Promise<boolean>;
  /** Removes what a dead holder has left. */
  readonly bury: (holder: string) => Promise<void>;
  readonly leave: () => Promise<void>;
}

const processSchema = z.object({ namespace: z.string(), pid: z.int(), started: z.string() });
type Process = z.infer<typeof processSchema>;

/** Holders of a database that lives with its connection: nobody else can see it. */
export const ALONE: Holders = {
  join: async () => "self",
  isAlive: async () => true,
  bury: async () => {},
  leave: async () => {},
};

export function createHolders(beats: Beats): Holders {
  const self = randomUUID();
  /** What each holder's count was when it was last seen to move, and when that was. */
  const seen = new Map<string, { readonly count: string; readonly at: number }>();
  let beating: Promise<() => Promise<void>> | undefined;

  /** Removes what processes of this machine have left that died without a lease: nobody would bury them. */
  async function sweep(): Promise<void> {
    for (const holder of await beats.list()) {
      const found = await beats.read(holder);
      if (found !== undefined && isGone(found.described)) await beats.remove(holder);
    }
  }

  return {
    async join() {
      beating ??= beats.start(self, JSON.stringify(describeProcess(process.pid)));
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
        if (found === undefined || isGone(found.described)) return false;
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

/** True when the holder is of this very namespace, and its process is not there. */
function isGone(described: string): boolean {
  const checked = processSchema.safeParse(parse(described));
  if (!checked.success) return false;
  const { namespace, pid, started } = checked.data;
  const here = describeProcess(pid);
  return namespace !== "" && namespace === here.namespace && started !== here.started;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Boot and process namespace, and what tells a process from a later one with its number; empty where unknown. */
function describeProcess(pid: number): Process {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const namespace = `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
    return { namespace, pid, started: startOf(pid) };
  } catch {
    return { namespace: "", pid, started: "" };
  }
}

/** Empty when there is no such process. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold spaces; after it come the state, then field 22, the start time.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? "" : (fields[19] ?? "");
  } catch {
    return "";
  }
}
