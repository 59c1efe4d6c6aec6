/**
 * The write-ahead log, brought to the disk beside other work: what was committed to it survives a power cut from then
 * on. SQLite would have the whole process stand still for it: docs/decisions/2026-11-25-one-database.md.
 */

import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";

import { MissionError } from "../../errors.ts";

export interface LogFile {
  /** Resolves when all that was committed before is on the disk. @throws MissionError `STORE_FAILED` */
  readonly sync: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** @param path of the log, which is there as long as the database is open and was written to. */
export function openLogFile(path: string): LogFile {
  let opened: Promise<FileHandle> | undefined;
  let last: Promise<void> = Promise.resolve();
  /** What has not begun yet, and so has all that is committed until then. */
  let next: Promise<void> | undefined;

  async function reach(): Promise<FileHandle> {
    opened ??= openForGood(path);
    try {
      return await opened;
    } catch (error) {
      opened = undefined;
      throw error;
    }
  }

  async function syncNow(): Promise<void> {
    next = undefined;
    try {
      await (await reach()).datasync();
    } catch (cause) {
      throw notOnDisk(path, cause);
    }
  }

  return {
    sync() {
      if (next === undefined) {
        next = last.then(syncNow);
        last = next.catch(() => {});
      }
      return next;
    },
    async close() {
      await last;
      await (await opened)?.close();
    },
  };
}

export function notOnDisk(path: string, cause: unknown): MissionError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const message = `Could not bring ${path} to the disk: ${why}. What was recorded last is there, but a power cut may take it.`;
  return new MissionError("STORE_FAILED", message, { cause, details: { path } });
}

/** Opens a file whose name, too, is on the disk then, where the system lets a folder be brought there. */
async function openForGood(path: string): Promise<FileHandle> {
  const file = await open(path, "r+");
  const folder = await open(dirname(path), "r").catch(() => undefined);
  await folder?.sync().catch(() => {});
  await folder?.close();
  return file;
}
