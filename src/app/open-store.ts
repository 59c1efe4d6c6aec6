/** Opens where telemetry is kept; documents from before there was a database are taken over once. */

import { accessSync, constants, existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { BadDocumentError, MissionError } from "../errors.ts";
import type { Fault } from "../model/fault.ts";
import type { Clock } from "../model/time.ts";
import { hasDocuments, listRecords } from "../store/documents/import-documents.ts";
import { markImported } from "../store/documents/publish-documents.ts";
import { type SqliteStore, openMemoryStore, openSqliteStore } from "../store/sqlite-store.ts";
import type { ImportedRecord } from "../store/store.ts";
import { sha256 } from "./system.ts";

/** Set when a folder's documents have been imported, or found missing. */
const IMPORTED = "imported";

export interface OpenedStore {
  readonly store: SqliteStore;
  /** Where its documents are. */
  readonly folder: string;
  /** True when nothing can be written: the store was made in memory, from the documents. */
  readonly isReadOnly: boolean;
  /** Why records of the documents are not in the store; never any unless they were to be left out. */
  readonly faults: readonly Fault[];
}

/**
 * @param location a folder or `file:` URL.
 * @param options.leaveOut records that cannot be read are left out, and nothing is written.
 * @throws MissionError `USAGE`, `STORE_FAILED`; BadDocumentError with every fault of the documents.
 */
export async function openStore(
  location: string,
  { clock, leaveOut }: { clock: Clock; leaveOut: boolean },
): Promise<OpenedStore> {
  const folder = folderOf(location);
  const world = { now: () => clock.now(), hash: sha256 };
  if (!isWritable(folder)) return openInMemory(folder, world, { leaveOut });
  const store = openSqliteStore(folder, world);
  try {
    await importOnce(folder, store);
    return { store, folder, isReadOnly: false, faults: [] };
  } catch (error) {
    await store.close();
    if (leaveOut && error instanceof BadDocumentError) {
      return openInMemory(folder, world, { leaveOut });
    }
    throw error;
  }
}

async function importOnce(folder: string, store: SqliteStore): Promise<void> {
  if ((await store.findMark(IMPORTED)) !== undefined) return;
  const isThere = hasDocuments(folder);
  await store.importRecords(isThere ? listRecords(folder) : [], IMPORTED);
  if (isThere) await markImported(folder, store);
}

async function openInMemory(
  folder: string,
  world: Parameters<typeof openMemoryStore>[0],
  { leaveOut }: { leaveOut: boolean },
): Promise<OpenedStore> {
  const store = openMemoryStore(world);
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
  return { store, folder, isReadOnly: true, faults };
}

/** A folder that is not there yet can be made where its parent can be written to. */
function isWritable(folder: string): boolean {
  try {
    accessSync(existsSync(folder) ? folder : dirname(folder), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function folderOf(location: string): string {
  const scheme = /^([a-z][a-z0-9+]+):/i.exec(location)?.[1];
  if (scheme !== undefined && scheme !== "file") {
    throw new MissionError("USAGE", `Unknown store "${location}": name a folder or a file: URL.`);
  }
  return scheme === "file" ? fileURLToPath(location) : resolve(location);
}
