/** Telemetry in a SQLite database: the embedded store. */

import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

import { MissionError, StoreFailedError } from "../../errors.ts";
import { ALONE, type Holders } from "../holders.ts";
import type { World } from "../session.ts";
import { sql } from "../sql.ts";
import type { WholeStore } from "../store.ts";
import { createWholeStore } from "../whole-store.ts";
import { brokenDatabase, connectSqlite } from "./connection.ts";
import { type SqlDatabase, isBroken, openDatabase } from "./driver.ts";
import { createLockFiles } from "./lock-files.ts";
import { type LogFile, openLogFile } from "./log-file.ts";
import { migrate } from "./schema.ts";

/** The folder within a workspace that people do not look into. */
const INTERNAL = ".mission-control";
const DATABASE = "mission-control.sqlite";
/** Pages of the write-ahead log after which it is put into the database: 16 MB. */
const CHECKPOINT_PAGES = 4000;
/** How long opening waits for another process that sets the database up, in milliseconds. */
const SET_UP_PATIENCE_MS = 60_000;

export interface MemoryStore extends WholeStore {
  /** Takes everything out of it, which costs less than to open another. */
  clear(): Promise<void>;
}

export function hasDatabase(folder: string): boolean {
  return existsSync(join(folder, INTERNAL, DATABASE));
}

/** Opens the database of a folder, and makes it when it is missing. @throws StoreFailedError */
export function openSqliteStore(folder: string, world: World): WholeStore {
  const internal = join(folder, INTERNAL);
  const path = join(internal, DATABASE);
  try {
    mkdirSync(internal, { recursive: true });
  } catch (error) {
    throw new StoreFailedError("make", internal, error);
  }
  const holders = createLockFiles(join(internal, "holders"));
  const log = openLogFile(`${path}-wal`);
  return createStore(setUp(path), { ...world, path, log, holders }).store;
}

/** A store that lives with this value: for replays and tests. */
export function openMemoryStore(world: World): MemoryStore {
  const database = setUp(":memory:");
  const { store, session } = createStore(database, {
    ...world,
    path: "memory",
    log: undefined,
    holders: ALONE,
  });
  const names = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  const emptying = names.map(({ name }) => sql(`DELETE FROM ${String(name)}`));
  return {
    ...store,
    clear: () =>
      session.write(undefined, function* clear() {
        for (const statement of emptying) yield* statement.run();
        session.forget();
      }),
  };
}

function createStore(
  database: SqlDatabase,
  {
    path,
    log,
    holders,
    ...world
  }: World & {
    path: string;
    log: LogFile | undefined;
    holders: Holders;
  },
) {
  return createWholeStore(({ forget }) => connectSqlite(database, { path, log, forget }), {
    world,
    openHolders: () => holders,
    async end() {
      await log?.close();
      fold(database);
      database.close();
    },
  });
}

/** Puts what the write-ahead log has into the database itself, so that one file is all there is. */
function fold(database: SqlDatabase): void {
  try {
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } catch {
    // Somebody else is reading: they will do it when they close.
  }
}

function setUp(path: string): SqlDatabase {
  let database: SqlDatabase | undefined;
  try {
    database = openDatabase(path);
    database.exec(`PRAGMA busy_timeout = ${SET_UP_PATIENCE_MS}`);
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    database.exec("BEGIN IMMEDIATE");
    migrate(database);
    database.exec("COMMIT");
    // From here on neither others nor the disk are waited for without the event loop going on.
    database.exec("PRAGMA busy_timeout = 0; PRAGMA synchronous = NORMAL");
    return database;
  } catch (error) {
    database?.close();
    if (error instanceof MissionError) throw error;
    throw isBroken(error) ? brokenDatabase(path, error) : new StoreFailedError("open", path, error);
  }
}
