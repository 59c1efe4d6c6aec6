/** What commands and queries share: how records are put, and what is remembered of runs. */

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
import { countIn } from "./archived.ts";
import { type Outbox, openOutbox } from "./outbox.ts";
import { openRunReader } from "./run-reader.ts";
import { type Spending, openSpending } from "./spending.ts";
import { type Connection, type Sql, type Statement, type Watcher, sql } from "./sql.ts";
import { type Tables, openTables } from "./tables.ts";
import { type Wakes, openWakes } from "./wakes.ts";

export type Hash = (text: string) => string;

/** What a store needs of the world. */
export interface World {
  /** The present instant. */
  readonly now: () => string;
  /** SHA-256 as hexadecimal. */
  readonly hash: Hash;
}

export interface Session {
  readonly tables: Tables;
  readonly outbox: Outbox;
  readonly now: () => string;
  readonly hash: Hash;
  /** The last attempts of agents. */
  readonly lastAttempts: AgentWindows["read"];
  /** What was used up or reserved. */
  readonly wakes: Wakes;
  readonly spending: Pick<Spending, "read" | "unsettled">;
  /**
   * Carries out a command about a run.
   *
   * @param options.isDurable whether it must survive a power cut, once {@link secured} has resolved.
   * @throws what `command` throws; MissionError `BUSY` when the run was taken over by another process.
   */
  readonly write: <T>(
    runId: string | undefined,
    command: () => Sql<T>,
    options?: { readonly isDurable?: boolean },
  ) => Promise<T>;
  /** Writes records within a command; the ended runs that they belong to are sealed anew at its end. */
  readonly put: {
    readonly run: (run: MissionRun) => Sql<void>;
    /** A run of which nothing else is recorded. */
    readonly newRun: (run: MissionRun, kept: Pick<StoredRun, "plan" | "policy">) => Sql<void>;
    readonly row: (row: TaskLog) => Sql<void>;
    readonly request: (request: ApprovalRequest) => Sql<void>;
    readonly event: (event: RiskEvent) => Sql<void>;
    /** @returns its hash. */
    readonly routing: (runId: string, routing: Routing) => Sql<string>;
  };
  /** Asks people within a command, unless they were asked already; returns what they were asked. */
  readonly request: (request: ApprovalRequest) => Sql<ApprovalRequest>;
  /** Writes a record from elsewhere within a command; its run is sealed as it came. */
  readonly putUnknown: (document: TelemetryDocument, record: object) => Sql<void>;
  /** Queries that see one state of the database. */
  readonly read: <T>(query: () => Sql<T>) => Promise<T>;
  /** A query of one statement. */
  readonly ask: <T>(query: () => Sql<T>) => Promise<T>;
  /** As {@link readRun}, outside of commands and queries. */
  readonly findRun: (runId: string) => Promise<StoredRun | undefined>;
  /** All that is recorded of a run; the same value as long as nothing of it has changed. */
  readonly readRun: (runId: string) => Sql<StoredRun | undefined>;
  /** Forgets what is remembered: for what is written past the session. */
  readonly forget: () => void;
  readonly secured: () => Promise<void>;
  readonly idle: () => Promise<void>;
}

/** What statistics and snapshots have none of. */
const ofRunSchema = z.object({ run_id: z.string().optional() });

/** Runs whose record is remembered. */
const MOST_REMEMBERED = 64;

const SET_ROUTING = sql("UPDATE runs SET routing = $1 WHERE run_id = $2");
const FIND_REQUEST = sql("SELECT record FROM approvals WHERE run_id = $1 AND approval_id = $2");

/**
 * @param requireLease throws when this process had a lease of the run and has lost it.
 * @param onWake what tells others at once that a run was woken.
 * @param onForget whatever is remembered elsewhere may be wrong too.
 */
