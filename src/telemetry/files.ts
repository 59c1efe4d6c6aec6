/**
 * Writing files so that a crash of the process leaves the old content or the new, never a part.
 *
 * Not forced to the disk on each write, as LangGraph's checkpoints are not either:
 * docs/decisions/2026-11-22-durable-against-crashes.md.
 */

import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import { StoreFailedError } from "../errors.ts";

let written = 0;

/** Replaces a file as a whole, making its folder when needed. @throws StoreFailedError */
export function writeAtomically(path: string, content: string | Uint8Array): void {
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

function writeMakingFolder(path: string, content: string | Uint8Array): void {
  try {
    writeFileSync(path, content);
  } catch (error) {
    if (!isMissing(error)) throw error;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}

/** True when the error says that a file or folder does not exist. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
