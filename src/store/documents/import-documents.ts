/** The telemetry documents of a folder, as records for the store. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { z } from "zod";

import { BadDocumentError } from "../../errors.ts";
import {
  TELEMETRY_DOCUMENTS,
  TELEMETRY_DOCUMENT_NAMES,
  type TelemetryDocument,
} from "../../model/documents.ts";
import type { Fault } from "../../model/fault.ts";
import type { ImportedRecord } from "../store.ts";
import { isArchive } from "./archive-files.ts";
import { readRecords } from "./read-records.ts";

/** True when there is telemetry to import. */
export function hasDocuments(folder: string): boolean {
  return TELEMETRY_DOCUMENT_NAMES.some((name) => existsSync(findDocument(folder, name)));
}

/** Compressed, in an archive. */
function findDocument(folder: string, name: TelemetryDocument): string {
  return join(folder, `${name}.json${isArchive(folder) ? ".gz" : ""}`);
}

/**
 * The records of documents, one by one; of all of them when `names` is absent.
 *
 * @throws BadDocumentError after the last good record, with every fault of all documents.
 */
export function* listRecords(
  folder: string,
  names: readonly TelemetryDocument[] = TELEMETRY_DOCUMENT_NAMES,
): Generator<ImportedRecord, void> {
  const faults: Fault[] = [];
  for (const document of names) {
    try {
      const entry: { schema: z.ZodType<object>; key: readonly string[] } =
        TELEMETRY_DOCUMENTS[document];
      const path = findDocument(folder, document);
      for (const record of readRecords(path, `${document}.json`, entry)) yield { document, record };
    } catch (error) {
      if (!(error instanceof BadDocumentError)) throw error;
      faults.push(...error.faults);
    }
  }
  if (faults.length > 0) throw new BadDocumentError(faults);
  if (!isArchive(folder)) yield* listJournal(join(folder, ".mission-control", "journal.jsonl"));
}

const entrySchema = z.tuple([z.enum(TELEMETRY_DOCUMENT_NAMES), z.looseObject({})]);

/**
 * What an earlier version had written and not yet put into its documents: a line a record. One that
 * cannot be read was torn by a crash, and nobody was told that it was written.
 */
function* listJournal(path: string): Generator<ImportedRecord, void> {
  if (!existsSync(path)) return;
  for (const line of readFileSync(path, "utf8").split("\n")) {
    const entry = entrySchema.safeParse(parse(line));
    if (entry.success) yield { document: entry.data[0], record: entry.data[1] };
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
