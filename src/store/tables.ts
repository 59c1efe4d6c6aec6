/** From records to rows of the tables and back. Nothing passes that its schema refuses. */

import type { z } from "zod";

import { BadDocumentError, DamagedRecordError } from "../errors.ts";
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
import { spentBy } from "./spending.ts";
import { type Sql, type SqlRow, type SqlValue, storable, sql } from "./sql.ts";

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
  readonly put: (record: T) => Sql<T>;
  /** As {@link put}, of a record from elsewhere. */
  readonly putUnknown: (record: unknown) => Sql<T>;
  /**
   * @param text what the column `record` holds.
   * @param row of which it is, where its key was read too: it says which record is damaged.
   * @throws DamagedRecordError
   */
  readonly parse: (text: unknown, row?: SqlRow) => T;
}

export function openTables(): Tables {
  return {
    runs: openTable({
      name: "runs",
      document: "mission_runs",
      schema: missionRunSchema,
      key: ["run_id"],
      columns: {
        run_id: (run) => run.run_id,
        mission_id: (run) => run.mission_id,
        thread_id: (run) => run.thread_id ?? null,
        status: (run) => run.status,
        priority: (run) => PRIORITIES.indexOf(run.priority ?? "normal"),
        start_ms: (run) => toMs(run.start_time),
        end_ms: endOf,
        is_dated: (run) => Number(run.end_time !== undefined),
        has_figures: (run) => Number(hasFigures(run)),
        number: (run) => numberIn(run.run_id, RUN_NUMBER),
      },
    }),
    logs: openTable({
      name: "task_logs",
      document: "task_execution_logs",
      schema: taskLogSchema,
      key: ["run_id", "task_id", "attempt"],
      columns: {
        run_id: (row) => row.run_id,
        task_id: (row) => row.task_id,
        attempt: (row) => row.attempt ?? 1,
        agent_id: (row) => row.agent_id,
        outcome: (row) => row.outcome,
        cost: (row) => spentBy(row).cost,
        tokens: (row) => spentBy(row).tokens,
        agent_minutes: (row) => spentBy(row).agent_minutes,
        attempts: (row) => spentBy(row).attempts,
      },
    }),
    approvals: openTable({
      name: "approvals",
      document: "approval_requests",
      schema: approvalRequestSchema,
      key: ["run_id", "approval_id"],
      columns: {
        run_id: (request) => request.run_id,
        approval_id: (request) => request.approval_id,
        task_id: (request) => request.task_id,
        agent_id: (request) => request.agent_id,
        status: (request) => request.status,
        asked_ms: (request) => toMs(request.approval_request_time),
        due_ms: (request) => toMs(request.due_at),
        decided_ms: (request) => orNull(request.decided_at),
        blocked: (request) => request.blocked_minutes,
        decision_number: (request) => request.decision_number ?? null,
      },
    }),
    events: openTable({
      name: "risk_events",
      document: "mission_risk_events",
      schema: riskEventSchema,
      key: ["event_id"],
      columns: {
        event_id: (event) => event.event_id,
        run_id: (event) => event.run_id,
        mission_id: (event) => event.mission_id,
        risk_type: (event) => event.risk_type,
        status: (event) => event.status,
        detected_ms: (event) => toMs(event.detected_at),
        closed_ms: (event) => orNull(event.closed_at),
        number: (event) => numberIn(event.event_id, EVENT_NUMBER),
      },
    }),
    stats: openTable({
      name: "agent_stats",
      document: "agent_performance_stats",
      schema: agentStatsSchema,
      key: ["agent_id"],
      columns: { agent_id: (row) => row.agent_id },
    }),
    snapshots: openTable({
      name: "snapshots",
      document: "mission_portfolio_snapshot",
      schema: portfolioSnapshotSchema,
      key: ["snapshot_date", "period"],
      columns: {
        snapshot_date: (snapshot) => snapshot.snapshot_date,
        period: (snapshot) => snapshot.period ?? "day",
      },
    }),
  };
}

function openTable<T>({
  name,
  document,
  schema,
  key,
  columns,
}: {
  name: string;
  document: string;
  schema: z.ZodType<T>;
  key: readonly string[];
  columns: Readonly<Record<string, (record: T) => SqlValue>>;
}): Table<T> {
  const names = Object.keys(columns);
  const all = [...names, "record"];
  const changed = all.filter((column) => !key.includes(column));
  const upsert = sql(
    `INSERT INTO ${name} (${all.join(", ")}) VALUES (${all.map((_, place) => `$${place + 1}`).join(", ")})
    ON CONFLICT (${key.join(", ")}) DO UPDATE SET ${changed.map((column) => `${column} = excluded.${column}`).join(", ")}`,
  );
  const readers = Object.values(columns);
  const columnsOf = (record: T) => readers.map((read) => storable(read(record)));
  function* putUnknown(record: unknown): Sql<T> {
    const checked = schema.safeParse(record);
    if (!checked.success) throw refused(document, record, checked.error);
    yield* upsert.run(...columnsOf(checked.data), JSON.stringify(checked.data));
    return checked.data;
  }
  return {
    table: name,
    document,
    columns: names,
    columnsOf,
    put: putUnknown,
    putUnknown,
    parse: (text, row) => parseStored(text, schema, nameRecord(document, key, row)),
  };
}

function nameRecord(document: string, key: readonly string[], row: SqlRow | undefined): string {
  if (row === undefined) return document;
  return `${document} (${key.map((column) => `${column} ${String(row[column])}`).join(", ")})`;
}

/** True of a run of which any figure was observed. */
function hasFigures({ kpis, kpis_recorded }: MissionRun): boolean {
  return [kpis, kpis_recorded].some((figures) => Object.keys(figures ?? {}).length > 0);
}

/** @throws DamagedRecordError when somebody else has written to the database. */
export function parseStored<T>(text: unknown, schema: z.ZodType<T>, name: string): T {
  const value = parseText(text, name);
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const wrong = new Error(sayFirstIssue(checked.error, { value }));
  throw new DamagedRecordError("read", `a record of ${name}`, wrong);
}

function parseText(text: unknown, name: string): unknown {
  try {
    const value: unknown = JSON.parse(String(text));
    return value;
  } catch {
    throw new DamagedRecordError("read", `a record of ${name}`, new Error("it is no JSON"));
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
