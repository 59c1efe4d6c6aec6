/** The tables of a telemetry store, and what names their records. */

import type { AgentStats } from "../model/agent-performance-stats.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { PortfolioSnapshot } from "../model/mission-portfolio-snapshot.ts";
import type { RiskEvent } from "../model/mission-risk-events.ts";
import type { MissionRun } from "../model/mission-runs.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import type { TableKeys } from "./record-table.ts";

export interface Table<T> {
  /** The records, in the order of their first writing. */
  read(): readonly T[];
  /** The records for which the index gives this value. */
  readBy(indexed: string): readonly T[];
  find(key: string): T | undefined;
  /** Inserts a record or replaces the one with the same key. */
  put(record: T): void;
}

interface Records {
  readonly runs: MissionRun;
  readonly approvals: ApprovalRequest;
  readonly logs: TaskLog;
  readonly risks: RiskEvent;
  readonly stats: AgentStats;
  readonly snapshots: PortfolioSnapshot;
}

export type Tables = { readonly [Name in keyof Records]: Table<Records[Name]> };

/** Joins parts of a key; cannot occur in an id. */
const SEPARATOR = "/";

export const TABLE_KEYS: { readonly [Name in keyof Records]: TableKeys<Records[Name]> } = {
  runs: {
    keyOf: (run) => run.run_id,
    indexesOf: ({ thread_id }) => (thread_id === undefined ? [] : [threadKey(thread_id)]),
  },
  approvals: {
    keyOf: approvalKey,
    indexesOf: (request) => [request.run_id, taskKey(request)],
  },
  logs: {
    keyOf: (row) => taskKey(row) + SEPARATOR + (row.attempt ?? 1),
    indexesOf: (row) => [row.run_id, taskKey(row)],
  },
  risks: {
    keyOf: (event) => event.event_id,
    indexesOf: (event) => [event.run_id],
  },
  stats: { keyOf: (row) => row.agent_id, indexesOf: () => [] },
  snapshots: {
    keyOf: ({ snapshot_date, period = "day" }) => snapshot_date + SEPARATOR + period,
    indexesOf: () => [],
  },
};

/** Thread names are free text, ids are not: with the separator in front they cannot be confused. */
export function threadKey(threadId: string): string {
  return SEPARATOR + threadId;
}

export function taskKey({ run_id, task_id }: { run_id: string; task_id: string }): string {
  return run_id + SEPARATOR + task_id;
}

/** With its run: ids may contain "-", so that two runs can make the same approval id. */
export function approvalKey({
  run_id,
  approval_id,
}: {
  run_id: string;
  approval_id: string;
}): string {
  return run_id + SEPARATOR + approval_id;
}
