/**
 * Writing files so that a crash of the process leaves the old content or the new, never a part.
 *
 * Not forced to the disk on each write, as LangGraph's checkpoints are not either:
 * docs/decisions/2026-11-22-durable-against-crashes.md.
 */

import {
  close,
  fstat,
  mkdirSync,
  open,
  rename,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
  writev,
} from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";

import { StoreFailedError } from "../errors.ts";

/** Without the handles of `node:fs/promises`, which cost as much as the calls. */
const file = {
  open: promisify(open),
  write: promisify(writev),
  stat: promisify(fstat),
  close: promisify(close),
  rename: promisify(rename),
};

let written = 0;

/** Replaces a file as a whole, making its folder when needed. @throws StoreFailedError */
export function writeAtomically(path: string, content: string): void {
  const draft = nameDraft(path);
  try {
    makingFolder(path, () => writeFileSync(draft, content));
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw new StoreFailedError("write", path, error);
  }
}

/**
 * The same without blocking: the renaming has to wait for the disk. Parts are written one after the
 * other, without joining them in memory.
 *
 * @returns what the file is like now. @throws StoreFailedError
 */
export async function replaceFile(path: string, parts: readonly Uint8Array[]): Promise<Stats> {
  const draft = nameDraft(path);
  try {
    const descriptor = await openDraft(draft);
    let stats: Stats;
    try {
      await writeParts(descriptor, parts);
      stats = await file.stat(descriptor);
    } finally {
      await file.close(descriptor);
    }
    await file.rename(draft, path);
    return stats;
  } catch (error) {
    rmSync(draft, { force: true });
    throw new StoreFailedError("write", path, error);
  }
}

function nameDraft(path: string): string {
  written += 1;
  return `${path}.${process.pid}-${written}.tmp`;
}

async function openDraft(draft: string): Promise<number> {
  try {
    return await file.open(draft, "w");
  } catch (error) {
    if (!isMissing(error)) throw error;
    mkdirSync(dirname(draft), { recursive: true });
    return file.open(draft, "w");
  }
}

/** Does the work; again when the folder of `path` was missing. */
export function makingFolder<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isMissing(error)) throw error;
    mkdirSync(dirname(path), { recursive: true });
    return work();
  }
}

/** Parts the system takes in one call. */
const MOST_PARTS = 1000;

async function writeParts(descriptor: number, parts: readonly Uint8Array[]): Promise<void> {
  for (let start = 0; start < parts.length; start += MOST_PARTS) {
    let rest: readonly Uint8Array[] = parts.slice(start, start + MOST_PARTS);
    while (rest.length > 0) {
      const { bytesWritten } = await file.write(descriptor, rest);
      const size = rest.reduce((sum, part) => sum + part.byteLength, 0);
      // Seldom: the system took less than it was given.
      rest = bytesWritten < size ? [Buffer.concat(rest).subarray(bytesWritten)] : [];
    }
  }
}

/** True when the error says that a file or folder does not exist. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
