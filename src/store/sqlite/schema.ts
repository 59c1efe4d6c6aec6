/** The tables: each record whole, as JSON, beside the columns that queries need. */

import { MissionError } from "../../errors.ts";
import type { SqlDatabase } from "./driver.ts";

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
  `ALTER TABLE runs ADD COLUMN is_dated INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE runs ADD COLUMN has_figures INTEGER NOT NULL DEFAULT 0;
  UPDATE runs SET is_dated = record ->> 'end_time' IS NOT NULL,
    has_figures = coalesce(record ->> 'kpis', '{}') <> '{}' OR coalesce(record ->> 'kpis_recorded', '{}') <> '{}';
  DROP INDEX IF EXISTS runs_with_figures;
  CREATE INDEX runs_with_figures ON runs (mission_id, end_ms, run_id) WHERE has_figures = 1;
  ALTER TABLE task_logs ADD COLUMN cost REAL NOT NULL DEFAULT 0;
  ALTER TABLE task_logs ADD COLUMN tokens REAL NOT NULL DEFAULT 0;
  ALTER TABLE task_logs ADD COLUMN agent_minutes REAL NOT NULL DEFAULT 0;
  ALTER TABLE task_logs ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
  UPDATE task_logs SET cost = coalesce(record ->> 'cost', record -> 'reserved' ->> 'cost', 0),
    tokens = CASE WHEN record ->> 'usage' IS NULL THEN coalesce(record -> 'reserved' ->> 'tokens', 0)
      ELSE coalesce(record -> 'usage' ->> 'input_tokens', 0) + coalesce(record -> 'usage' ->> 'output_tokens', 0) END,
    agent_minutes = round(max(0, (record ->> 'actual_duration_minutes') - (record ->> 'human_delay_minutes')) * 100) / 100.0,
    attempts = 1
    WHERE record ->> 'runtime' IS NOT NULL;
  ALTER TABLE calls ADD COLUMN agent_id TEXT;
  ALTER TABLE calls ADD COLUMN is_working INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE calls ADD COLUMN cost REAL NOT NULL DEFAULT 0;
  ALTER TABLE calls ADD COLUMN tokens REAL NOT NULL DEFAULT 0;
  ALTER TABLE calls ADD COLUMN agent_minutes REAL NOT NULL DEFAULT 0;
  ALTER TABLE calls ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
  UPDATE calls SET agent_id = record ->> 'agent_id', is_working = record -> 'continuation' IS NULL,
    cost = max(coalesce(record -> 'reserved' ->> 'cost', 0), coalesce(record -> 'usage' ->> 'cost', 0)),
    tokens = max(coalesce(record -> 'reserved' ->> 'tokens', 0),
      coalesce(record -> 'usage' ->> 'input_tokens', 0) + coalesce(record -> 'usage' ->> 'output_tokens', 0)),
    agent_minutes = coalesce(record -> 'reserved' ->> 'agent_minutes', 0),
    attempts = coalesce(record -> 'reserved' ->> 'attempts', 0);
  CREATE TABLE wakes (
    run_id TEXT PRIMARY KEY, mission_id TEXT NOT NULL, priority INTEGER NOT NULL, number INTEGER NOT NULL,
    since_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  INSERT INTO wakes SELECT run_id, mission_id, priority, 1, start_ms FROM runs
    WHERE status = 'running' AND coalesce(record ->> 'checkpoints', '') = 'workspace';`,
  `CREATE TABLE archived (
    mission_id TEXT PRIMARY KEY, runs INTEGER NOT NULL, completed INTEGER NOT NULL, until_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE replays (
    number INTEGER PRIMARY KEY, asked_ms INTEGER NOT NULL, asked INTEGER NOT NULL, basis TEXT NOT NULL
  ) STRICT;
  CREATE TABLE replay_parts (
    number INTEGER NOT NULL, part INTEGER NOT NULL, run_ids TEXT NOT NULL, results TEXT, PRIMARY KEY (number, part)
  ) STRICT;
  CREATE INDEX replay_parts_undone ON replay_parts (number, part) WHERE results IS NULL;`,
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
