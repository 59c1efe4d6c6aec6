/** Each holder counts in a small file beside the database. */

import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

import { StoreFailedError } from "../../errors.ts";
import { BEAT_MS, type Beats } from "../holders.ts";

const ENDING = ".beat";
const DIGITS = 15;

/** The thread writes its count in place, so that it needs no space on a full disk. */
const BEAT = `
const { workerData } = require("node:worker_threads");
const { writeSync } = require("node:fs");
let count = 0;
setInterval(() => {
  count += 1;
  try { writeSync(workerData.file, String(count).padStart(${DIGITS}, "0"), 0); } catch {}
}, workerData.everyMs);
`;

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
      // Who only reads never starts one.
      const { Worker } = await import("node:worker_threads");
      const thread = new Worker(BEAT, { eval: true, workerData: { file, everyMs: BEAT_MS } });
      thread.unref();
      return async () => {
        await thread.terminate();
        closeSync(file);
      };
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
