/** Each holder counts in a small file beside the database. */

import {
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";

import { StoreFailedError } from "../../errors.ts";
import { BEAT_MS, type Beats } from "../holders.ts";

const ENDING = ".beat";
const DIGITS = 15;

/**
 * The thread writes each count in place, so that it needs no space on a full disk; and it alone closes the files, so
 * that it never writes to another that has got the number of one.
 */
const BEAT = `
const { parentPort, workerData } = require("node:worker_threads");
const { closeSync, writeSync } = require("node:fs");
const counts = new Map();
parentPort.on("message", ({ begin, end }) => {
  if (begin !== undefined) counts.set(begin, 0);
  else if (counts.delete(end)) closeSync(end);
});
setInterval(() => {
  for (const [file, count] of counts) {
    counts.set(file, count + 1);
    try { writeSync(file, String(count + 1).padStart(${DIGITS}, "0"), 0); } catch {}
  }
}, workerData.everyMs);
`;

/** One for all holders of this process: to start one takes as long as a mission does. */
let beating: Promise<Worker> | undefined;

async function tellThread(message: { readonly begin: number } | { readonly end: number }) {
  beating ??= startBeating();
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  (await beating).postMessage(message);
}

async function startBeating(): Promise<Worker> {
  // Who only reads never starts one.
  const { Worker } = await import("node:worker_threads");
  const thread = new Worker(BEAT, {
    eval: true,
    workerData: { everyMs: BEAT_MS },
    trackUnmanagedFds: false,
  });
  thread.unref();
  return thread;
}

/** @param folder where each holder has its file. */
export function createBeatFiles(folder: string): Beats {
  const pathOf = (holder: string) => join(folder, `${holder}${ENDING}`);
  return {
    async start(holder, described) {
      const path = pathOf(holder);
      let file: number;
      try {
        mkdirSync(folder, { recursive: true });
        // Opened here: the thread may start when the file is gone already.
        file = openSync(path, "w");
        writeSync(file, `${"0".padStart(DIGITS, "0")}\n${described}\n`);
      } catch (error) {
        throw new StoreFailedError("write", path, error);
      }
      await tellThread({ begin: file });
      return () => tellThread({ end: file });
    },
    async read(holder) {
      try {
        const [count = "", described = ""] = readFileSync(pathOf(holder), "utf8").split("\n");
        return { count, described };
      } catch {
        return undefined;
      }
    },
    async remove(holder) {
      rmSync(pathOf(holder), { force: true });
    },
    async list() {
      const names = existsSync(folder) ? readdirSync(folder) : [];
      return names.map((name) => name.slice(0, -ENDING.length));
    },
  };
}
