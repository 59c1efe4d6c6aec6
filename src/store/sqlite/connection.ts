/**
 * One connection to a SQLite database. All commands of one turn of the event loop share a transaction.
 *
 * From BEGIN to COMMIT nothing but SQL and pure functions runs, in one go, so that no other process
 * waits for our agents: docs/decisions/2026-11-25-one-database.md.
 */

import { setTimeout as delay } from "node:timers/promises";

import { BusyError, MissionError, StoreFailedError } from "../../errors.ts";
import type { Connection, Query, Sql, SqlRow, Statement, Watcher } from "../sql.ts";
import { createDisk } from "./disk.ts";
import { type SqlDatabase, type SqlStatement, isBroken, isBusy } from "./driver.ts";
import type { LogFile } from "./log-file.ts";

/** How long a writer waits for other processes to finish their writes, in milliseconds. */
const PATIENCE_MS = 30_000;
const LONGEST_PAUSE_MS = 20;
/** So long at most do timers, sockets and signals wait for turns that follow one another, in milliseconds. */
const LONGEST_STRETCH_MS = 10;

/** A reader waits twice as long each time, to about two seconds in all. */
const LONGEST_READ_PAUSE_MS = 1024;

interface Waiting {
  /** Runs the command; returns how to resolve its promise. */
  readonly run: () => () => void;
  readonly reject: (error: unknown) => void;
  readonly isDurable: boolean;
}

/**
 * @param log what brings commits to the disk; absent where there is none.
 * @param path what the database is called when something is said of it.
 */
