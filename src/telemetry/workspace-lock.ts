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
  readonly exclusively: <T>(work: () => T) => Promise<T>;
  /** Takes a name for this process until released. @throws BusyError when a living process has it */
  readonly lease: (name: string) => Promise<() => Promise<void>>;
  close(): Promise<void>;
}

interface Lease {
  readonly pid: number;
  readonly process_started: string;
  readonly host: string;
  readonly taken_at: string;
}

export function createWorkspaceLock(folder: string): WorkspaceLock {
  let opened: Promise<LockFile> | undefined;
  const open = () => (opened ??= openLockFile(folder));
  const self = { pid: process.pid, process_started: processStart(process.pid), host: hostname() };

  /** From BEGIN to COMMIT in one go: within this process, nothing can come in between. */
  async function exclusively<T>(work: () => T): Promise<T> {
    const { begin, commit } = await open();
    const deadline = performance.now() + WRITE_PATIENCE_MS;
    for (let pause = 1; !beginWrite(begin, folder); pause = Math.min(pause * 2, 20)) {
      if (performance.now() > deadline) {
        throw new BusyError(`Another process is writing to ${folder}.`, { folder });
      }
      await delay(pause);
    }
    try {
      return work();
    } finally {
      commit.run();
    }
  }

  return {
    exclusively,
    async lease(name) {
      const { held, take, drop } = await open();
      await exclusively(() => {
        const lease = held.get(name);
        if (lease !== undefined && isAlive(lease)) {
          const { pid, taken_at } = lease;
          throw new BusyError(`${name} is being worked on by process ${pid} since ${taken_at}.`, {
            name,
            pid,
            taken_at,
          });
        }
        const { pid, process_started, host } = self;
        take.run(name, pid, process_started, host, new Date().toISOString());
      });
      return async () => {
        await exclusively(() => drop.run(name));
      };
    },
    async close() {
      (await opened)?.close();
    },
  };
}

interface LockFile {
  readonly begin: Database.Statement;
  readonly commit: Database.Statement;
  readonly held: Database.Statement<[string], Lease>;
  readonly take: Database.Statement<[string, number, string, string, string]>;
  readonly drop: Database.Statement<[string]>;
  close(): void;
}

async function openLockFile(folder: string): Promise<LockFile> {
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
    return {
      begin: db.prepare("BEGIN IMMEDIATE"),
      commit: db.prepare("COMMIT"),
      held: db.prepare("SELECT * FROM leases WHERE name = ?"),
      take: db.prepare("INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?, ?)"),
      drop: db.prepare("DELETE FROM leases WHERE name = ?"),
      close: () => db.close(),
    };
  } catch (error) {
    throw new StoreFailedError("open", path, error);
  }
}

/** False when another process is writing. */
function beginWrite(begin: Database.Statement, folder: string): boolean {
  try {
    begin.run();
    return true;
  } catch (error) {
    if (isBusy(error)) return false;
    throw new StoreFailedError("lock", folder, error);
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
