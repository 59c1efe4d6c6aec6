/** The telemetry documents as they are read from a store, each in a file of its own until it is put in its place. */

import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { type TelemetryDocument, TELEMETRY_DOCUMENT_NAMES } from "../../model/documents.ts";
import type { Store } from "../store.ts";
import { beginDocument } from "./documents-text.ts";
import { whileWriting } from "./files.ts";

/** Characters that are written at once. */
const PIECE = 1 << 16;

interface Place {
  readonly name: TelemetryDocument;
  /** Where the document belongs. */
  readonly path: string;
  /** Where its draft is. */
  readonly draft: string;
}

export interface Draft extends Place {
  /** SHA-256 of its bytes. */
  readonly hash: string;
}

/**
 * Writes a draft of each document, has them used, and takes away what is left of them. However many runs there are, a page of
 * records is in memory.
 *
 * @param what.folder where the documents belong.
 * @param use is given them, and the outbox number that they stand for.
 * @throws StoreFailedError
 */
export async function withDrafts<T>(
  store: Pick<Store, "readDocuments">,
  {
    keepRuns,
    folder,
    draftOf,
  }: {
    keepRuns: number;
    folder: string;
    draftOf: (name: TelemetryDocument) => string;
  },
  use: (drafts: readonly Draft[], number: number) => Promise<T>,
): Promise<T> {
  const places = TELEMETRY_DOCUMENT_NAMES.map((name) => ({
    name,
    path: join(folder, `${name}.json`),
    draft: draftOf(name),
  }));
  const begun = new Map<TelemetryDocument, ReturnType<typeof beginDraft>>();
  const close = () => {
    for (const draft of begun.values()) draft.close();
    begun.clear();
  };
  try {
    const number = await store.readDocuments(keepRuns, () => {
      close();
      for (const place of places) begun.set(place.name, beginDraft(place));
      return (name, record) => begun.get(name)?.add(record);
    });
    const drafts = [...begun.values()].map((draft) => draft.end());
    close();
    return await use(drafts, number);
  } finally {
    close();
    for (const { draft } of places) removeDraft(draft);
  }
}

function removeDraft(draft: string): void {
  try {
    rmSync(draft, { force: true });
  } catch {
    // Where no draft can be there is none; why it could not be written has been told.
  }
}

function beginDraft(place: Place) {
  const { path, draft } = place;
  const document = beginDocument();
  const hash = createHash("sha256");
  let waiting = "";
  const write = () => {
    whileWriting(path, () => writeFileSync(file, waiting));
    hash.update(waiting);
    waiting = "";
  };
  const file = whileWriting(path, () => {
    mkdirSync(dirname(draft), { recursive: true });
    return openSync(draft, "w");
  });
  return {
    add(record: string): void {
      waiting += document.add(record);
      if (waiting.length >= PIECE) write();
    },
    end(): Draft {
      waiting += document.end();
      write();
      return { ...place, hash: hash.digest("hex") };
    },
    close: () => closeSync(file),
  };
}
