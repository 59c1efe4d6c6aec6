/**
 * Writing files so that a crash of the process leaves the old content or the new, never a part.
 *
 * Not forced to the disk on each write, as LangGraph's checkpoints are not either:
 * docs/decisions/2026-11-22-durable-against-crashes.md.
 */

import {
  closeSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
  writevSync,
} from "node:fs";
import { dirname } from "node:path";

import { StoreFailedError } from "../errors.ts";

let written = 0;

/** Replaces a file as a whole, making its folder when needed. @throws StoreFailedError */
export function writeAtomically(path: string, content: string | readonly Uint8Array[]): void {
  written += 1;
  const draft = `${path}.${process.pid}-${written}.tmp`;
  try {
    writeMakingFolder(draft, content);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw new StoreFailedError("write", path, error);
  }
}

function writeMakingFolder(path: string, content: string | readonly Uint8Array[]): void {
  const write = () =>
    typeof content === "string" ? writeFileSync(path, content) : writeParts(path, content);
  try {
    write();
  } catch (error) {
    if (!isMissing(error)) throw error;
    mkdirSync(dirname(path), { recursive: true });
    write();
  }
}

/** Parts the system takes in one call. */
const MOST_PARTS = 1000;

/** Writes parts one after the other, without joining them in memory first. */
function writeParts(path: string, parts: readonly Uint8Array[]): void {
  const file = openSync(path, "w");
  try {
    for (let start = 0; start < parts.length; start += MOST_PARTS) {
      const some = parts.slice(start, start + MOST_PARTS);
      let offset = writevSync(file, some);
      const size = some.reduce((sum, part) => sum + part.byteLength, 0);
      // Seldom: the system took less than it was given.
      const rest = offset < size ? Buffer.concat(some) : Buffer.alloc(0);
      while (offset < size) offset += writeSync(file, rest, offset);
    }
  } finally {
    closeSync(file);
  }
}

/** True when the error says that a file or folder does not exist. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
