/** One connection to a SQLite database: how its commands and queries share it. */

import { setTimeout as delay } from "node:timers/promises";

import { isEnded } from "../model/mission-runs.ts";
import { sealOf } from "../model/outbox-chain.ts";
import type { StoredRun } from "../model/run-record.ts";
import { type Outbox, openOutbox } from "./outbox.ts";
import { type SqlDatabase, isBusy } from "./sqlite-driver.ts";
import { openRunReader } from "./sqlite-run-reader.ts";
import { type Tables, openTables } from "./sqlite-tables.ts";
import { createTurnQueue, toStoreFailed } from "./turn-queue.ts";

export type Hash = (text: string) => string;

export interface Session {
  readonly database: SqlDatabase;
  readonly tables: Tables;
  readonly outbox: Outbox;
  readonly hash: Hash;
  /**
   * Runs a command about a run in the transaction of this turn.
   *
   * @param options.isDurable whether it must survive a power cut.
   * @throws what `command` throws; MissionError `BUSY` when the run was taken over by another process.
   */
  readonly write: <T>(
    runId: string | undefined,
    command: () => T,
    options?: { readonly isDurable?: boolean },
  ) => Promise<T>;
  /** Says, within a command, that what is recorded of a run changes. */
  readonly touch: (runId: string) => void;
  /** Queries that see one state of the database. */
  readonly read: <T>(query: () => T) => Promise<T>;
  /** All that is recorded of a run; the same value as long as nothing of it has changed. */
  readonly readRun: (runId: string) => StoredRun | undefined;
  /** Resolves when everything asked for so far is committed or refused. */
  readonly idle: () => Promise<void>;
}

/** Runs whose record is remembered. */
const MOST_REMEMBERED = 256;

/** A reader waits twice as long each time, to about two seconds in all. */
const LONGEST_PAUSE_MS = 1024;

/** @param requireLease throws when this process had a lease of the run and has lost it. */
export function createSession(
  database: SqlDatabase,
  {
    path,
    now,
    hash,
    requireLease,
  }: { path: string; now: () => string; hash: Hash; requireLease: (runId: string) => void },
): Session {
  const tables = openTables(database);
  const outbox = openOutbox(database, { now, hash });
  const queue = createTurnQueue(database, path);
  const readStored = openRunReader(database, tables);
  const version = database.prepare("PRAGMA data_version");
  const begin = database.prepare("BEGIN");
  const commit = database.prepare("COMMIT");
  const remembered = new Map<string, StoredRun>();
  let seenVersion: unknown;
  let touched = new Set<string>();

  /** Ended runs are sealed anew whenever something of theirs has changed. */
  function seal(): void {
    for (const runId of touched) {
      const record = readStored(runId);
      if (record === undefined || !isEnded(record.run)) continue;
      const event = outbox.isSealed(runId) ? "run-changed" : "run-ended";
      outbox.add({ event, run_id: runId, seal: sealOf(record, hash) });
    }
  }

  function atOnce<T>(query: () => T): T {
    begin.run();
    try {
      return query();
    } finally {
      commit.run();
    }
  }

  return {
    database,
    tables,
    outbox,
    hash,
    write(runId, command, { isDurable = false } = {}) {
      const run = () => {
        touched = new Set();
        if (runId !== undefined) requireLease(runId);
        const value = command();
        seal();
        return value;
      };
      return queue.write(run, isDurable).catch((error: unknown) => {
        // What was read on the way may have been rolled back.
        remembered.clear();
        throw error;
      });
    },
    touch(runId) {
      touched.add(runId);
      remembered.delete(runId);
    },
    async read(query) {
      for (let pause = 1; ; pause *= 2) {
        try {
          return atOnce(query);
        } catch (error) {
          // While another process opens or closes the database, even a reader may have to wait.
          if (!isBusy(error) || pause > LONGEST_PAUSE_MS) throw toStoreFailed(error, path);
        }
        await delay(pause);
      }
    },
    readRun(runId) {
      // Moves when another connection has written.
      const current = version.get()?.["data_version"];
      if (current !== seenVersion || remembered.size >= MOST_REMEMBERED) remembered.clear();
      seenVersion = current;
      const known = remembered.get(runId);
      if (known !== undefined) return known;
      const found = readStored(runId);
      if (found !== undefined) remembered.set(runId, found);
      return found;
    },
    idle: queue.idle,
  };
}
