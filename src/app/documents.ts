/** Telemetry documents in and out, when somebody asks for it. */

import { readdirSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { BadDocumentError, BusyError, MissionError, StoreFailedError } from "../errors.ts";
import { TELEMETRY_DOCUMENT_NAMES } from "../model/documents.ts";
import { isArchive } from "../store/documents/archive-files.ts";
import { hasDocuments, listRecords } from "../store/documents/import-documents.ts";
import {
  DOCUMENTS_LEASE,
  copyDocuments,
  findHandChanges,
  listLinks,
  markImport,
  publishDocuments,
  publishOutputs,
  removeDrafts,
  replaceFile,
} from "../store/documents/publish-documents.ts";
import type { Lease, Store } from "../store/store.ts";
import { importArchive } from "./import-archive.ts";
import { findConflicts, listTouched } from "./import-conflicts.ts";
import { isWorkspace } from "./require-workspace.ts";
import { takeOutputs } from "./take-documents.ts";

/**
 * Upserts what the documents of a folder say; deletes nothing. Of the workspace's own folder, what was
 * changed by hand; of an archive, the runs that are not here, as they had left.
 *
 * @throws BadDocumentError with every fault; then nothing was changed. MissionError `USAGE` when there
 *   are none; StoreFailedError.
 */
export async function importFolder(
  from: string,
  { store, folder }: { store: Store; folder: string },
): Promise<{ readonly records: number; readonly forgotten: readonly string[] }> {
  const source = resolve(from);
  if (isArchive(source)) return { records: await importArchive(source, store), forgotten: [] };
  requireDocuments(source);
  const isOwn = isSameFolder(source, folder);
  const { changedByHand, number } = isOwn
    ? await findHandChanges(folder, store)
    : { changedByHand: TELEMETRY_DOCUMENT_NAMES, number: 0 };
  const { touched, head } = await listTouched(number, store);
  const faults = await findConflicts(listRecords(source, changedByHand), { touched, store });
  if (faults.length > 0) throw new BadDocumentError(faults);
  let records = 0;
  function* counted() {
    for (const record of listRecords(source, changedByHand)) {
      records += 1;
      yield record;
    }
  }
  const mark = isOwn ? markImport(folder, head) : undefined;
  await takeOutputs(source, store);
  await store.importRecords(counted());
  if (mark !== undefined) await store.setMark(mark.name, mark.value);
  return { records, forgotten: isOwn ? [] : await listForgotten(store) };
}

/** Questions of agents of which the store does not know what they go on from: that is in no document. */
async function listForgotten(store: Store): Promise<readonly string[]> {
  const pending = await store.listPending({ now: FIRST_INSTANT });
  const asked = pending.filter(({ stage }) => stage === "agent");
  const found = asked.map(async ({ approval_id, run_id, task_id, attempt }) => {
    const call = await store.findCall({ run_id, task_id, attempt });
    return call?.continuation === undefined ? [approval_id] : [];
  });
  return (await Promise.all(found)).flat();
}

/** What is overdue does not matter here. */
const FIRST_INSTANT = "1970-01-01T00:00:00Z";

function requireDocuments(folder: string): void {
  try {
    readdirSync(folder);
  } catch (error) {
    throw new StoreFailedError("read", folder, error);
  }
  if (hasDocuments(folder)) return;
  const names = TELEMETRY_DOCUMENT_NAMES.map((name) => `${name}.json`).join(", ");
  throw new MissionError("USAGE", `There is no telemetry document in ${folder}: none of ${names}.`);
}

/**
 * Writes everything that is recorded.
 *
 * @param to.folder the workspace's own, or any other.
 * @param to.force writes over what was changed by hand, and over the documents of another workspace.
 * @throws StoreFailedError; MissionError `USAGE` for what is written over only by force.
 */
export async function exportDocuments(
  to: { readonly folder: string; readonly force: boolean },
  { store, folder }: { store: Store; folder: string },
): Promise<void> {
  const target = resolve(to.folder);
  const isOwn = isSameFolder(target, folder);
  if (!isOwn && !to.force && isWorkspace(target)) {
    const message = `${target} is another workspace: --force writes over its documents.`;
    throw new MissionError("USAGE", message);
  }
  const lease = await takeWhenFree(store);
  try {
    await (isOwn
      ? publishAll(folder, store, to.force)
      : copyAll(target, { store, folder, force: to.force }));
  } finally {
    await lease.release();
  }
}

async function publishAll(folder: string, store: Store, force: boolean): Promise<void> {
  removeDrafts(folder);
  const all = { store, keepRuns: Number.MAX_SAFE_INTEGER, force };
  const { changedByHand } = await publishDocuments(folder, all);
  const put = (path: string, text: string) => replaceFile(path, text, { folder });
  await publishOutputs(folder, { store, after: 0, put });
  if (changedByHand.length === 0) return;
  const names = changedByHand.map((name) => `${name}.json`).join(", ");
  throw new MissionError(
    "USAGE",
    `${names}: changed by hand. \`import\` takes the changes over, --force writes over them.`,
  );
}

async function copyAll(
  target: string,
  { store, folder, force }: { store: Store; folder: string; force: boolean },
): Promise<void> {
  const links = force ? [] : listLinks(target);
  if (links.length > 0) {
    const message = `${links.join(", ")}: leads to another file. --force writes over that.`;
    throw new MissionError("USAGE", message);
  }
  await copyDocuments(target, { store, from: folder });
}

/** Whatever the paths: a folder may be reached by links. */
function isSameFolder(one: string, other: string): boolean {
  const [a, b] = [one, other].map(look);
  return a !== undefined && a.dev === b?.dev && a.ino === b.ino;
}

function look(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false, bigint: true });
  } catch (error) {
    throw new StoreFailedError("read", path, error);
  }
}

/** How long it waits for who writes the documents just then. */
const PATIENCE_MS = 10_000;
const PAUSE_MS = 50;

/** @throws BusyError */
async function takeWhenFree(store: Store): Promise<Lease> {
  for (let waited = 0; ; waited += PAUSE_MS) {
    try {
      return await store.takeLease(DOCUMENTS_LEASE);
    } catch (error) {
      if (!(error instanceof BusyError) || waited >= PATIENCE_MS) throw error;
    }
    await delay(PAUSE_MS);
  }
}
