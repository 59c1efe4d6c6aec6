/**
 * Each holder keeps a file beside the database locked, as SQLite locks databases. The system lets go of the lock
 * with the process, however that ended and wherever it ran; no clock and no thread has a part in it.
 */

import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { StoreFailedError } from "../../errors.ts";
import type { Holders } from "../holders.ts";
import { type Process, describeSelf, isStopped, processSchema } from "../process-of.ts";
import { type SqlDatabase, isBusy, openDatabase } from "./driver.ts";

const ENDING = ".lock";
/** A holder that was stopped for so long, and can be seen to be, has lost what it holds. */
const PATIENCE_MS = 10_000;
const LOOK_MS = 50;
/** A name: what the file is called, and which process it is of, where that could be told. */
const NAME = /^(?<file>[0-9a-f-]{36})(?: (?<pid>\d+) (?<started>\d+) (?<namespace>\S+))?$/;

interface Own {
  readonly name: string;
  readonly path: string;
  /** Holds the lock for as long as it is open. */
  readonly lock: SqlDatabase;
}

/** @param folder where each holder has its file. */
export function createLockFiles(folder: string): Holders {
  const pathOf = (file: string) => join(folder, `${file}${ENDING}`);
  let own: Own | undefined;

  function letGo(): void {
    own?.lock.close();
    own = undefined;
  }

  function joinAnew(): Own {
    try {
      mkdirSync(folder, { recursive: true });
      for (;;) {
        const file = crypto.randomUUID();
        const lock = lockNew(pathOf(file));
        if (lock !== undefined) return { name: nameOf(file), path: pathOf(file), lock };
      }
    } catch (error) {
      throw new StoreFailedError("write", folder, error);
    }
  }

  return {
    async join() {
      // Whoever was stopped and buried is another holder when it goes on.
      if (own !== undefined && !existsSync(own.path)) letGo();
      own ??= joinAnew();
      return own.name;
    },
    async isAlive(holder) {
      const named = readName(holder);
      if (named === undefined) return false;
      const start = performance.now();
      while (isLocked(pathOf(named.file))) {
        if (named.process === undefined || !isStopped(named.process)) return true;
        if (performance.now() - start > PATIENCE_MS) return false;
        await delay(LOOK_MS);
      }
      return false;
    },
    async bury(holder) {
      const named = readName(holder);
      if (named !== undefined) remove(pathOf(named.file));
    },
    async leave() {
      const path = own?.path;
      letGo();
      if (path !== undefined) remove(path);
      removeLeft(folder);
    },
  };
}

function nameOf(file: string): string {
  const { pid, started, namespace } = describeSelf();
  return namespace === "" || started === "" ? file : `${file} ${pid} ${started} ${namespace}`;
}

/** Undefined for what no holder is called. */
function readName(
  holder: string,
): { readonly file: string; readonly process: Process | undefined } | undefined {
  const { file, ...process } = NAME.exec(holder)?.groups ?? {};
  return file === undefined ? undefined : { file, process: processSchema.safeParse(process).data };
}

/** Makes a file, and locks it; undefined when somebody took it for one that was left. */
function lockNew(path: string): SqlDatabase | undefined {
  const lock = openDatabase(path);
  try {
    // Nothing is ever written: it needs no journal, nor space on the disk.
    lock.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    if (existsSync(path)) return lock;
  } catch (error) {
    lock.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  lock.close();
  return undefined;
}

/** Whether a process has the file locked. @param onFree what is done if not, while nobody can lock it. */
function isLocked(path: string, onFree: () => void = () => {}): boolean {
  if (!existsSync(path)) return false;
  let file: SqlDatabase | undefined;
  try {
    file = openDatabase(path);
    file.exec("BEGIN; SELECT count(*) FROM sqlite_schema");
    onFree();
    return false;
  } catch {
    // Where it cannot be read either, nobody knows that its holder is dead.
    return true;
  } finally {
    file?.close();
  }
}

/** What stays because nothing can be removed there is free all the same. */
function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {}
}

/** Files of processes that died without a lease: nobody would bury them. */
function removeLeft(folder: string): void {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  for (const name of names) {
    const path = join(folder, name);
    if (name.endsWith(ENDING)) isLocked(path, () => remove(path));
  }
}
