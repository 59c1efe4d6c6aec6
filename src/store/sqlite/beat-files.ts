/** Each holder counts in a small file beside the database. */

import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";

import { StoreFailedError } from "../../errors.ts";
import { BEAT_MS, type Beats } from "../holders.ts";

const ENDING = ".beat";
const DIGITS = 15;

/** The thread writes each count in place, so that it needs no space on a full disk. A file may be gone before it is opened. */
const BEAT = `
const { parentPort, workerData } = require("node:worker_threads");
const { closeSync, openSync, writeSync } = require("node:fs");
const beats = new Map();
parentPort.on("message", ({ begin, end }) => {
  if (begin !== undefined) beats.set(begin, { count: 0 });
  const { file } = beats.get(end) ?? {};
  beats.delete(end);
  if (file !== undefined) closeSync(file);
});
setInterval(() => {
  for (const [path, beat] of beats) {
    beat.count += 1;
    try {
      beat.file ??= openSync(path, "r+");
      writeSync(beat.file, String(beat.count).padStart(${DIGITS}, "0"), 0);
    } catch {}
  }
}, workerData.everyMs);
`;

/** One for all holders of this process: to start one takes as long as a mission does. */
let beating: Promise<Worker> | undefined;

async function tellThread(message: { readonly begin: string } | { readonly end: string }) {
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
      try {
        mkdirSync(folder, { recursive: true });
        writeFileSync(path, `${"0".padStart(DIGITS, "0")}\n${described}\n`);
      } catch (error) {
        throw new StoreFailedError("write", path, error);
      }
      await tellThread({ begin: path });
      return () => tellThread({ end: path });
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
