/** Opens where telemetry is kept; documents from before there was a database are taken over once. */

import { accessSync, constants, existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { BadDocumentError, MissionError, StoreFailedError } from "../errors.ts";
import type { Fault } from "../model/fault.ts";
import { isPostgres } from "../model/is-postgres.ts";
import type { Clock } from "../model/time.ts";
import { DOCUMENTS_MARK } from "../store/documents/documents-mark.ts";
import { openMemoryStore, openSqliteStore } from "../store/sqlite/sqlite-store.ts";
import type { WholeStore } from "../store/store.ts";
import type { MissionControlOptions } from "./mission-control.ts";
import { requireWorkspace } from "./require-workspace.ts";
import { sha256, systemClock } from "./system.ts";

export interface OpenedStore {
  readonly store: WholeStore;
  readonly workspaceFolder: string;
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
 * Opens the store of a workspace, or takes the one that is given.
 *
 * @param reading.leaveOut records that cannot be read are left out, and nothing is written.
 * @throws MissionError `NO_WORKSPACE`, `USAGE`, `STORE_FAILED`; BadDocumentError with every fault of the documents.
 */
export async function openStoreOf(
  { workspace, store, clock = systemClock }: MissionControlOptions,
  { leaveOut = false }: { leaveOut?: boolean } = {},
): Promise<OpenedStore> {
  const workspaceFolder = requireWorkspace(workspace);
  const given = store ?? workspaceFolder;
  if (typeof given === "string") {
    return { workspaceFolder, ...(await openStore(given, { clock, leaveOut, workspaceFolder })) };
  }
  const nothing = { folder: workspaceFolder, hasFiles: true, isReadOnly: false, faults: [] };
  return { workspaceFolder, store: given, ...nothing };
}

/**
 * @param location a folder, a `file:` URL or a `postgres:` URL.
 * @param options.workspaceFolder where what is exported goes.
 * @throws MissionError `USAGE`, `STORE_FAILED`; BadDocumentError with every fault of the documents.
 */
export async function openStore(
  location: string,
  {
    clock,
    leaveOut,
    workspaceFolder,
  }: { clock: Clock; leaveOut: boolean; workspaceFolder: string },
): Promise<Omit<OpenedStore, "workspaceFolder">> {
  const world = { now: () => clock.now(), hash: sha256 };
  if (isPostgres(location)) {
    const { openPostgresStore } = await import("../store/postgres/postgres-store.ts");
    const store = await openPostgresStore(location, world);
    return { store, folder: workspaceFolder, hasFiles: false, isReadOnly: false, faults: [] };
  }
  const folder = folderOf(location);
  const refusal = findRefusal(folder);
  if (refusal !== undefined) return openInMemory(folder, world, { leaveOut, refusal });
  const store = openSqliteStore(folder, world);
  try {
    // A database that has a mark has taken the documents over, or has written them itself.
    if ((await store.findMark(DOCUMENTS_MARK)) === undefined) {
      const { takeDocuments } = await import("./take-documents.ts");
      await takeDocuments(folder, store);
    }
    return { store, folder, hasFiles: true, isReadOnly: false, faults: [] };
  } catch (error) {
    await store.close();
    if (leaveOut && error instanceof BadDocumentError) {
      return openInMemory(folder, world, { leaveOut, refusal: error });
    }
    throw error;
  }
}

async function openInMemory(
  folder: string,
  world: Parameters<typeof openMemoryStore>[0],
  { leaveOut, refusal }: { leaveOut: boolean; refusal: unknown },
): Promise<Omit<OpenedStore, "workspaceFolder">> {
  const store = openMemoryStore(world);
  const { copyDocuments } = await import("./take-documents.ts");
  const faults = await copyDocuments(folder, store, { leaveOut });
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
