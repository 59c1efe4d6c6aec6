/** Writing files so that a crash leaves the old content or the new, never a part. */

import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";

import { StoreFailedError } from "../errors.ts";

let written = 0;

/** Replaces a file as a whole, making its folder when needed. @throws StoreFailedError */
export function writeAtomically(path: string, text: string): void {
  written += 1;
  const draft = `${path}.${process.pid}-${written}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeDurably(draft, text);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw new StoreFailedError("write", path, error);
  }
}

function writeDurably(path: string, text: string): void {
  const file = openSync(path, "w");
  try {
    const bytes = Buffer.from(text);
    for (let offset = 0; offset < bytes.length;) offset += writeSync(file, bytes, offset);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
