/** One connection to a SQLite database: how its commands and queries share it. */

import { setTimeout as delay } from "node:timers/promises";

import { z } from "zod";

import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { TelemetryDocument } from "../model/documents.ts";
import type { RiskEvent } from "../model/mission-risk-events.ts";
import { type MissionRun, isEnded } from "../model/mission-runs.ts";
import { sealOf } from "../model/outbox-chain.ts";
import type { Routing, StoredRun } from "../model/run-record.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import { toMs } from "../model/time.ts";
import { type AgentWindows, isSameAttempt, openAgentWindows } from "./agent-windows.ts";
import { type Outbox, openOutbox } from "./outbox.ts";
import { type Spending, openSpending } from "./spending.ts";
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
  /** The last attempts of agents; belongs into a command or a query. */
  readonly lastAttempts: AgentWindows["read"];
  /** What was used up or reserved; belongs into a command. */
  readonly readSpending: Spending["read"];
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
  /** Writes records within a command; the ended runs that they belong to are sealed anew at its end. */
  readonly put: {
    readonly run: (run: MissionRun) => void;
    readonly row: (row: TaskLog) => void;
    readonly request: (request: ApprovalRequest) => void;
    readonly event: (event: RiskEvent) => void;
    readonly routing: (runId: string, routing: Routing) => void;
  };
  /** Asks people within a command, unless they were asked already; returns what they were asked. */
  readonly request: (request: ApprovalRequest) => ApprovalRequest;
  /** Writes a record from elsewhere within a command; its run is sealed as it came. */
  readonly putUnknown: (document: TelemetryDocument, record: object) => void;
  /** Queries that see one state of the database. */
  readonly read: <T>(query: () => T) => Promise<T>;
  /** As {@link readRun}, outside of commands and queries. What is remembered needs no transaction. */
  readonly findRun: (runId: string) => Promise<StoredRun | undefined>;
  /** All that is recorded of a run; the same value as long as nothing of it has changed. */
  readonly readRun: (runId: string) => StoredRun | undefined;
  /** Forgets what is remembered: for what is written past the session. */
  readonly forget: () => void;
  /** Resolves when everything asked for so far is committed or refused. */
  readonly idle: () => Promise<void>;
}

/** What statistics and snapshots have none of. */
const ofRunSchema = z.object({ run_id: z.string().optional() });

