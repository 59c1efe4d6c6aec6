/** The tables: each record whole, as JSON, beside the columns that queries need. */

import { MissionError } from "../errors.ts";
import type { SqlDatabase } from "./sqlite-driver.ts";

/** True of a run of which any figure was observed. A query that says so has its own index of runs. */
export const HAS_FIGURES =
  "(json_extract(record, '$.kpis') <> '{}' OR json_extract(record, '$.kpis_recorded') <> '{}')";

/** Times are milliseconds; `seq` is the order of first writing; `number` is the one that an id ends with. */
const TABLES = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE kept (hash TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE runs (
  seq INTEGER PRIMARY KEY, run_id TEXT NOT NULL UNIQUE, mission_id TEXT NOT NULL, thread_id TEXT,
  status TEXT NOT NULL, priority INTEGER NOT NULL, start_ms INTEGER NOT NULL, end_ms INTEGER,
  number INTEGER, routing TEXT, record TEXT NOT NULL
) STRICT;
CREATE INDEX runs_by_thread ON runs (thread_id, seq);
CREATE INDEX runs_by_mission ON runs (mission_id, start_ms, end_ms, status);
CREATE INDEX runs_by_end ON runs (end_ms, mission_id) WHERE end_ms IS NOT NULL;
CREATE INDEX runs_by_mission_end ON runs (mission_id, end_ms) WHERE end_ms IS NOT NULL;
CREATE INDEX runs_with_figures ON runs (mission_id, end_ms) WHERE ${HAS_FIGURES};
CREATE INDEX runs_open ON runs (status, seq) WHERE status IN ('running', 'awaiting_approval');
CREATE INDEX runs_by_number ON runs (number) WHERE number IS NOT NULL;
CREATE TABLE task_logs (
  seq INTEGER PRIMARY KEY, run_id TEXT NOT NULL, task_id TEXT NOT NULL, attempt INTEGER NOT NULL,
  agent_id TEXT NOT NULL, outcome TEXT NOT NULL, record TEXT NOT NULL, UNIQUE (run_id, task_id, attempt)
) STRICT;
CREATE INDEX task_logs_by_agent ON task_logs (agent_id, seq) WHERE outcome <> 'skipped';
CREATE TABLE approvals (
  seq INTEGER PRIMARY KEY, run_id TEXT NOT NULL, approval_id TEXT NOT NULL, task_id TEXT NOT NULL,
  agent_id TEXT NOT NULL, status TEXT NOT NULL, asked_ms INTEGER NOT NULL, due_ms INTEGER NOT NULL,
  decided_ms INTEGER, blocked REAL NOT NULL, decision_number INTEGER, record TEXT NOT NULL,
  UNIQUE (run_id, approval_id)
) STRICT;
CREATE INDEX approvals_pending ON approvals (agent_id) WHERE status = 'pending';
CREATE INDEX approvals_by_decision ON approvals (decided_ms) WHERE decided_ms IS NOT NULL;
CREATE TABLE risk_events (
  seq INTEGER PRIMARY KEY, event_id TEXT NOT NULL UNIQUE, run_id TEXT NOT NULL,
  mission_id TEXT NOT NULL, risk_type TEXT NOT NULL, status TEXT NOT NULL, detected_ms INTEGER NOT NULL,
  closed_ms INTEGER, number INTEGER, record TEXT NOT NULL
) STRICT;
CREATE INDEX risk_events_by_run ON risk_events (run_id, risk_type);
CREATE INDEX risk_events_open ON risk_events (mission_id) WHERE status = 'open';
CREATE INDEX risk_events_vague ON risk_events (detected_ms) WHERE status = 'closed' AND closed_ms IS NULL;
CREATE INDEX risk_events_by_detection ON risk_events (detected_ms);
CREATE INDEX risk_events_by_closing ON risk_events (closed_ms) WHERE closed_ms IS NOT NULL;
CREATE INDEX risk_events_by_number ON risk_events (number) WHERE number IS NOT NULL;
CREATE TABLE agent_stats (agent_id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE snapshots (
  snapshot_date TEXT NOT NULL, period TEXT NOT NULL, record TEXT NOT NULL,
  PRIMARY KEY (snapshot_date, period)
) STRICT, WITHOUT ROWID;
CREATE TABLE outputs (seq INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, record TEXT NOT NULL) STRICT;
CREATE TABLE outbox (
  number INTEGER PRIMARY KEY, event TEXT NOT NULL, run_id TEXT NOT NULL,
  subject TEXT NOT NULL, at TEXT NOT NULL, seal TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_by_run ON outbox (run_id, number);
CREATE TABLE leases (name TEXT PRIMARY KEY, holder TEXT, number INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE checkpoints (
  thread_id TEXT NOT NULL, namespace TEXT NOT NULL, checkpoint_id TEXT NOT NULL,
  parent_id TEXT, type TEXT NOT NULL, checkpoint BLOB NOT NULL, metadata_type TEXT NOT NULL,
  metadata BLOB NOT NULL, PRIMARY KEY (thread_id, namespace, checkpoint_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE checkpoint_writes (
  thread_id TEXT NOT NULL, namespace TEXT NOT NULL, checkpoint_id TEXT NOT NULL, task_id TEXT NOT NULL,
  idx INTEGER NOT NULL, path TEXT NOT NULL, channel TEXT NOT NULL, type TEXT NOT NULL, value BLOB NOT NULL,
  PRIMARY KEY (thread_id, namespace, checkpoint_id, task_id, idx)
) STRICT, WITHOUT ROWID;
`;

/** Each takes the schema one version further. The first makes it. */
const MIGRATIONS: readonly string[] = [
  TABLES,
  `DROP INDEX task_logs_by_agent;
  CREATE INDEX task_logs_by_agent ON task_logs (agent_id, seq) WHERE outcome NOT IN ('skipped', 'not_needed');`,
  `CREATE TABLE calls (
    run_id TEXT NOT NULL, task_id TEXT NOT NULL, attempt INTEGER NOT NULL, record TEXT NOT NULL,
    PRIMARY KEY (run_id, task_id, attempt)
  ) STRICT, WITHOUT ROWID;`,
];

/**
 * Makes the tables that are missing. The caller holds the write lock.
 *
 * @throws MissionError `STORE_FAILED` for the database of a newer version of this program.
 */
export function migrate(database: SqlDatabase): void {
  const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
  if (version > MIGRATIONS.length) {
    const message = `The database was written by a newer Mission Control (schema ${version}, this one knows ${MIGRATIONS.length}). Use that version.`;
    throw new MissionError("STORE_FAILED", message);
  }
  for (const migration of MIGRATIONS.slice(version)) database.exec(migration);
  if (version < MIGRATIONS.length) database.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
}
