/** From records to rows of the tables and back. Nothing passes that its schema refuses. */

import type { z } from "zod";

import { BadDocumentError, StoreFailedError } from "../errors.ts";
import { type AgentStats, agentStatsSchema } from "../model/agent-performance-stats.ts";
import { type ApprovalRequest, approvalRequestSchema } from "../model/approval-requests.ts";
import { aFault } from "../model/fault.ts";
import {
  type PortfolioSnapshot,
  portfolioSnapshotSchema,
} from "../model/mission-portfolio-snapshot.ts";
import { type RiskEvent, riskEventSchema } from "../model/mission-risk-events.ts";
import { type MissionRun, PRIORITIES, missionRunSchema } from "../model/mission-runs.ts";
import { sayFirstIssue, sayIssues } from "../model/say-issue.ts";
import { type TaskLog, taskLogSchema } from "../model/task-execution-logs.ts";
import { toMs } from "../model/time.ts";
import type { SqlDatabase, SqlRow, SqlValue } from "./sqlite-driver.ts";

/** Generated ids of runs and events: what comes before their number. Ids that people chose have none. */
const RUN_NUMBER = /^RUN_\d{4}_\d{2}_\d{2}_(\d{3,15})$/;
const EVENT_NUMBER = /^RISK_(\d{1,15})$/;

/** Reads and writes the records of the telemetry documents. */
export interface Tables {
  readonly runs: Table<MissionRun>;
  readonly logs: Table<TaskLog>;
  readonly approvals: Table<ApprovalRequest>;
  readonly events: Table<RiskEvent>;
  readonly stats: Table<AgentStats>;
  readonly snapshots: Table<PortfolioSnapshot>;
}

export interface Table<T> {
  readonly table: string;
  /** The document that it has the records of. */
  readonly document: string;
  /** The columns that stand beside the record. */
  readonly columns: readonly string[];
  /** What they say of a record, in the same order. */
  readonly columnsOf: (record: T) => readonly SqlValue[];
  /** Inserts a record, or replaces the one with the same key in its place; returns it as it is kept. */
  readonly put: (record: T) => T;
  /** As {@link put}, of a record from elsewhere. */
  readonly putUnknown: (record: unknown) => T;
  /** @param text what the column `record` holds. */
  readonly parse: (text: unknown) => T;
}

export function openTables(database: SqlDatabase): Tables {
  return {
    runs: openTable(database, {
      name: "mission_runs",
      schema: missionRunSchema,
      upsert: `INSERT INTO runs (run_id, mission_id, thread_id, status, priority, start_ms, end_ms, number, record)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run_id) DO UPDATE SET mission_id = excluded.mission_id,
        thread_id = excluded.thread_id, status = excluded.status, priority = excluded.priority,
        start_ms = excluded.start_ms, end_ms = excluded.end_ms, record = excluded.record`,
      columns: (run) => [
        run.run_id,
        run.mission_id,
        run.thread_id ?? null,
        run.status,
        PRIORITIES.indexOf(run.priority ?? "normal"),
        toMs(run.start_time),
        endOf(run),
        numberIn(run.run_id, RUN_NUMBER),
      ],
    }),
    logs: openTable(database, {
      name: "task_execution_logs",
      schema: taskLogSchema,
      upsert: `INSERT INTO task_logs (run_id, task_id, attempt, agent_id, outcome, record) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (run_id, task_id, attempt) DO UPDATE SET agent_id = excluded.agent_id,
        outcome = excluded.outcome, record = excluded.record`,
      columns: (row) => [row.run_id, row.task_id, row.attempt ?? 1, row.agent_id, row.outcome],
    }),
    approvals: openTable(database, {
      name: "approval_requests",
      schema: approvalRequestSchema,
      upsert: `INSERT INTO approvals (run_id, approval_id, task_id, agent_id, status, asked_ms, due_ms, decided_ms,
        blocked, decision_number, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (run_id, approval_id) DO UPDATE SET task_id = excluded.task_id, agent_id = excluded.agent_id,
        status = excluded.status, asked_ms = excluded.asked_ms, due_ms = excluded.due_ms,
        decided_ms = excluded.decided_ms, blocked = excluded.blocked,
        decision_number = excluded.decision_number, record = excluded.record`,
      columns: (request) => [
        request.run_id,
        request.approval_id,
        request.task_id,
        request.agent_id,
        request.status,
        toMs(request.approval_request_time),
        toMs(request.due_at),
        orNull(request.decided_at),
        request.blocked_minutes,
        request.decision_number ?? null,
      ],
    }),
    events: openTable(database, {
      name: "mission_risk_events",
      schema: riskEventSchema,
      upsert: `INSERT INTO risk_events (event_id, run_id, mission_id, risk_type, status, detected_ms, closed_ms, number,
        record) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (event_id) DO UPDATE SET run_id = excluded.run_id,
        mission_id = excluded.mission_id, risk_type = excluded.risk_type, status = excluded.status,
        detected_ms = excluded.detected_ms, closed_ms = excluded.closed_ms, record = excluded.record`,
      columns: (event) => [
        event.event_id,
        event.run_id,
        event.mission_id,
        event.risk_type,
        event.status,
        toMs(event.detected_at),
        orNull(event.closed_at),
        numberIn(event.event_id, EVENT_NUMBER),
      ],
    }),
    stats: openTable(database, {
      name: "agent_performance_stats",
      schema: agentStatsSchema,
      upsert: "INSERT OR REPLACE INTO agent_stats (agent_id, record) VALUES (?, ?)",
      columns: (row) => [row.agent_id],
    }),
    snapshots: openTable(database, {
      name: "mission_portfolio_snapshot",
      schema: portfolioSnapshotSchema,
      upsert: "INSERT OR REPLACE INTO snapshots (snapshot_date, period, record) VALUES (?, ?, ?)",
      columns: (snapshot) => [snapshot.snapshot_date, snapshot.period ?? "day"],
    }),
  };
}

