/** An archive: a folder of telemetry documents, compressed, with their checksums, made whole or not at all. */

import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

import { BadDocumentError, StoreFailedError } from "../../errors.ts";
import type { TelemetryDocument } from "../../model/documents.ts";
import { type Fault, aFault } from "../../model/fault.ts";
import { renderDocument } from "./documents-text.ts";
import { openForReading, readIfPresent } from "./files.ts";

/** As `sha256sum -c SHA256SUMS` reads it. */
const SUMS = "SHA256SUMS";
const SUM_LENGTH = 64;
const LARGEST_SUMS = 4096;

/** The documents that an archive has. */
export const ARCHIVED = [
  "mission_runs",
  "task_execution_logs",
  "mission_risk_events",
  "approval_requests",
] as const satisfies readonly TelemetryDocument[];

const DRAFT = /^\d{4}-\d\d-\d\d-\d+\.tmp$/;

/** The JSON of each record. */
export type ArchivedRecords = Readonly<Record<(typeof ARCHIVED)[number], readonly string[]>>;

/** Where the next archive of a date goes. */
export function nextArchive(folder: string, date: string): string {
  for (let number = 1; ; number += 1) {
    const path = join(folder, `${date}-${number}`);
    if (!existsSync(path)) return path;
  }
}

/**
 * Writes an archive where there is none; it is on the disk when this returns.
 *
 * @throws StoreFailedError
 */
export function writeArchive(path: string, records: ArchivedRecords): void {
  const draft = `${path}.tmp`;
  try {
    rmSync(draft, { recursive: true, force: true });
    mkdirSync(draft, { recursive: true });
    const sums = ARCHIVED.map((name) => {
      const content = gzipSync([...renderDocument(records[name])].join(""));
      writeThrough(join(draft, `${name}.json.gz`), content);
      return `${hashOf(content)}  ${name}.json.gz\n`;
    });
    writeThrough(join(draft, SUMS), sums.join(""));
    flush(draft);
    renameSync(draft, path);
    flush(dirname(path));
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw new StoreFailedError("write", path, error);
  }
}

/** What was cut short before it was an archive. */
export function removeArchiveDrafts(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (DRAFT.test(name)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** True of a folder that was written as an archive. */
export function isArchive(folder: string): boolean {
  return existsSync(join(folder, SUMS));
}

/**
 * Whether an archive has the files that it was written with, and no file that is another.
 *
 * @throws BadDocumentError with each file that is not; StoreFailedError.
 */
export function requireSums(folder: string): void {
  const lines = (readIfPresent(join(folder, SUMS), { mostBytes: LARGEST_SUMS }) ?? "").split("\n");
  const sums = new Map(lines.map((line) => [line.slice(SUM_LENGTH), line.slice(0, SUM_LENGTH)]));
  const faults = ARCHIVED.map((name) => `${name}.json.gz`).flatMap((name): readonly Fault[] => {
    const sum = sums.get(`  ${name}`);
    if (sum === undefined) return [wrong(SUMS, `no line for ${name}`)];
    const path = join(folder, name);
    if (!existsSync(path)) return [wrong(name, "no such file")];
    return hashFile(path) === sum ? [] : [wrong(name, "another content")];
  });
  if (faults.length > 0) throw new BadDocumentError(faults);
}

function wrong(document: string, found: string): Fault {
  const expected = `what was archived: it was changed or damaged since`;
  return aFault({ code: "WRONG_DOCUMENT", document, record: "", field: "", found, expected });
}

/** @throws StoreFailedError for what is no regular file. */
function hashFile(path: string): string {
  const { file } = openForReading(path);
  try {
    return hashOf(readFileSync(file));
  } finally {
    closeSync(file);
  }
}

function hashOf(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

function writeThrough(path: string, content: string | Buffer): void {
  const file = openSync(path, "wx");
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function flush(folder: string): void {
  const file = openSync(folder, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
