/**
 * Which processes are alive that hold leases of a database.
 *
 * Each beats: a thread of its own counts up in a small file, also while the main thread is busy. Whoever
 * wants to know watches the count by its own monotonic clock; no two clocks are ever compared. Where
 * both are in one process namespace, a holder that is gone is known to be gone at once.
 */

import { randomUUID } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Worker } from "node:worker_threads";

import { z } from "zod";

import { StoreFailedError } from "../errors.ts";

const BEAT_MS = 500;
/** A holder whose count has not moved for so long is dead. */
const PATIENCE_MS = 10_000;
const LOOK_MS = 50;
const ENDING = ".beat";

export interface Holders {
  /** Makes this process a holder, and starts its beat; returns its name. */
  readonly join: () => Promise<string>;
  /** Watches until it is certain: soon when the holder beats, at most ten seconds when it does not. */
  readonly isAlive: (holder: string) => Promise<boolean>;
  /** Removes what a dead holder has left. */
  readonly bury: (holder: string) => void;
  readonly leave: () => Promise<void>;
}

/** The thread writes its count in place, so that it needs no space on a full disk. */
const BEAT = `
const { workerData } = require("node:worker_threads");
const { writeSync } = require("node:fs");
let count = 0;
setInterval(() => {
  count += 1;
  try { writeSync(workerData.file, String(count).padStart(15, "0"), 0); } catch {}
}, workerData.everyMs);
`;

const processSchema = z.object({ namespace: z.string(), pid: z.int(), started: z.string() });
type Process = z.infer<typeof processSchema>;

/** Holders of a database that lives with its connection: nobody else can see it. */
export const ALONE: Holders = {
  join: async () => "self",
  isAlive: async () => true,
  bury: () => {},
  leave: async () => {},
};

/** @param folder where each holder has its file. */
export function createHolders(folder: string): Holders {
  const self = randomUUID();
  const pathOf = (holder: string) => join(folder, `${holder}${ENDING}`);
  /** What each holder's count was when it was last seen to move, and when that was. */
  const seen = new Map<string, { readonly text: string; readonly at: number }>();
  let beat: { readonly thread: Worker; readonly file: number } | undefined;

  /** Undefined when the holder's file is gone: it has left. */
  function readBeat(holder: string): string | undefined {
    try {
      return readFileSync(pathOf(holder), "utf8");
    } catch {
      return undefined;
    }
  }

  /** Removes the files of processes of this machine that died without a lease: nobody would bury them. */
  function sweep(): void {
    const names = existsSync(folder) ? readdirSync(folder) : [];
    for (const name of names) {
      const holder = name.slice(0, -ENDING.length);
      const text = readBeat(holder);
      if (text !== undefined && isGone(text)) rmSync(pathOf(holder), { force: true });
    }
  }

  return {
    async join() {
      if (beat !== undefined) return self;
      const path = pathOf(self);
      let file: number;
      try {
        mkdirSync(folder, { recursive: true });
        // Opened here: the thread may start when the file is gone already.
        file = openSync(path, "w");
        const described = JSON.stringify(describeProcess(process.pid));
        writeSync(file, `${"0".padStart(15, "0")}\n${described}\n`);
      } catch (error) {
        throw new StoreFailedError("write", path, error);
      }
      const thread = new Worker(BEAT, { eval: true, workerData: { file, everyMs: BEAT_MS } });
      thread.unref();
      beat = { thread, file };
      return self;
    },
    async isAlive(holder) {
      const start = performance.now();
      for (;;) {
        const text = readBeat(holder);
        if (text === undefined || isGone(text)) return false;
        const now = performance.now();
        const before = seen.get(holder);
        if (before?.text !== text) {
          seen.set(holder, { text, at: now });
          // It has moved since this process first looked at it: it beats.
          if (before !== undefined) return true;
        } else if (now - before.at < 2 * BEAT_MS && before.at < start) return true;
        if (now - Math.max(start, before?.at ?? now) > PATIENCE_MS) return false;
        await delay(LOOK_MS);
      }
    },
    bury(holder) {
      rmSync(pathOf(holder), { force: true });
      seen.delete(holder);
    },
    async leave() {
      const ending = beat;
      beat = undefined;
      await ending?.thread.terminate();
      if (ending !== undefined) closeSync(ending.file);
      rmSync(pathOf(self), { force: true });
      sweep();
    },
  };
}

/** True when the holder is of this very namespace, and its process is not there. */
function isGone(text: string): boolean {
  const described = processSchema.safeParse(parse(text.slice(text.indexOf("\n") + 1)));
  if (!described.success) return false;
  const { namespace, pid, started } = described.data;
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