export function createSession(
  connect: (watcher: Watcher) => Connection,
  {
    now,
    hash,
    requireLease,
    onForget,
    onWake,
  }: World & {
    readonly onWake: Statement | undefined;
    readonly requireLease: (runId: string) => Sql<void>;
    readonly onForget: () => void;
  },
): Session {
  const tables = openTables();
  const outbox = openOutbox({ now, hash });
  const readStored = openRunReader({ tables, hash });
  const connection = connect({ forget });
  const remembered = new Map<string, StoredRun>();
  const windows = openAgentWindows(tables);
  const spending = openSpending();
  const wakes = openWakes({ now, onWake });
  const tablesOf = {
    mission_runs: tables.runs,
    task_execution_logs: tables.logs,
    mission_risk_events: tables.events,
    agent_performance_stats: tables.stats,
    mission_portfolio_snapshot: tables.snapshots,
    approval_requests: tables.approvals,
  } as const satisfies Readonly<Record<TelemetryDocument, unknown>>;
  let touched = new Set<string>();
  /** Those of the touched runs that came from elsewhere. */
  let imported = new Set<string>();
  /** Records came from elsewhere: any run may have lost or won something by them. */
  let isForeign = false;

  /** Ended runs are sealed anew whenever something of theirs has changed. */
  function* seal(): Sql<void> {
    for (const runId of touched) {
      const record = yield* readRun(runId);
      if (record === undefined) continue;
      if (!isEnded(record.run)) {
        if (imported.has(runId)) yield* outbox.add({ event: "run-arrived", run_id: runId });
        continue;
      }
      if (imported.has(runId)) yield* countIn(record.run);
      const first = imported.has(runId) ? "run-imported" : "run-ended";
      const event = (yield* outbox.hasEnded(runId)) ? "run-changed" : first;
      yield* outbox.add({ event, run_id: runId, seal: sealOf(record, hash) });
    }
  }

  function* readRun(runId: string): Sql<StoredRun | undefined> {
    const known = remembered.get(runId);
    if (known !== undefined) return known;
    const found = yield* readStored(runId);
    if (found !== undefined) remember(found);
    return found;
  }

  function remember(record: StoredRun): void {
    remembered.set(record.run.run_id, record);
    const [oldest] = remembered.keys();
    if (remembered.size > MOST_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
  }

  function forget(): void {
    remembered.clear();
    windows.forget();
    spending.forget();
    outbox.forget();
    onForget();
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

  const put: Session["put"] = {
    *run(run) {
      const kept = yield* tables.runs.put(run);
      // With its plan and policy, it may be another than was remembered.
      touch(run.run_id, (record) =>
        record.run.plan_hash === kept.plan_hash ? { ...record, run: kept } : undefined,
      );
    },
    *newRun(run, { plan, policy }) {
      const kept = yield* tables.runs.put(run);
      const nothing = { routing: undefined, rows: [], requests: [], events: [] };
      remember({ run: kept, plan, policy, ...nothing });
      touched.add(run.run_id);
    },
    *row(row) {
      const kept = yield* tables.logs.put(row);
      const isSame = (other: TaskLog) => isSameAttempt(other, kept);
      const known = remembered.get(row.run_id);
      const isNew = known && !known.rows.some(isSame);
      windows.put(kept, isNew);
      spending.put(kept, known && { start: toMs(known.run.start_time) }, isNew);
      touch(row.run_id, (record) => ({ ...record, rows: upsert(record.rows, kept, isSame) }));
    },
    *request(request) {
      const kept = yield* tables.approvals.put(request);
      const isSame = (other: ApprovalRequest) => other.approval_id === kept.approval_id;
      touch(request.run_id, (record) => ({
        ...record,
        requests: upsert(record.requests, kept, isSame),
      }));
    },
    *event(event) {
      const kept = yield* tables.events.put(event);
      const isSame = (other: RiskEvent) => other.event_id === kept.event_id;
      touch(event.run_id, (record) => ({
        ...record,
        events: upsert(record.events, kept, isSame),
      }));
    },
    *routing(runId, routing) {
      const text = JSON.stringify(routing);
      yield* SET_ROUTING.run(text, runId);
      touch(runId, (record) => ({ ...record, routing }));
      return hash(text);
    },
  };

  return {
    tables,
    outbox,
    now,
    hash,
    write(runId, command, { isDurable = false } = {}) {
      function* whole() {
        touched = new Set();
        imported = new Set();
        isForeign = false;
        if (runId !== undefined) yield* requireLease(runId);
        const value = yield* command();
        if (isForeign) forget();
        yield* seal();
        return value;
      }
      return connection.write(whole, isDurable);
    },
    put,
    *request(request) {
      const { run_id, approval_id } = request;
      const present = yield* FIND_REQUEST.get(run_id, approval_id);
      if (present !== undefined) return tables.approvals.parse(present["record"]);
      yield* put.request(request);
      yield* outbox.add({ event: "approval-requested", run_id, subject: approval_id });
      return request;
    },
    lastAttempts: windows.read,
    spending,
    wakes,
    *putUnknown(document, record) {
      const { run_id } = ofRunSchema.parse(yield* tablesOf[document].putUnknown(record));
      isForeign = true;
      if (run_id === undefined) return;
      touched.add(run_id);
      imported.add(run_id);
    },
    read: connection.read,
    ask: connection.ask,
    findRun: (runId) =>
      connection.read(
        () => readRun(runId),
        () => remembered.get(runId),
      ),
    readRun,
    forget,
    secured: connection.secured,
    idle: connection.idle,
  };
}

/** The list with the record in the place of the one that it replaces, else at the end. */
function upsert<T>(list: readonly T[], record: T, isSame: (other: T) => boolean): readonly T[] {
  const place = list.findIndex(isSame);
  return place === -1 ? [...list, record] : list.with(place, record);
}
