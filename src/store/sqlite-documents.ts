/** Records in and out in bulk, for the telemetry documents. */

import type { SqlRow } from "./sqlite-driver.ts";
import type { Session } from "./sqlite-session.ts";
import { numberOf, textOf } from "./sqlite-tables.ts";
import type { Store } from "./store.ts";

type DocumentCommands = Pick<
  Store,
  "importRecords" | "readDocuments" | "findMark" | "setMark" | "listOutputs"
>;

const NEWEST = "SELECT seq FROM runs ORDER BY seq DESC LIMIT 1 OFFSET ?";
const RUNS = "SELECT record FROM runs WHERE seq > ? ORDER BY seq";
/** A cross join keeps SQLite to the runs' order of joining: it would go through the whole table. */
const OF_RUNS = (table: string) =>
  `SELECT ${table}.record FROM runs CROSS JOIN ${table} USING (run_id) WHERE runs.seq > ? ORDER BY ${table}.seq`;

export function createDocumentCommands(session: Session): DocumentCommands {
  const { database, outbox, write, putUnknown, read } = session;
  const mark = database.prepare("SELECT value FROM meta WHERE name = ?");
  const setMark = database.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)");
  const outputs = database.prepare("SELECT * FROM outputs WHERE seq > ? ORDER BY seq");

  const listTexts = (sql: string, ...values: readonly number[]): readonly string[] =>
    database
      .prepare(sql)
      .all(...values)
      .map((row: SqlRow) => String(row["record"]));

  return {
    importRecords: (records, set) =>
      write(undefined, () => {
        if (set !== undefined && mark.get(set.name) !== undefined) return;
        for (const { document, record } of records) putUnknown(document, record);
        if (set !== undefined) setMark.run(set.name, set.value);
      }),
    readDocuments: (keepRuns) =>
      read(() => {
        const before = numberOf(database.prepare(NEWEST).get(keepRuns), "seq");
        return {
          number: outbox.head().number,
          records: {
            mission_runs: listTexts(RUNS, before),
            task_execution_logs: listTexts(OF_RUNS("task_logs"), before),
            mission_risk_events: listTexts(OF_RUNS("risk_events"), before),
            agent_performance_stats: listTexts("SELECT record FROM agent_stats ORDER BY agent_id"),
            mission_portfolio_snapshot: listTexts(
              "SELECT record FROM snapshots ORDER BY snapshot_date, period",
            ),
            approval_requests: listTexts(OF_RUNS("approvals"), before),
          },
        };
      }),
    findMark: (name) => read(() => textOf(mark.get(name), "value")),
    setMark: (name, value) =>
      write(undefined, () => {
        setMark.run(name, value);
      }),
    listOutputs: (after) =>
      read(() =>
        outputs.all(after).map((row) => ({
          number: numberOf(row, "seq"),
          sha256: String(row["sha256"]),
          text: String(row["record"]),
        })),
      ),
  };
}
