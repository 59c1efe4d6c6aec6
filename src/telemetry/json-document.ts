/** One JSON list of records on disk with the journal on top, kept in memory while nobody else changes it. */

import { join } from "node:path";

import type { z } from "zod";

import { BadDocumentError } from "../errors.ts";
import { writeAtomically } from "./files.ts";
import type { Journal, JournalEntry, JournalReading } from "./journal.ts";
import { checkRecords } from "./json-text.ts";
import { readRecords } from "./read-records.ts";
import { type RecordTable, type TableKeys, createRecordTable } from "./record-table.ts";
import { fileSignature } from "./reference-files.ts";
import type { Table } from "./tables.ts";

export interface JsonDocument<T> extends Table<T> {
  /** What was put and is not in the journal yet. */
  changes(): readonly JournalEntry[];
  /** Says that the changes are the journal's last entries now. */
  journaled(): void;
  /** Forgets everything held in memory, changes included. */
  forget(): void;
  /** Brings the file up to date with the journal. On failure the file is as before. */
  fold(): void;
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
  readonly table: RecordTable<T>;
  /** Bytes of each piece of records; absent when they have to be made again. */
  readonly pieces: (Uint8Array | undefined)[];
}

/**
 * @param keys what names a record; two with one key are the same record.
 */
export function createJsonDocument<T>(
  { folder, name, journal }: { folder: string; name: string; journal: Journal },
  entry: { schema: z.ZodType<T>; key: readonly string[] },
  keys: TableKeys<T>,
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
    const before = journal.look();
    const signature = fileSignature(path);
    const fresh: Loaded<T> = {
      signature,
      journal: before.id,
      applied: 0,
      isAhead: false,
      table: createRecordTable(keys),
      pieces: [],
    };
    for (const record of readRecords(path, document, entry)) upsert(fresh, record);
    const after = journal.look();
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

  function upsert({ table, pieces }: Loaded<T>, record: T): void {
    pieces[Math.floor(table.put(record) / PIECE)] = undefined;
  }

  return {
    read: () => current().table.records,
    readBy: (indexed) => current().table.readBy(indexed),
    find: (key) => current().table.find(key),
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
    fold() {
      // A person may have edited the file meanwhile: that must not be written over.
      if (loaded !== undefined && loaded.signature !== fileSignature(path)) loaded = undefined;
      const latest = current();
      if (!latest.isAhead) return;
      writeAtomically(path, toParts(latest));
      latest.signature = fileSignature(path);
      latest.isAhead = false;
    },
  };
}

/** The document, piece by piece; pieces that have not changed are the same as last time. */
function toParts<T>({ table: { records }, pieces }: Loaded<T>): readonly Uint8Array[] {
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
