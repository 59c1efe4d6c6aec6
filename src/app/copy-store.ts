/** Moves all that is recorded from one store to another, and says that it is the same there. */

import { resolve } from "node:path";

import { MissionError } from "../errors.ts";
import { isPostgres } from "../model/is-postgres.ts";
import type { Clock } from "../model/time.ts";
import { isArchive, requireSums } from "../store/documents/archive-files.ts";
import { DOCUMENTS_MARK } from "../store/documents/documents-mark.ts";
import { hasDocuments, listRecords } from "../store/documents/import-documents.ts";
import { keepOriginals, markImport } from "../store/documents/publish-documents.ts";
import { MOVED, type Pages, type RowKey, type Table } from "../store/pages.ts";
import type { SqlRow } from "../store/sql.ts";
import { hasDatabase, openMemoryStore, openSqliteStore } from "../store/sqlite/sqlite-store.ts";
import type { WholeStore } from "../store/store.ts";
import { exportDocuments } from "./documents.ts";
import { folderOf, openStore } from "./open-store.ts";
import { sha256 } from "./system.ts";

/** Rows moved, and compared, at a time. */
const PAGE = 500;
/** As often as the source may be written to while it is copied. */
const MOST_PASSES = 5;

/** Telemetry documents, as `documents:FOLDER`; nothing else is in them but records. */
const DOCUMENTS = /^documents:/i;

/**
 * Copies all that is recorded: of checkpoints nothing (a run goes on without), of leases nothing.
 *
 * @param from a folder with a database, a `postgres:` URL, or `documents:FOLDER`; and so `to`.
 * @param onTable told of each table, with how many rows there are and how many were written.
 * @returns the rows that are in both; 0 when documents were written, which have no rows.
 * @throws MissionError `USAGE`, `BUSY`, `STORE_FAILED`; BadDocumentError.
 */
export async function copyStore(
  { from, to }: { readonly from: string; readonly to: string },
  {
    clock,
    onTable,
  }: { clock: Clock; onTable: (name: string, rows: number, written: number) => void },
): Promise<number> {
  if (nameOfPlace(from) === nameOfPlace(to)) {
    throw new MissionError("USAGE", "--from and --to name the same place.");
  }
  const source = await openSource(from, clock);
  try {
    if (DOCUMENTS.test(to)) {
      const folder = resolve(to.replace(DOCUMENTS, ""));
      if (hasDocuments(folder)) {
        throw new MissionError(
          "USAGE",
          `There are documents in ${folder} already: name an empty folder.`,
        );
      }
      await exportDocuments({ folder, force: false }, { store: source, folder: "" });
      return 0;
    }
    const target = await openTarget(to, clock);
    try {
      return await copyPages(source.pages, target.pages, onTable);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function openSource(from: string, clock: Clock): Promise<WholeStore> {
  if (!DOCUMENTS.test(from)) {
    if (!isPostgres(from)) requireStore(folderOf(from));
    return (await openStore(from, { clock, leaveOut: false, workspaceFolder: "" })).store;
  }
  const folder = resolve(from.replace(DOCUMENTS, ""));
  if (!hasDocuments(folder)) {
    throw new MissionError("USAGE", `There is no telemetry document in ${folder}.`);
  }
  if (isArchive(folder)) requireSums(folder);
  const store = openMemoryStore({ now: () => clock.now(), hash: sha256 });
  await store.importRecords(listRecords(folder));
  return store;
}

/** A folder that was mistyped is not to be made. @throws MissionError `USAGE` */
function requireStore(folder: string): void {
  if (hasDatabase(folder) || hasDocuments(folder)) return;
  throw new MissionError("USAGE", `There is no telemetry in ${folder}.`);
}

async function openTarget(to: string, clock: Clock): Promise<WholeStore> {
  if (isPostgres(to))
    return (await openStore(to, { clock, leaveOut: false, workspaceFolder: "" })).store;
  const folder = folderOf(to);
  const store = openSqliteStore(folder, { now: () => clock.now(), hash: sha256 });
  // Documents that are there already are not taken over: they follow from now on.
  if ((await store.findMark(DOCUMENTS_MARK)) === undefined) {
    keepOriginals(folder);
    const { name, value } = markImport(folder);
    await store.setMark(name, value);
  }
  return store;
}

function nameOfPlace(place: string): string {
  return isPostgres(place) || DOCUMENTS.test(place) ? place : folderOf(place);
}

/**
 * Copies what is missing or differs, and looks again until nothing does: after a crash it goes on where it was. The
 * source is only read.
 *
 * @param onTable told of each table, with how many rows there are and how many were written.
 * @returns the rows that are in both.
 * @throws MissionError `USAGE` when the target has records of its own, `BUSY` when the source keeps changing.
 */
async function copyPages(
  source: Pages,
  target: Pages,
  onTable: (name: string, rows: number, written: number) => void,
): Promise<number> {
  for (let pass = 0; pass < MOST_PASSES; pass += 1) {
    let rows = 0;
    let written = 0;
    for (const table of MOVED) {
      const moved = await copyTable(table, source, target);
      rows += moved.rows;
      written += moved.written;
      if (pass === 0) onTable(table.name, moved.rows, moved.written);
    }
    if (written === 0) {
      await target.finish();
      return rows;
    }
  }
  const message =
    "The source was written to all the time. Stop what works with it, and copy again: it goes on where it was.";
  throw new MissionError("BUSY", message);
}

async function copyTable(
  table: Table,
  source: Pages,
  target: Pages,
): Promise<{ readonly rows: number; readonly written: number }> {
  let rows = 0;
  let written = 0;
  let after: RowKey | undefined;
  for (;;) {
    const page = await source.read(table, after, PAGE);
    const end = page.at(-1);
    const isLast = page.length < PAGE || end === undefined;
    const last = isLast ? undefined : keyOf(table, end);
    const there = new Map(
      (await target.range(table, after, last)).map((row) => [nameOf(table, row), row]),
    );
    const wrong = page.filter((row) => !isSame(table, row, there.get(nameOf(table, row))));
    const other =
      table.life === "fixed" ? wrong.find((row) => there.has(nameOf(table, row))) : undefined;
    for (const row of page) there.delete(nameOf(table, row));
    const [own = other && nameOf(table, other)] = there.keys();
    if (table.life === "passing") {
      // What was there when it was copied before, and is over since.
      const over = [...there.values()].map((row) => keyOf(table, row));
      if (over.length > 0) await target.drop(table, over);
      written += over.length;
    } else if (own !== undefined) {
      const message = `The target has a history of its own (${table.name} ${own}, for one). Copy into one that is empty, or that was copied from here before.`;
      throw new MissionError("USAGE", message);
    }
    if (wrong.length > 0) await target.put(table, wrong);
    rows += page.length;
    written += wrong.length;
    if (isLast) return { rows, written };
    after = last;
  }
}

function keyOf({ key }: Table, row: SqlRow): RowKey {
  return key.map((column) => {
    const value = row[column];
    return typeof value === "number" ? value : String(value);
  });
}

function nameOf(table: Table, row: SqlRow): string {
  return keyOf(table, row).join(" ");
}

function isSame({ columns }: Table, one: SqlRow, other: SqlRow | undefined): boolean {
  return columns.every((column) => one[column] === other?.[column]);
}
