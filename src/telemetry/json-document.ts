/** One JSON list of records on disk with the journal on top, kept in memory while nobody else changes it. */

import { join } from "node:path";

import type { z } from "zod";

import { BadDocumentError } from "../errors.ts";
import { replaceFile } from "./files.ts";
import type { Journal, JournalEntry, JournalReading } from "./journal.ts";
import { checkRecords, parseJson } from "./json-text.ts";
import { fileSignature, readIfPresent, signatureOf } from "./reference-files.ts";

export interface JsonDocument<T> {
  /** The records, in order. @throws BadDocumentError, StoreFailedError */
  read(): readonly T[];
  /** The records for which the index gives this value. */
  readBy(indexed: string): readonly T[];
  find(key: string): T | undefined;
  /** Inserts a record or replaces the one with the same key. In memory, until journaled. */
  put(record: T): void;
  /** What was put and is not in the journal yet. */
  changes(): readonly JournalEntry[];
  /** Says that the changes are the journal's last entries now. */
  journaled(): void;
  /** Forgets everything held in memory, changes included. */
  forget(): void;
  /** Brings the file up to date with the journal. On failure the file is as before. Nothing may be put meanwhile. */
  fold(): Promise<void>;
}

/** Records whose text is kept as one piece: rewriting a document encodes only pieces that changed. */
const PIECE = 8;

interface Loaded<T> {
  /** The file and the journal that this was read from, and how many of its entries are in here. */
  signature: string | undefined;
  journal: string | undefined;
  applied: number;
  /** True when the file lacks something that is in here. */
  isAhead: boolean;
  readonly records: T[];
  readonly positions: Map<string, number>;
  readonly indexes: Map<string, T[]>;
  /** Bytes of each piece of records; absent when they have to be made again. */
  readonly pieces: (Uint8Array | undefined)[];
}

/**
 * @param keyOf names a record; two with one key are the same record.
 * @param indexesOf under which values {@link JsonDocument.readBy} finds it.
 */
export function createJsonDocument<T>(
  { folder, name, journal }: { folder: string; name: string; journal: Journal },
  entry: { schema: z.ZodType<T>; key: readonly string[] },
  { keyOf, indexesOf }: { keyOf: (record: T) => string; indexesOf: (record: T) => string[] },
): JsonDocument<T> {
  const document = `${name}.json`;
  const path = join(folder, document);
  let loaded: Loaded<T> | undefined;
  let changes: T[] = [];

  function current(): Loaded<T> {
    // Between a change and its journaling, this process holds the lock.
    if (loaded !== undefined && changes.length > 0) return loaded;
    // One reading from here on: between two, another process may fold and begin a new journal.
    let reading = journal.read();
    const isSameJournal = reading.id !== undefined && loaded?.journal === reading.id;
    // While the same journal goes on, nothing was folded, so the file is the same.
    if (loaded === undefined || (!isSameJournal && loaded.signature !== fileSignature(path))) {
      [loaded, reading] = load();
    }
    applyJournal(loaded, reading);
    return loaded;
  }

  /** The file's records, and the journal that belongs to just this state of the file. */
  function load(): [Loaded<T>, JournalReading] {
    const before = journal.read();
    const signature = fileSignature(path);
    const fresh: Loaded<T> = {
      signature,
      journal: before.id,
      applied: 0,
      isAhead: false,
      records: [],
      positions: new Map(),
      indexes: new Map(),
      pieces: [],
    };
    for (const record of parseRecords(readIfPresent(path) ?? "[]")) upsert(fresh, record);
    const after = journal.read();
    // Folded meanwhile: the file may be from before, and the entries are gone.
    const isTorn = after.id !== before.id || fileSignature(path) !== signature;
    return isTorn ? load() : [fresh, after];
  }

  function applyJournal(into: Loaded<T>, { id, entries }: JournalReading): void {
    if (into.journal !== id) {
      into.journal = id;
      into.applied = 0;
    }
    for (; into.applied < entries.length; into.applied += 1) {
      const { document: target, record } = entries[into.applied] ?? {};
      if (target !== name) continue;
      const checked = checkRecords(`${document} (journal)`, [record], entry);
      if ("faults" in checked) throw new BadDocumentError(checked.faults);
      for (const each of checked.value) upsert(into, each);
      into.isAhead = true;
    }
  }

  function parseRecords(text: string): T[] {
    const parsed = parseJson(document, text);
    const checked = "faults" in parsed ? parsed : checkRecords(document, parsed.value, entry);
    if ("faults" in checked) throw new BadDocumentError(checked.faults);
    return checked.value;
  }

  function upsert({ records, positions, indexes, pieces }: Loaded<T>, record: T): void {
    const key = keyOf(record);
    const position = positions.get(key) ?? records.length;
    const old = records[position];
    positions.set(key, position);
    records[position] = record;
    pieces[Math.floor(position / PIECE)] = undefined;
    for (const indexed of indexesOf(record)) {
      const list = indexes.get(indexed) ?? [];
      const place = old === undefined ? -1 : list.indexOf(old);
      list[place === -1 ? list.length : place] = record;
      indexes.set(indexed, list);
    }
  }

  return {
    read: () => current().records,
    readBy: (indexed) => current().indexes.get(indexed) ?? [],
    find(key) {
      const { positions, records } = current();
      const position = positions.get(key);
      return position === undefined ? undefined : records[position];
    },
    put(record) {
      upsert(current(), record);
      changes.push(record);
    },
    changes: () => changes.map((record) => ({ document: name, record })),
    journaled() {
      if (loaded === undefined || changes.length === 0) return;
      const { id, entries } = journal.known();
      Object.assign(loaded, { journal: id, applied: entries.length, isAhead: true });
      changes = [];
    },
    forget() {
      loaded = undefined;
      changes = [];
    },
    async fold() {
      // A person may have edited the file meanwhile: that must not be written over.
      if (loaded !== undefined && loaded.signature !== fileSignature(path)) loaded = undefined;
      const latest = current();
      if (!latest.isAhead) return;
      latest.signature = signatureOf(await replaceFile(path, toParts(latest)));
      latest.isAhead = false;
    },
  };
}

/** The document, piece by piece; pieces that have not changed are the same as last time. */
function toParts<T>({ records, pieces }: Loaded<T>): readonly Uint8Array[] {
  if (records.length === 0) return [Buffer.from("[]\n")];
  const parts: Uint8Array[] = [];
  for (let start = 0; start < records.length; start += PIECE) {
    const piece = pieces[start / PIECE] ?? encode(records, start);
    pieces[start / PIECE] = piece;
    parts.push(piece);
  }
  return [...parts, Buffer.from("\n]\n")];
}

function encode(records: readonly unknown[], start: number): Uint8Array {
  const texts = records.slice(start, start + PIECE).map(toText);
  return Buffer.from((start === 0 ? "[\n  " : ",\n  ") + texts.join(",\n  "));
}

/** A line for each field, so that a person can read it and a diff shows what changed. */
function toText(record: unknown): string {
  const fields = Object.entries(Object(record)).flatMap(([name, value]) =>
    value === undefined ? [] : [`    ${JSON.stringify(name)}: ${JSON.stringify(value)}`],
  );
  return `{\n${fields.join(",\n")}\n  }`;
}
