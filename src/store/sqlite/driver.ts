/**
 * The one file that knows the SQLite driver. Its interface is that of `node:sqlite`, to which the
 * package gives way when Node 20 does: docs/decisions/2026-11-25-sqlite-driver.md.
 */

import { DatabaseSync } from "@photostructure/sqlite";

import type { SqlRow, SqlValue } from "../sql.ts";

export interface SqlStatement {
  /** @returns how many rows were changed. */
  readonly run: (...values: readonly SqlValue[]) => number;
  readonly get: (...values: readonly SqlValue[]) => SqlRow | undefined;
  readonly all: (...values: readonly SqlValue[]) => readonly SqlRow[];
  readonly iterate: (...values: readonly SqlValue[]) => Iterable<SqlRow>;
}

/** One connection. Synchronous; SQL that fails throws the driver's error. */
export interface SqlDatabase {
  readonly prepare: (sql: string) => SqlStatement;
  readonly exec: (sql: string) => void;
  readonly close: () => void;
}

/**
 * @param path a file, made when it is missing; `:memory:` for one that lives with the connection.
 * @throws the driver's error when it cannot be opened.
 */
export function openDatabase(path: string): SqlDatabase {
  const database = new DatabaseSync(path, { timeout: 0 });
  return {
    prepare(sql) {
      // Here `$1` would be a name; `?1` is the first value.
      const statement = database.prepare(sql.replaceAll(/\$(\d+)/g, "?$1"));
      return {
        run: (...values) => statement.run(...refuseCut(values)).changes,
        get: (...values) => statement.get(...refuseCut(values)),
        all: (...values) => statement.all(...refuseCut(values)),
        iterate: (...values) => statement.iterate(...refuseCut(values)),
      };
    },
    exec: (sql) => database.exec(sql),
    close: () => database.close(),
  };
}

/** The driver would keep a text up to its first NUL and say nothing. JSON has none: it escapes them. */
function refuseCut(values: readonly SqlValue[]): readonly SqlValue[] {
  if (values.some((value) => typeof value === "string" && value.includes("\0"))) {
    throw new TypeError("A text with a NUL character cannot be bound.");
  }
  return values;
}

/** SQLite's primary result code of an error; undefined when the error is not SQLite's. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = "errcode" in error ? error.errcode : undefined;
  return typeof code === "number" ? code & 0xff : MESSAGES.get(error.message);
}

/** SQLite's own words, for where the driver gives nothing else: when it reads row by row, and at a damaged header. */
const MESSAGES = new Map([
  ["database is locked", 5],
  ["database table is locked", 6],
  ["database disk image is malformed", 11],
  ["file is not a database", 26],
  ["unsupported file format", 26],
]);

/** True when another connection holds the lock that was needed. */
export function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code === 5 || code === 6;
}

/** True when the file is damaged or is no database at all. */
export function isBroken(error: unknown): boolean {
  const code = resultCode(error);
  return code === 11 || code === 26;
}
