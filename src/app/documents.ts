/** Telemetry documents in and out, when somebody asks for it. */

import { join, resolve } from "node:path";

import { MissionError } from "../errors.ts";
import { TELEMETRY_DOCUMENT_NAMES } from "../model/documents.ts";
import { renderDocument } from "../store/documents/documents-text.ts";
import { writeAtomically } from "../store/documents/files.ts";
import { hasDocuments, listRecords } from "../store/documents/import-documents.ts";
import { markImport, publishDocuments } from "../store/documents/publish-documents.ts";
import type { Store } from "../store/store.ts";

/**
 * Upserts what the documents of a folder say; deletes nothing.
 *
 * @throws BadDocumentError with every fault; then nothing was changed. MissionError `USAGE` when there
 *   are none.
 */
export async function importFolder(
  from: string,
  { store, folder }: { store: Store; folder: string },
): Promise<{ readonly records: number }> {
  if (!hasDocuments(resolve(from))) {
    const names = TELEMETRY_DOCUMENT_NAMES.map((name) => `${name}.json`).join(", ");
    throw new MissionError("USAGE", `There is no telemetry document in ${from}: none of ${names}.`);
  }
  let records = 0;
  function* counted() {
    for (const record of listRecords(resolve(from))) {
      records += 1;
      yield record;
    }
  }
  const isOwn = resolve(from) === folder;
  const mark = isOwn ? markImport(folder) : undefined;
  await store.importRecords(counted());
  if (mark !== undefined) await store.setMark(mark.name, mark.value);
  return { records };
}

/**
 * Writes everything that is recorded.
 *
 * @param to.folder the workspace's own, where what was changed by hand is written over only by force;
 *   or any other.
 * @throws StoreFailedError; MissionError `USAGE` for documents that were changed by hand.
 */
export async function exportDocuments(
  to: { readonly folder: string; readonly force: boolean },
  { store, folder }: { store: Store; folder: string },
): Promise<void> {
  const target = resolve(to.folder);
  if (target !== folder) {
    const { records } = await store.readDocuments(Number.MAX_SAFE_INTEGER);
    for (const name of TELEMETRY_DOCUMENT_NAMES) {
      writeAtomically(join(target, `${name}.json`), renderDocument(records[name]));
    }
    return;
  }
  const { changedByHand } = await publishDocuments(folder, {
    store,
    keepRuns: Number.MAX_SAFE_INTEGER,
    force: to.force,
  });
  if (changedByHand.length === 0) return;
  const names = changedByHand.map((name) => `${name}.json`).join(", ");
  throw new MissionError(
    "USAGE",
    `${names}: changed by hand. \`import\` takes the changes over, --force writes over them.`,
  );
}
