/** Records by key, in the order of their first writing, with indexes. In memory. */

export interface RecordTable<T> {
  readonly records: readonly T[];
  find(key: string): T | undefined;
  /** The records for which the index gives this value. */
  readBy(indexed: string): readonly T[];
  /** Inserts a record or replaces the one with the same key; returns its position. */
  put(record: T): number;
}

/** How the records of a table are named, and under which other values they are found. */
export interface TableKeys<T> {
  readonly keyOf: (record: T) => string;
  readonly indexesOf: (record: T) => string[];
}

export function createRecordTable<T>({ keyOf, indexesOf }: TableKeys<T>): RecordTable<T> {
  const records: T[] = [];
  const positions = new Map<string, number>();
  // Made when first asked for: whoever reads a whole history never asks.
  let indexes: Map<string, T[]> | undefined;

  function indexAll(): Map<string, T[]> {
    const made = new Map<string, T[]>();
    for (const record of records) index(made, record, undefined);
    return made;
  }

  function index(into: Map<string, T[]>, record: T, old: T | undefined): void {
    for (const indexed of indexesOf(record)) {
      const list = into.get(indexed);
      const place = old === undefined || list === undefined ? -1 : list.indexOf(old);
      if (list === undefined) into.set(indexed, [record]);
      else if (place === -1) list.push(record);
      else list[place] = record;
    }
  }

  return {
    records,
    find(key) {
      const position = positions.get(key);
      return position === undefined ? undefined : records[position];
    },
    readBy: (indexed) => (indexes ??= indexAll()).get(indexed) ?? [],
    put(record) {
      const key = keyOf(record);
      const position = positions.get(key) ?? records.length;
      const old = records[position];
      positions.set(key, position);
      records[position] = record;
      if (indexes !== undefined) index(indexes, record, old);
      return position;
    },
  };
}