export function connectSqlite(
  database: SqlDatabase,
  { path, log, forget }: { path: string; log: LogFile | undefined } & Watcher,
): Connection {
  const prepared = new WeakMap<Statement, SqlStatement>();
  const version = database.prepare("PRAGMA data_version");
  const disk = createDisk(database, { path, log });
  const beginRead = database.prepare("BEGIN");
  const begin = database.prepare("BEGIN IMMEDIATE");
  const commit = database.prepare("COMMIT");
  const savepoint = database.prepare("SAVEPOINT command");
  const release = database.prepare("RELEASE command");
  let seenVersion: unknown;
  let waiting: Waiting[] = [];
  let flushing: Promise<void> = Promise.resolve();
  let stretchStart = Number.NEGATIVE_INFINITY;

  function ask({ statement, values, wants }: Query): readonly SqlRow[] {
    let known = prepared.get(statement);
    if (known === undefined) {
      known = database.prepare(statement.text);
      prepared.set(statement, known);
    }
    if (wants === "all") return known.all(...values);
    if (wants === "none") {
      known.run(...values);
      return [];
    }
    const row = known.get(...values);
    return row === undefined ? [] : [row];
  }

  /** From begin to end in one go. A statement that fails ends the work. */
  function carryOut<T>(work: Sql<T>): T {
    let step = work.next([]);
    while (step.done !== true) step = work.next(ask(step.value));
    return step.value;
  }

  function forgetWhenStale(): void {
    // Moves when another connection has written.
    const current = version.get()?.["data_version"];
    if (current === seenVersion) return;
    forget();
    disk.doubt();
    seenVersion = current;
  }

  function readAtOnce<T>(query: () => Sql<T>): T {
    beginRead.run();
    try {
      forgetWhenStale();
      return carryOut(query());
    } finally {
      commit.run();
    }
  }

  async function whenFree<T>(query: () => T): Promise<T> {
    for (let pause = 1; ; pause *= 2) {
      try {
        return query();
      } catch (error) {
        // While another process opens or closes the database, even a reader may have to wait.
        if (!isBusy(error) || pause > LONGEST_READ_PAUSE_MS) throw toStoreFailed(error, path);
      }
      await delay(pause);
    }
  }

  /** When all that was ready to go on has gone on. */
  function atEndOfTurn(work: () => void): void {
    if (performance.now() - stretchStart < LONGEST_STRETCH_MS) {
      process.nextTick(work);
      return;
    }
    setImmediate(() => {
      stretchStart = performance.now();
      work();
    });
  }

  async function flush(): Promise<void> {
    const turn = waiting;
    waiting = [];
    let settle: (() => void)[];
    try {
      await beginWhenFree();
      settle = runAll(turn);
    } catch (error) {
      for (const { reject } of turn) reject(toStoreFailed(error, path));
      return;
    }
    if (turn.some(({ isDurable }) => isDurable)) disk.begin();
    for (const done of settle) done();
  }

  async function beginWhenFree(): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    for (let pause = 1; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        begin.run();
        return;
      } catch (error) {
        if (!isBusy(error)) throw error;
        if (performance.now() > deadline) {
          throw new BusyError(`Another process is writing to ${path}.`, { path });
        }
      }
      await delay(pause);
    }
  }

  function runAll(turn: readonly Waiting[]): (() => void)[] {
    try {
      forgetWhenStale();
      const isAlone = turn.length === 1;
      const settle = turn.map(({ run, reject }) => {
        if (!isAlone) savepoint.run();
        try {
          const done = run();
          if (!isAlone) release.run();
          return done;
        } catch (error) {
          if (isAlone) throw error;
          // A full disk has rolled back the whole turn, this savepoint with it.
          if (!isDone("ROLLBACK TO command; RELEASE command")) throw error;
          const failure = toStoreFailed(error, path);
          return () => reject(failure);
        }
      });
      commit.run();
      return settle;
    } catch (error) {
      isDone("ROLLBACK");
      throw error;
    }
  }

  /** False when there is nothing left to roll back to. */
  function isDone(rollback: string): boolean {
    forget();
    try {
      database.exec(rollback);
      return true;
    } catch {
      return false;
    }
  }

  return {
    write(command, isDurable) {
      return new Promise((resolve, reject) => {
        if (waiting.length === 0) {
          flushing = flushing.then(
            () =>
              new Promise<void>((resume) => {
                atEndOfTurn(() => {
                  flush().then(resume, resume);
                });
              }),
          );
        }
        waiting.push({
          run: () => {
            const value = carryOut(command());
            return () => resolve(value);
          },
          reject,
          isDurable,
        });
      });
    },
    read: (query, remembered) =>
      whenFree(() => {
        if (remembered === undefined) return readAtOnce(query);
        forgetWhenStale();
        return remembered() ?? readAtOnce(query);
      }),
    secured: disk.secured,
    ask: (query) => whenFree(() => carryOut(query())),
    async idle() {
      while (waiting.length > 0) await flushing;
      await flushing;
    },
  };
}

/** What we throw on purpose stays; the driver's errors are told as ours. */
export function toStoreFailed(error: unknown, path: string): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (error instanceof MissionError || !DRIVER_CODES.includes(code)) return error;
  if (code === CLOSED) {
    const message = `The store was closed meanwhile: what was recorded in ${path} before that stands.`;
    return new MissionError("STORE_FAILED", message, { cause: error, details: { path } });
  }
  return isBroken(error) ? brokenDatabase(path, error) : new StoreFailedError("use", path, error);
}

/** What to do with a file that is no database any more, or is damaged somewhere in it. */
export function brokenDatabase(path: string, cause: unknown): MissionError {
  const message =
    `${path} is damaged or is no database. Move it away and run any command: the workspace is made again ` +
    "from its documents, which have the newest runs (`documents.keep_runs` of the policy).";
  return new MissionError("STORE_FAILED", message, { cause, details: { path } });
}

const CLOSED = "ERR_INVALID_STATE";
/** Of SQLite, of a database that was closed, or of a value that it has no type for. */
const DRIVER_CODES = ["ERR_SQLITE_ERROR", CLOSED, "ERR_INVALID_ARG_TYPE"];