function openTable<T>(
  database: SqlDatabase,
  {
    name,
    schema,
    upsert,
    columns,
  }: {
    name: string;
    schema: z.ZodType<T>;
    upsert: string;
    columns: (record: T) => readonly SqlValue[];
  },
): Table<T> {
  const statement = database.prepare(upsert);
  const [, table = "", list = ""] = /INTO (\w+) \(([^)]+)\)/.exec(upsert) ?? [];
  const columnsOf = (record: T) => columns(record).map(withoutNul);
  const putUnknown = (record: unknown) => {
    const checked = schema.safeParse(record);
    if (!checked.success) throw refused(name, record, checked.error);
    statement.run(...columnsOf(checked.data), JSON.stringify(checked.data));
    return checked.data;
  };
  return {
    table,
    document: name,
    columns: list.split(/,\s*/).slice(0, -1),
    columnsOf,
    put: putUnknown,
    putUnknown,
    parse: (text) => parseStored(text, schema, name),
  };
}

/** @throws StoreFailedError when somebody else has written to the database. */
export function parseStored<T>(text: unknown, schema: z.ZodType<T>, name: string): T {
  const value = parseText(text, name);
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const wrong = new Error(sayFirstIssue(checked.error, { value }));
  throw new StoreFailedError("read", `a record of ${name}`, wrong);
}

function parseText(text: unknown, name: string): unknown {
  try {
    const value: unknown = JSON.parse(String(text));
    return value;
  } catch {
    throw new StoreFailedError("read", `a record of ${name}`, new Error("it is no JSON"));
  }
}

function refused(name: string, value: unknown, error: z.ZodError): BadDocumentError {
  const faults = sayIssues(error, value).map(({ field, found, expected }) =>
    aFault({
      code: "WRONG_FIELD",
      document: `${name}.json`,
      record: "the record to be written",
      field,
      found: `found ${found}`,
      expected,
    }),
  );
  return new BadDocumentError(faults, error);
}

/** The driver binds no NUL. The record itself keeps it: JSON escapes it. */
function withoutNul(value: SqlValue): SqlValue {
  return typeof value === "string" && value.includes("\0")
    ? value.replaceAll("\0", "\uFFFD")
    : value;
}

/** An ended run without an end has ended when it started. */
function endOf({ status, start_time, end_time }: MissionRun): number | null {
  if (end_time !== undefined) return toMs(end_time);
  return status === "running" || status === "awaiting_approval" ? null : toMs(start_time);
}

function orNull(instant: string | undefined): number | null {
  return instant === undefined ? null : toMs(instant);
}

function numberIn(id: string, pattern: RegExp): number | null {
  const found = pattern.exec(id)?.[1];
  return found === undefined ? null : Number(found);
}

/** A column as a number; 0 when it has none. */
export function numberOf(row: SqlRow | undefined, column: string): number {
  return Number(row?.[column] ?? 0);
}

/** A column as text; undefined when it has none. */
export function textOf(row: SqlRow | undefined, column: string): string | undefined {
  const value = row?.[column];
  return typeof value === "string" ? value : undefined;
}
