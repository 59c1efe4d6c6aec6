/** Documents from before there was a database, or beside one that cannot be written, become records. */

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { BadDocumentError, StoreFailedError } from "../errors.ts";
import type { Fault } from "../model/fault.ts";
import { jsonSchema } from "../model/primitives.ts";
import { LARGEST_EDITED, readIfPresent } from "../store/documents/files.ts";
import { hasDocuments, listRecords } from "../store/documents/import-documents.ts";
import { parseJson } from "../store/documents/json-text.ts";
import { keepOriginals, markImport } from "../store/documents/publish-documents.ts";
import type { ImportedRecord, WholeStore } from "../store/store.ts";
import { sha256 } from "./system.ts";

/** All records; in the end, and still within the import, the documents are kept aside: all of it or nothing. */
export async function takeDocuments(folder: string, store: WholeStore): Promise<void> {
  function* taken(): Generator<ImportedRecord, void> {
    if (hasDocuments(folder)) yield* listRecords(folder);
    keepOriginals(folder);
  }
  const mark = markImport(folder);
  await takeOutputs(folder, store);
  await store.importRecords(taken(), { mark });
}

/**
 * As {@link takeDocuments}, and the documents stay where they are.
 *
 * @returns why records were left out.
 * @throws BadDocumentError unless such records are to be left out.
 */
export async function copyDocuments(
  folder: string,
  store: WholeStore,
  { leaveOut }: { leaveOut: boolean },
): Promise<readonly Fault[]> {
  let faults: readonly Fault[] = [];
  function* readable(): Generator<ImportedRecord, void> {
    try {
      yield* listRecords(folder);
    } catch (error) {
      if (!leaveOut || !(error instanceof BadDocumentError)) throw error;
      faults = error.faults;
    }
  }
  await store.importRecords(readable());
  await takeOutputs(folder, store);
  return faults;
}

const OUTPUT_FILE = /^([0-9a-f]{64})\.json$/;

/** Outputs too large for a row, which lie beside the documents. What is not what its name says is left alone. */
export async function takeOutputs(
  folder: string,
  store: Pick<WholeStore, "saveOutput">,
): Promise<void> {
  const outputs = join(folder, "outputs");
  for (const name of listNames(outputs)) {
    const sha = OUTPUT_FILE.exec(name)?.[1];
    const text = sha && readIfPresent(join(outputs, name), { mostBytes: LARGEST_EDITED });
    if (text === undefined || sha256(text) !== sha) continue;
    const value = parseJson(name, text);
    if ("value" in value) await store.saveOutput(jsonSchema.parse(value.value));
  }
}

function listNames(folder: string): readonly string[] {
  try {
    return existsSync(folder) ? readdirSync(folder) : [];
  } catch (error) {
    throw new StoreFailedError("read", folder, error);
  }
}
