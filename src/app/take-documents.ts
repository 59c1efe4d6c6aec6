/** Documents from before there was a database, or beside one that cannot be written, become records. */

import { BadDocumentError } from "../errors.ts";
import type { Fault } from "../model/fault.ts";
import { hasDocuments, listRecords } from "../store/documents/import-documents.ts";
import { keepOriginals, markImport } from "../store/documents/publish-documents.ts";
import type { ImportedRecord, WholeStore } from "../store/store.ts";

/** All records; in the end, and still within the import, the documents are kept aside: all of it or nothing. */
export async function takeDocuments(folder: string, store: WholeStore): Promise<void> {
  function* taken(): Generator<ImportedRecord, void> {
    if (hasDocuments(folder)) yield* listRecords(folder);
    keepOriginals(folder);
  }
  const mark = markImport(folder);
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
  return faults;
}
