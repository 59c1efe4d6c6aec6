/** What of a store is moved from one database to another, row by row. */

import type { SqlRow, SqlValue } from "./sql.ts";

export interface Table {
  readonly name: string;
  readonly key: readonly string[];
  /** The key's too. */
  readonly columns: readonly string[];
  /** Whether rows stay as they were written; or are there only for a while; or change. */
  readonly life: "fixed" | "passing" | "changing";
}

export type RowKey = readonly SqlValue[];

export interface Pages {
  /** So many rows after one, in the order of their keys. */
  readonly read: (
    table: Table,
    after: RowKey | undefined,
    limit: number,
  ) => Promise<readonly SqlRow[]>;
  /** All rows after one, to another at most. */
  readonly range: (
    table: Table,
    after: RowKey | undefined,
    last: RowKey | undefined,
  ) => Promise<readonly SqlRow[]>;
  /** Upserts rows as they are: they come from a store of the same schema. */
  readonly put: (table: Table, rows: readonly SqlRow[]) => Promise<void>;
  readonly drop: (table: Table, keys: readonly RowKey[]) => Promise<void>;
  /** When all rows are there. */
  readonly finish: () => Promise<void>;
}

const table = (name: string, key: readonly string[], others: readonly string[]): Table => ({
  name,
  key,
  columns: [...key, ...others],
  life: "changing",
});

const fixedTable = (...given: Parameters<typeof table>): Table => ({
  ...table(...given),
  life: "fixed",
});

const passingTable = (...given: Parameters<typeof table>): Table => ({
  ...table(...given),
  life: "passing",
});

/**
 * All but leases, checkpoints (a run goes on without them) and how far files beside a store have got. First the events:
 * they tell whether two stores have one history.
 */
export const MOVED: readonly Table[] = [
  fixedTable("outbox", ["number"], ["event", "run_id", "subject", "at", "seal", "hash"]),
  fixedTable("kept", ["hash"], ["record"]),
  fixedTable("outputs", ["seq"], ["sha256", "record"]),
  table(
    "runs",
    ["seq"],
    "run_id mission_id thread_id status priority start_ms end_ms is_dated has_figures number routing record".split(
      " ",
    ),
  ),
  table(
    "task_logs",
    ["seq"],
    "run_id task_id attempt agent_id outcome cost tokens agent_minutes attempts record".split(" "),
  ),
  passingTable(
    "calls",
    ["run_id", "task_id", "attempt"],
    ["agent_id", "is_working", "cost", "tokens", "agent_minutes", "attempts", "record"],
  ),
  table(
    "approvals",
    ["seq"],
    "run_id approval_id task_id agent_id status asked_ms due_ms decided_ms blocked decision_number record".split(
      " ",
    ),
  ),
  table(
    "risk_events",
    ["seq"],
    "event_id run_id mission_id risk_type status detected_ms closed_ms number record".split(" "),
  ),
  passingTable("wakes", ["run_id"], ["mission_id", "priority", "number", "since_ms"]),
  table("archived", ["mission_id"], ["runs", "completed", "until_ms"]),
  table("agent_stats", ["agent_id"], ["record"]),
  table("snapshots", ["snapshot_date", "period"], ["record"]),
];
