/** Telemetry documents in and out, when somebody asks for it. */

import { resolve } from "node:path";

import { listRecords } from "../store/documents/import-documents.ts";
import { markImported, publishDocuments } from "../store/documents/publish-documents.ts";
import type { Store } from "../store/store.ts";

/**
 * Upserts what the documents of a folder say; deletes nothing.
 *
 * @throws BadDocumentError with every fault; then nothing was changed.
 */
export async function importFolder(
  from: string,
  { store, folder }: { store: Store; folder: string },
): Promise<{ readonly records: number }> {
  let records = 0;
  function* counted() {
    for (const record of listRecords(resolve(from))) {
      records += 1;
      yield record;
    }
  }
  await store.importRecords(counted());
  if (resolve(from) === folder) await markImported(folder, store);
  return { records };
}

/** Writes everything that is recorded. @throws StoreFailedError */
export async function exportDocuments(
  store: Store,
  { folder, force }: { folder: string; force: boolean },
): Promise<void> {
  await publishDocuments(resolve(folder), { store, keepRuns: Number.MAX_SAFE_INTEGER, force });
}
