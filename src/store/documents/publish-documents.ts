/**
 * Writes what people read: the telemetry documents of the newest runs, reports and large outputs.
 *
 * The database is the truth and these follow it: docs/decisions/2026-11-25-documents-as-a-view.md.
 */

import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { z } from "zod";

import { StoreFailedError } from "../../errors.ts";
import { type TelemetryDocument, TELEMETRY_DOCUMENT_NAMES } from "../../model/documents.ts";
import type { Mark, Store } from "../store.ts";
import { withDrafts } from "./document-drafts.ts";
import { DOCUMENTS_MARK } from "./documents-mark.ts";
import {
  followLinks,
  isMissing,
  nameDraft,
  readChunks,
  removeDraftsBeside,
  whileWriting,
  writeAtomically,
  writePieces,
} from "./files.ts";

/** What is written, and what was there before it: where that fails, however often, either is there. */
const markSchema = z.object({
  number: z.int().min(0),
  hashes: z.record(z.string(), z.array(z.string())),
});
type Written = z.infer<typeof markSchema>;

/** Documents that somebody has edited since they were written or imported; then none is written. */
export type Published = { readonly changedByHand: readonly TelemetryDocument[] };

/**
 * Brings the documents of a folder in line with the store.
 *
 * The caller holds the lease of the documents.
 *
 * @param force writes over what was changed by hand.
 * @throws StoreFailedError
 */
export async function publishDocuments(
  folder: string,
  { store, keepRuns, force }: { store: Store; keepRuns: number; force: boolean },
): Promise<Published> {
  const mark = await readMark(store);
  requireApart(folder);
  const owner = ownerOf(folder);
  const draftOf = (name: TelemetryDocument) => nameDraft(join(folder, DRAFTS, name));
  return withDrafts(store, { keepRuns, folder, draftOf }, async (drafts, number) => {
    if (!force && mark !== undefined && mark.number > number) return { changedByHand: [] };
    const found = hashDocuments(folder);
    const changedByHand = findChanged(found, mark);
    if (changedByHand.length > 0 && !force) return { changedByHand };
    const hashes = Object.fromEntries(
      drafts.map(({ name, hash }) => [name, [hash, found.get(name)?.hash ?? hash]]),
    );
    await store.setMark(DOCUMENTS_MARK, JSON.stringify({ number, hashes }));
    for (const { name, path, draft, hash } of drafts) {
      if (found.get(name)?.hash === hash) continue;
      // Somebody was at it since it was looked at.
      if (!force && found.get(name)?.version !== versionOf(path)) return { changedByHand: [name] };
      whileWriting(path, () => putInPlace(draft, path, owner));
    }
    return { changedByHand: [] };
  });
}

/**
 * Writes the documents with everything that is recorded into any other folder.
 *
 * The caller holds the lease of the documents.
 *
 * @throws StoreFailedError
 */
export async function copyDocuments(
  folder: string,
  { store, from }: { store: Store; from: string },
): Promise<void> {
  requireApart(folder);
  const owner = ownerOf(from);
  for (const path of listPaths(folder)) removeDraftsBeside(path, owner);
  const draftOf = (name: TelemetryDocument) => nameDraft(join(folder, `${name}.json`), owner);
  const all = { keepRuns: Number.MAX_SAFE_INTEGER, folder, draftOf };
  await withDrafts(store, all, async (drafts) => {
    for (const { path, draft } of drafts) whileWriting(path, () => putInPlace(draft, path, owner));
  });
  const put = (path: string, text: string) => writeAtomically(path, text, owner);
  await publishOutputs(folder, { store, after: 0, put });
}

/** Two workspaces may write to one folder, and neither knows the other's drafts. */
function ownerOf(folder: string): string {
  return createHash("sha256").update(folder).digest("hex").slice(0, 16);
}

function listPaths(folder: string): readonly string[] {
  return TELEMETRY_DOCUMENT_NAMES.map((name) => join(folder, `${name}.json`));
}

/** Documents that lead to other files. */
export function listLinks(folder: string): readonly string[] {
  return listPaths(folder).filter(isLink);
}

/** @throws StoreFailedError where two documents are one file. */
function requireApart(folder: string): void {
  for (const link of listLinks(folder)) {
    const target = whileWriting(link, () => followLinks(link));
    const other = listPaths(folder).find(
      (path) => path !== link && whileWriting(path, () => followLinks(path)) === target,
    );
    if (other === undefined) continue;
    const why = new Error(`it leads to the same file as ${basename(other)}`);
    throw new StoreFailedError("write", link, why);
  }
}

/**
 * Writes outputs too large for a row, those that are not there.
 *
 * @param put writes a file.
 * @returns the number of the last.
 * @throws StoreFailedError
 */
export async function publishOutputs(
  folder: string,
  { store, after, put }: { store: Store; after: number; put: (path: string, text: string) => void },
): Promise<number> {
  for (let last = after; ;) {
    const outputs = await store.listOutputs(last);
    if (outputs.length === 0) return last;
    for (const { number, sha256, text } of outputs) {
      const path = join(folder, "outputs", `${sha256}.json`);
      if (!existsSync(path)) put(path, text);
      last = number;
    }
  }
}

