/** Opens where telemetry is kept; documents from before there was a database are taken over once. */

import { accessSync, constants, existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { BadDocumentError, MissionError, StoreFailedError } from "../errors.ts";
import type { Fault } from "../model/fault.ts";
import { isPostgres } from "../model/is-postgres.ts";
import type { Clock } from "../model/time.ts";
import { hasDocuments, listRecords } from "../store/documents/import-documents.ts";
import { DOCUMENTS_MARK, keepOriginals, markImport } from "../store/documents/publish-documents.ts";
import { openMemoryStore, openSqliteStore } from "../store/sqlite/sqlite-store.ts";
import type { ImportedRecord, WholeStore } from "../store/store.ts";
import { sha256 } from "./system.ts";

export interface OpenedStore {
  readonly store: WholeStore;
  /** Where its documents are. */
  readonly folder: string;
  /** Whether people read files that follow the store; not with a database that many processes share. */
  readonly hasFiles: boolean;
  /** True when nothing can be written: the store was made in memory, from the documents, and refuses to. */
  readonly isReadOnly: boolean;
  /** Why records of the documents are not in the store; never any unless they were to be left out. */
  readonly faults: readonly Fault[];
}

/**
 * @param location a folder, a `file:` URL or a `postgres:` URL.
 * @param options.workspace its folder, where what is exported goes.
 * @param options.leaveOut records that cannot be read are left out, and nothing is written.
 * @throws MissionError `USAGE`, `STORE_FAILED`; BadDocumentError with every fault of the documents.
 */
export async function openStore(
  location: string,
  { clock, leaveOut, workspace }: { clock: Clock; leaveOut: boolean; workspace: string },
): Promise<OpenedStore> {
  const world = { now: () => clock.now(), hash: sha256 };
  if (isPostgres(location)) {
    const { openPostgresStore } = await import("../store/postgres/postgres-store.ts");
    const store = await openPostgresStore(location, world);
    return { store, folder: workspace, hasFiles: false, isReadOnly: false, faults: [] };
  }
  const folder = folderOf(location);
  const refusal = findRefusal(folder);
  if (refusal !== undefined) return openInMemory(folder, world, { leaveOut, refusal });
  const store = openSqliteStore(folder, world);
  try {
    await importOnce(folder, store);
    return { store, folder, hasFiles: true, isReadOnly: false, faults: [] };
  } catch (error) {
    await store.close();
    if (leaveOut && error instanceof BadDocumentError) {
      return openInMemory(folder, world, { leaveOut, refusal: error });
    }
    throw error;
  }
}

/** A database that has a mark has taken the documents over, or has written them itself. */
async function importOnce(folder: string, store: WholeStore): Promise<void> {
  if ((await store.findMark(DOCUMENTS_MARK)) !== undefined) return;
  const mark = markImport(folder);
  await store.importRecords(takeDocuments(folder), { mark });
}

/** All records; in the end, and still within the import, the documents are kept aside: all of it or nothing. */
function* takeDocuments(folder: string): Generator<ImportedRecord, void> {
  if (hasDocuments(folder)) yield* listRecords(folder);
  keepOriginals(folder);
}

async function openInMemory(
  folder: string,
  world: Parameters<typeof openMemoryStore>[0],
  { leaveOut, refusal }: { leaveOut: boolean; refusal: unknown },
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
  return {
    store: refuseWrites(store, folder, refusal),
    folder,
    hasFiles: false,
    isReadOnly: true,
    faults,
  };
}

/** What is written to memory would be lost: nobody may think that it is kept. */
function refuseWrites(store: WholeStore, folder: string, cause: unknown): WholeStore {
  const refuse = async (): Promise<never> => {
    throw new StoreFailedError("write", folder, cause);
  };
  return {
    ...store,
    openRun: refuse,
    changeRun: refuse,
    endRun: refuse,
    reopenRun: refuse,
    keepRouting: refuse,
    keepCall: refuse,
    reserve: refuse,
    warnOfAttempt: refuse,
    putTaskLog: refuse,
    requestApproval: refuse,
    decideApprovals: refuse,
    voidApprovals: refuse,
    changeRisks: refuse,
    changeEvent: refuse,
    refreshAgentStats: refuse,
    saveSnapshots: refuse,
    saveOutput: refuse,
    takeLease: refuse,
    archiveRuns: refuse,
    importRecords: refuse,
    setMark: refuse,
    replays: { ...store.replays, open: refuse, finishPart: refuse, forget: refuse },
    checkpoints: {
      ...store.checkpoints,
      put: refuse,
      replace: refuse,
      putWrites: refuse,
      forget: refuse,
      forgetEnded: refuse,
    },
  };
}

/**
 * Why nothing can be written there; undefined when it can. A folder that is not there yet can be made
 * where its parent can be written to.
 */
function findRefusal(folder: string): unknown {
  try {
    accessSync(existsSync(folder) ? folder : dirname(folder), constants.W_OK);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** @throws MissionError `USAGE` for an address of another scheme. */
export function folderOf(location: string): string {
  const scheme = /^([a-z][a-z0-9+]+):/i.exec(location)?.[1];
  if (scheme !== undefined && scheme !== "file") {
    const message = `Unknown store "${scheme}:…": name a folder, a file: URL or a postgres: URL.`;
    throw new MissionError("USAGE", message);
  }
  return scheme === "file" ? fileURLToPath(location) : resolve(location);
}