/** Runs whose record is remembered. */
const MOST_REMEMBERED = 64;

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
  const queue = createTurnQueue(database, { path, onRollback: forget });
  const readStored = openRunReader(database, { tables, hash });
  const version = database.prepare("PRAGMA data_version");
  const begin = database.prepare("BEGIN");
  const commit = database.prepare("COMMIT");
  const setRouting = database.prepare("UPDATE runs SET routing = ? WHERE run_id = ?");
  const findRequest = database.prepare(
    "SELECT record FROM approvals WHERE run_id = ? AND approval_id = ?",
  );
  const remembered = new Map<string, StoredRun>();
  const windows = openAgentWindows(database, tables);
  const spending = openSpending(database);
  const tablesOf = {
    mission_runs: tables.runs,
    task_execution_logs: tables.logs,
    mission_risk_events: tables.events,
    agent_performance_stats: tables.stats,
    mission_portfolio_snapshot: tables.snapshots,
    approval_requests: tables.approvals,
  } as const satisfies Readonly<Record<TelemetryDocument, unknown>>;
  let seenVersion: unknown;
  let touched = new Set<string>();
  /** Those of the touched runs that came from elsewhere. */
  let imported = new Set<string>();

  /** Ended runs are sealed anew whenever something of theirs has changed. */
  function seal(): void {
    for (const runId of touched) {
      const record = recall(runId);
      if (record === undefined) continue;
      if (!isEnded(record.run)) {
        if (imported.has(runId)) outbox.add({ event: "run-arrived", run_id: runId });
        continue;
      }
      const first = imported.has(runId) ? "run-imported" : "run-ended";
      const event = outbox.hasEnded(runId) ? "run-changed" : first;
      outbox.add({ event, run_id: runId, seal: sealOf(record, hash) });
    }
  }

  function recall(runId: string): StoredRun | undefined {
    const known = remembered.get(runId);
    if (known !== undefined) return known;
    const found = readStored(runId);
    if (found !== undefined) remembered.set(runId, found);
    const [oldest] = remembered.keys();
    if (remembered.size > MOST_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
    return found;
  }

  function forget(): void {
    remembered.clear();
    windows.forget();
    spending.forget();
  }

  function forgetWhenStale(): void {
    // Moves when another connection has written.
    const current = version.get()?.["data_version"];
    if (current !== seenVersion) forget();
    seenVersion = current;
  }

  /** @param change what is remembered of the run, as it is now; undefined when it has to be read again. */
  function touch(runId: string, change: (record: StoredRun) => StoredRun | undefined): void {
    touched.add(runId);
    const known = remembered.get(runId);
    if (known === undefined) return;
    const changed = change(known);
    if (changed === undefined) remembered.delete(runId);
    else remembered.set(runId, changed);
  }

  function atOnce<T>(query: () => T): T {
    begin.run();
    try {
      return query();
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
        if (!isBusy(error) || pause > LONGEST_PAUSE_MS) throw toStoreFailed(error, path);
      }
      await delay(pause);
    }
  }

  const put: Session["put"] = {
    run(run) {
      const kept = tables.runs.put(run);
      // With its plan and policy, it may be another than was remembered.
      touch(run.run_id, (record) =>
        record.run.plan_hash === kept.plan_hash ? { ...record, run: kept } : undefined,
      );
    },
    row(row) {
      const kept = tables.logs.put(row);
      const isSame = (other: TaskLog) => isSameAttempt(other, kept);
      const known = remembered.get(row.run_id);
      const isNew = known && !known.rows.some(isSame);
      windows.put(kept, isNew);
      spending.put(kept, known && { start: toMs(known.run.start_time) }, isNew);
      touch(row.run_id, (record) => ({ ...record, rows: upsert(record.rows, kept, isSame) }));
    },
    request(request) {
      const kept = tables.approvals.put(request);
      const isSame = (other: ApprovalRequest) => other.approval_id === kept.approval_id;
      touch(request.run_id, (record) => ({
        ...record,
        requests: upsert(record.requests, kept, isSame),
      }));
    },
    event(event) {
      const kept = tables.events.put(event);
      const isSame = (other: RiskEvent) => other.event_id === kept.event_id;
      touch(event.run_id, (record) => ({
        ...record,
        events: upsert(record.events, kept, isSame),
      }));
    },
    routing(runId, routing) {
      setRouting.run(JSON.stringify(routing), runId);
      touch(runId, (record) => ({ ...record, routing }));
    },
  };

  return {
    database,
    tables,
    outbox,
    hash,
    write(runId, command, { isDurable = false } = {}) {
      const run = () => {
        touched = new Set();
        imported = new Set();
        if (runId !== undefined) requireLease(runId);
        const value = command();
        seal();
        return value;
      };
      return queue.write(run, isDurable);
    },
    put,
    request(request) {
      const { run_id, approval_id } = request;
      const present = findRequest.get(run_id, approval_id);
      if (present !== undefined) return tables.approvals.parse(present["record"]);
      put.request(request);
      outbox.add({ event: "approval-requested", run_id, subject: approval_id });
      return request;
    },
    lastAttempts(agentIds, window) {
      forgetWhenStale();
      return windows.read(agentIds, window);
    },
    readSpending(scope) {
      forgetWhenStale();
      return spending.read(scope);
    },
    putUnknown(document, record) {
      const { run_id } = ofRunSchema.parse(tablesOf[document].putUnknown(record));
      // Any run may have lost or won something by it.
      forget();
      if (run_id === undefined) return;
      touched.add(run_id);
      imported.add(run_id);
    },
    read: (query) => whenFree(() => atOnce(query)),
    findRun: (runId) =>
      whenFree(() => {
        forgetWhenStale();
        return remembered.get(runId) ?? atOnce(() => recall(runId));
      }),
    readRun(runId) {
      forgetWhenStale();
      return recall(runId);
    },
    forget,
    idle: queue.idle,
  };
}

/** The list with the record in the place of the one that it replaces, else at the end. */
function upsert<T>(list: readonly T[], record: T, isSame: (other: T) => boolean): readonly T[] {
  const place = list.findIndex(isSame);
  return place === -1 ? [...list, record] : list.with(place, record);
}
