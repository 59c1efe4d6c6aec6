/**
 * Reading files without ever waiting for one, and writing them so that a crash of the process leaves
 * the old content or the new, never a part.
 *
 * Not forced to the disk: they follow the database, which can write them again,
 * docs/decisions/2026-11-25-documents-as-a-view.md.
 */

import { randomUUID } from "node:crypto";
import {
  type Stats,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

import { StoreFailedError } from "../../errors.ts";

/** Links to links that are followed; a circle is longer. */
const MOST_LINKS = 40;

/** The longest file that people edit, in bytes: it is read whole. */
export const LARGEST_EDITED = 256 * 1024 * 1024;

/**
 * Opens a file for reading. A named pipe is not waited for: what is no regular file is refused,
 * because it may have no end.
 *
 * @returns its descriptor, for the caller to close, and its size in bytes.
 * @throws StoreFailedError, and the system's own error when there is no file ({@link isMissing}).
 */
export function openForReading(path: string): { readonly file: number; readonly size: number } {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = fstatSync(file);
    requireRegular(stat);
    return { file, size: stat.size };
  } catch (error) {
    if (file !== undefined) closeSync(file);
    if (isMissing(error)) throw error;
    throw new StoreFailedError("read", path, error);
  }
}

/**
 * The bytes of a file, so that a long one is never in memory as a whole. A chunk is good until the next is asked for.
 *
 * @throws as {@link openForReading}
 */
export function* readChunks(path: string, chunkBytes: number = 1 << 20): Generator<Buffer, void> {
  const { file } = openForReading(path);
  try {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    for (let size = readSync(file, chunk); size > 0; size = readSync(file, chunk)) {
      yield chunk.subarray(0, size);
    }
  } catch (error) {
    throw new StoreFailedError("read", path, error);
  } finally {
    closeSync(file);
  }
}

/**
 * The text of a file; undefined when there is none.
 *
 * @param mostBytes a longer file is refused instead of read.
 * @throws StoreFailedError, also for what is no regular file: see {@link openForReading}.
 */
export function readIfPresent(
  path: string,
  { mostBytes = Infinity }: { mostBytes?: number } = {},
): string | undefined {
  let file: number | undefined;
  try {
    const opened = openForReading(path);
    file = opened.file;
    if (opened.size > mostBytes) {
      throw new Error(`it has ${opened.size} bytes, and at most ${mostBytes} are read`);
    }
    return readFileSync(file, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    if (error instanceof StoreFailedError) throw error;
    throw new StoreFailedError("read", path, error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** What is written to a file, at once or piece by piece. */
export type Content = string | Iterable<string | Uint8Array>;

/**
 * Replaces a file as a whole, making its folder when needed. A symbolic link stays one: the file that
 * it leads to is replaced. What is there and is no regular file is refused.
 *
 * @throws StoreFailedError
 */
export function writeAtomically(path: string, content: Content, owner?: string): void {
  let draft: string | undefined;
  try {
    const target = followLinks(path);
    const present = statSync(path, { throwIfNoEntry: false });
    if (present !== undefined) requireRegular(present);
    draft = nameDraft(target, owner);
    writeMakingFolder(draft, content);
    renameSync(draft, target);
  } catch (error) {
    if (draft !== undefined) rmSync(draft, { force: true });
    throw new StoreFailedError("write", path, error);
  }
}

/**
 * A draft beside a file. Process ids are no names: two containers have the same.
 *
 * @param owner who may take away what is left of it.
 */
export function nameDraft(path: string, owner = "draft"): string {
  return `${path}.${owner}-${randomUUID()}.tmp`;
}

const DRAFT_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;

/**
 * Takes away what killed processes of an owner have left of their drafts beside the file that a path leads to. The caller
 * is the only one who writes for that owner.
 *
 * @throws StoreFailedError
 */
export function removeDraftsBeside(path: string, owner: string): void {
  whileWriting(path, () => {
    const target = followLinks(path);
    const start = `${basename(target)}.${owner}-`;
    for (const found of existsSync(dirname(target)) ? readdirSync(dirname(target)) : []) {
      if (!found.startsWith(start) || !DRAFT_ID.test(found.slice(start.length))) continue;
      rmSync(join(dirname(target), found), { force: true });
    }
  });
}

/** Where a path leads at last, whether there is a file or not. Links among its folders stay. */
export function followLinks(path: string): string {
  let target = path;
  for (let links = 0; links < MOST_LINKS; links += 1) {
    const stat = lstatSync(target, { throwIfNoEntry: false });
    if (stat?.isSymbolicLink() !== true) return target;
    target = resolve(dirname(target), readlinkSync(target));
  }
  throw new Error("it is a symbolic link that leads in a circle");
}

/** @throws Error saying what it is instead, and what to do. */
function requireRegular(stat: Stats): void {
  if (stat.isFile()) return;
  throw new Error(`it is ${nameKind(stat)}, not a regular file: put a file in its place`);
}

function nameKind(stat: Stats): string {
  if (stat.isDirectory()) return "a folder";
  if (stat.isFIFO()) return "a named pipe";
  if (stat.isSocket()) return "a socket";
  return "a device";
}

/** @throws StoreFailedError instead of the system's own error. */
export function whileWriting<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof StoreFailedError) throw error;
    throw new StoreFailedError("write", path, error);
  }
}

function writeMakingFolder(path: string, content: Content): void {
  try {
    closeSync(openSync(path, "w"));
  } catch (error) {
    if (!isMissing(error)) throw error;
    mkdirSync(dirname(path), { recursive: true });
  }
  writePieces(path, content);
}

/** A long log is longer than a text may be. */
export function writePieces(path: string, content: Content): void {
  const file = openSync(path, "w");
  try {
    for (const piece of typeof content === "string" ? [content] : content) {
      writeFileSync(file, piece);
    }
  } finally {
    closeSync(file);
  }
}

/** True when the error says that a file or folder does not exist. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
