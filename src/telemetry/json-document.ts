/** One JSON list of records on disk, kept in memory while nobody else changes it. */

import { join } from "node:path";

import type { z } from "zod";

import { BadDocumentError } from "../errors.ts";
import { writeAtomically } from "./files.ts";
import { checkRecords, parseJson } from "./json-text.ts";
import { fileSignature, readIfPresent } from "./reference-files.ts";

export interface JsonDocument<T> {
  /** The records on disk, in order. @throws BadDocumentError, StoreFailedError */
  read(): readonly T[];
  /** The records for which the index gives this value. */
  readBy(indexed: string): readonly T[];
  /** Inserts a record or replaces the one with the same key. In memory, until {@link save}. */
  put(record: T): void;
  find(key: string): T | undefined;
  /** Replaces the file when something was put. On failure the file is as before. */
  save(): void;
  /** Forgets what was put and not saved. */
  discard(): void;
}

interface Loaded<T> {
  readonly signature: string | undefined;
  readonly records: T[];
  readonly texts: string[];
  readonly positions: Map<string, number>;
  readonly indexes: Map<string, T[]>;
}

/**
 * @param keyOf names a record; two with one key are the same record.
 * @param indexesOf under which values {@link JsonDocument.readBy} finds it.
 */
export function createJsonDocument<T>(
  { folder, name }: { folder: string; name: string },
  entry: { schema: z.ZodType<T>; key: readonly string[] },
  { keyOf, indexesOf }: { keyOf: (record: T) => string; indexesOf: (record: T) => string[] },
): JsonDocument<T> {
  const document = `${name}.json`;
  const path = join(folder, document);
  let loaded: Loaded<T> | undefined;
  let isChanged = false;

  function current(): Loaded<T> {
    if (isChanged && loaded !== undefined) return loaded;
    const signature = fileSignature(path);
    if (loaded !== undefined && loaded.signature === signature) return loaded;
    loaded = { signature, records: [], texts: [], positions: new Map(), indexes: new Map() };
    try {
      for (const record of parseRecords(readIfPresent(path) ?? "[]")) insert(loaded, record);
    } catch (error) {
      loaded = undefined;
      throw error;
    }
    return loaded;
  }

  function parseRecords(text: string): T[] {
    const parsed = parseJson(document, text);
    const checked = "faults" in parsed ? parsed : checkRecords(document, parsed.value, entry);
    if ("faults" in checked) throw new BadDocumentError(checked.faults);
    return checked.value;
  }

  function insert(into: Loaded<T>, record: T): void {
    into.positions.set(keyOf(record), into.records.length);
    into.records.push(record);
    for (const indexed of indexesOf(record)) {
      const list = into.indexes.get(indexed);
      if (list === undefined) into.indexes.set(indexed, [record]);
      else list.push(record);
    }
  }

  function replace(inside: Loaded<T>, position: number, record: T): void {
    const old = inside.records[position];
    inside.records[position] = record;
    inside.texts[position] = "";
    for (const indexed of indexesOf(record)) {
      const list = inside.indexes.get(indexed) ?? [];
      inside.indexes.set(
        indexed,
        list.map((other) => (other === old ? record : other)),
      );
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
      const into = current();
      const position = into.positions.get(keyOf(record));
      if (position === undefined) insert(into, record);
      else replace(into, position, record);
      isChanged = true;
    },
    save() {
      if (!isChanged || loaded === undefined) return;
      writeAtomically(path, toText(loaded));
      loaded = { ...loaded, signature: fileSignature(path) };
      isChanged = false;
    },
    discard() {
      if (isChanged) loaded = undefined;
      isChanged = false;
    },
  };
}

/** Pretty-printed, so that a person can read it and a diff shows what changed. */
function toText<T>({ records, texts }: Loaded<T>): string {
  for (const [position, record] of records.entries()) {
    // Most records have not changed since the last time: their text is kept.
    texts[position] ||= JSON.stringify(record, null, 2).replaceAll("\n", "\n  ");
  }
  return texts.length === 0 ? "[]\n" : `[\n  ${texts.join(",\n  ")}\n]\n`;
}