/** What was changed by hand in a folder, and the number of the last event that its documents show. */
export async function findHandChanges(
  folder: string,
  store: Store,
): Promise<Published & { readonly number: number }> {
  const mark = await readMark(store);
  return { changedByHand: findChanged(hashDocuments(folder), mark), number: mark?.number ?? 0 };
}

function findChanged(
  found: ReadonlyMap<TelemetryDocument, Found>,
  mark: Written | undefined,
): readonly TelemetryDocument[] {
  const isOurs = (name: TelemetryDocument, { hash }: Found) => mark?.hashes[name]?.includes(hash);
  return [...found].flatMap(([name, own]) => (isOurs(name, own) === true ? [] : [name]));
}

/**
 * The mark of a store that takes over the documents of a folder as they are now. A store without it has
 * never seen them, nor written them.
 *
 * @param number of the last event that they are as good as.
 */
export function markImport(folder: string, number = 0): Mark {
  const hashes = Object.fromEntries(
    [...hashDocuments(folder)].map(([name, { hash }]) => [name, [hash]]),
  );
  return { name: DOCUMENTS_MARK, value: JSON.stringify({ number, hashes }) };
}

/** Keeps the documents of a folder as they were before they were written from a database. */
export function keepOriginals(folder: string): void {
  for (const name of TELEMETRY_DOCUMENT_NAMES) {
    const path = join(folder, `${name}.json`);
    const aside = join(folder, ".mission-control", "originals", `${name}.json`);
    if (existsSync(path)) replaceFile(aside, () => readChunks(path), { folder });
  }
}

async function readMark(store: Store): Promise<Written | undefined> {
  const text = await store.findMark(DOCUMENTS_MARK);
  return text === undefined ? undefined : markSchema.parse(JSON.parse(text));
}

/** What whoever writes the documents of a workspace holds meanwhile. */
export const DOCUMENTS_LEASE = "the folder of documents";

/** Where drafts are written, out of people's sight. */
const DRAFTS = join(".mission-control", "drafts");

/** Takes away what a killed process has left of its drafts. The caller holds the lease of the documents. */
export function removeDrafts(folder: string): void {
  rmSync(join(folder, DRAFTS), { recursive: true, force: true });
  for (const path of listLinks(folder)) removeDraftsBeside(path, ownerOf(folder));
}

/** @throws StoreFailedError */
function isLink(path: string): boolean {
  const stat = whileWriting(path, () => lstatSync(path, { throwIfNoEntry: false }));
  return stat?.isSymbolicLink() === true;
}

/**
 * Replaces a file as a whole; one that is a link stays a link.
 *
 * @param content or what gives it from its beginning, as often as it is asked.
 * @throws StoreFailedError
 */
export function replaceFile(
  path: string,
  content: string | (() => Iterable<Uint8Array>),
  { folder }: { folder: string },
): void {
  const pieces = () => (typeof content === "string" ? content : content());
  const draft = nameDraft(join(folder, DRAFTS, basename(path)));
  const replace = () => {
    writePieces(draft, pieces());
    putInPlace(draft, path, ownerOf(folder));
  };
  whileWriting(path, () => {
    try {
      try {
        replace();
      } catch (error) {
        if (!isMissing(error)) throw error;
        for (const file of [draft, path]) mkdirSync(dirname(file), { recursive: true });
        replace();
      }
    } finally {
      rmSync(draft, { force: true });
    }
  });
}

/** Puts a finished draft where a file is, or none. */
function putInPlace(draft: string, path: string, owner: string): void {
  // The file that a link leads to may be on another disk: what is renamed has to be beside it.
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() === false) {
    writeAtomically(path, readChunks(draft), owner);
  } else {
    renameSync(draft, path);
  }
}

/** A document as it was found. */
interface Found {
  /** SHA-256 of its bytes. */
  readonly hash: string;
  /** Another when somebody writes it, or puts another in its place. */
  readonly version: string | undefined;
}

/** Of the documents that there are. */
function hashDocuments(folder: string): ReadonlyMap<TelemetryDocument, Found> {
  const found = new Map<TelemetryDocument, Found>();
  for (const name of TELEMETRY_DOCUMENT_NAMES) {
    const path = join(folder, `${name}.json`);
    const version = versionOf(path);
    const hash = hashIfPresent(path);
    if (hash !== undefined) found.set(name, { hash, version });
  }
  return found;
}

function versionOf(path: string): string | undefined {
  const stat = whileWriting(path, () => statSync(path, { throwIfNoEntry: false, bigint: true }));
  return stat && `${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`;
}

function hashIfPresent(path: string): string | undefined {
  const hash = createHash("sha256");
  try {
    for (const chunk of readChunks(path)) hash.update(chunk);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  return hash.digest("hex");
}
