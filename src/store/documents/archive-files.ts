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
import { basename, dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

import { BadDocumentError, StoreFailedError } from "../../errors.ts";
import type { TelemetryDocument } from "../../model/documents.ts";
import { type Fault, aFault } from "../../model/fault.ts";
import { renderDocument } from "./documents-text.ts";
import { readIfPresent } from "./files.ts";

/** As `sha256sum -c SHA256SUMS` reads it. */
const SUMS = "SHA256SUMS";
const SUM = /^([0-9a-f]{64}) [ *](\S+)$/;

const DRAFT = /^\d{4}-\d\d-\d\d-\d+\.tmp$/;

/** The JSON of each record. */
export type ArchivedRecords = Readonly<Partial<Record<TelemetryDocument, readonly string[]>>>;

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
    const sums = Object.entries(records).map(([name, texts]) => {
      const content = gzipSync([...renderDocument(texts)].join(""));
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
 * Whether the files of a folder are what they were written as, where it has checksums.
 *
 * @throws BadDocumentError with each file that is not; StoreFailedError.
 */
export function requireSums(folder: string): void {
  const sums = readIfPresent(join(folder, SUMS));
  if (sums === undefined) return;
  const faults = sums
    .split("\n")
    .filter((line) => line !== "")
    .flatMap((line): readonly Fault[] => {
      const [, sum, name = ""] = SUM.exec(line) ?? [];
      if (sum === undefined || basename(name) !== name) return [wrong(SUMS, `the line "${line}"`)];
      const path = join(folder, name);
      if (!existsSync(path)) return [wrong(name, "no such file")];
      return hashOf(readFileSync(path)) === sum ? [] : [wrong(name, "another content")];
    });
  if (faults.length > 0) throw new BadDocumentError(faults);
}

function wrong(document: string, found: string): Fault {
  const expected = `what ${SUMS} says of it: it was changed or damaged since it was archived`;
  return aFault({ code: "WRONG_DOCUMENT", document, record: "", field: "", found, expected });
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
