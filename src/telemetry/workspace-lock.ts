/**
 * Locks between processes that share a workspace, kept in one small SQLite file.
 *
 * The kernel gives a SQLite lock back when its holder dies, so nothing here can go stale:
 * docs/decisions/2026-11-22-locks-in-sqlite.md.
 */

import { mkdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import type Database from "better-sqlite3";

import { BusyError, StoreFailedError } from "../errors.ts";

/** How long a writer waits for the others to finish their writes, in milliseconds. */
const WRITE_PATIENCE_MS = 30_000;

export interface WorkspaceLock {
  /** Runs `work`, which must be synchronous, while no other process writes. */
  exclusively<T>(work: () => T): Promise<T>;
  /** Takes a name for this process until released. @throws BusyError when a living process has it */
  lease(name: string): Promise<() => Promise<void>>;
  close(): void;
}

interface Lease {
  readonly pid: number;
  readonly process_started: string;
  readonly host: string;
  readonly taken_at: string;
}

export function createWorkspaceLock(folder: string): WorkspaceLock {
  let opened: Promise<Database.Database> | undefined;
  const database = () => (opened ??= openDatabase(folder));
  const self = { pid: process.pid, process_started: processStart(process.pid), host: hostname() };

  async function exclusively<T>(work: () => T): Promise<T> {
    const db = await database();
    await beginWrite(db, folder);
    try {
      return work();
    } finally {
      db.exec("COMMIT");
    }
  }

  return {
    exclusively,
    async lease(name) {
      const db = await database();
      await exclusively(() => {
        const held = db
          .prepare<[string], Lease>("SELECT * FROM leases WHERE name = ?")
          .get(name);
        if (held !== undefined && isAlive(held)) {
          const { pid, taken_at } = held;
          throw new BusyError(`${name} is being worked on by process ${pid} since ${taken_at}.`, {
            name,
            pid,
            taken_at,
          });
        }
        db.prepare("INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?, ?)").run(
          name,
          self.pid,
          self.process_started,
          self.host,
          new Date().toISOString(),
        );
      });
      return async () => {
        await exclusively(() => db.prepare("DELETE FROM leases WHERE name = ?").run(name));
      };
    },
    close() {
      void opened?.then((db) => db.close());
    },
  };
}

async function openDatabase(folder: string): Promise<Database.Database> {
  const path = join(folder, "locks.sqlite");
  try {
    mkdirSync(folder, { recursive: true });
    const { default: SqliteDatabase } = await import("better-sqlite3");
    const db = new SqliteDatabase(path, { timeout: 5000 });
    db.pragma("journal_mode = WAL");
    // Leases mean nothing after a power failure: no process survives it.
    db.pragma("synchronous = OFF");
    db.exec(
      "CREATE TABLE IF NOT EXISTS leases (name TEXT PRIMARY KEY, pid INTEGER, process_started TEXT, host TEXT, taken_at TEXT)",
    );
    // From here on waiting is done without blocking the event loop.
    db.pragma("busy_timeout = 0");
    return db;
  } catch (error) {
    throw new StoreFailedError("open", path, error);
  }
}

async function beginWrite(db: Database.Database, folder: string): Promise<void> {
  const deadline = performance.now() + WRITE_PATIENCE_MS;
  for (let pause = 1; ; pause = Math.min(pause * 2, 20)) {
    try {
      db.exec("BEGIN IMMEDIATE");
      return;
    } catch (error) {
      if (!isBusy(error)) throw new StoreFailedError("lock", folder, error);
      if (performance.now() > deadline) {
        throw new BusyError(`Another process is writing to ${folder}.`, { folder });
      }
    }
    await delay(pause);
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("SQLITE_BUSY");
}

/** On another host nobody can tell; such a holder counts as alive. */
function isAlive(lease: Lease): boolean {
  if (lease.host !== hostname()) return true;
  try {
    process.kill(lease.pid, 0);
  } catch (error) {
    // EPERM: it is there, but another user's.
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return false;
  }
  return processStart(lease.pid) === lease.process_started;
}

/** Tells a process from a later one with the same number; empty where the system does not say. */
function processStart(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold spaces; field 22, counted after it, is the start time.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}
