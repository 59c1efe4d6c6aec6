/** Records in and out in bulk, for the telemetry documents. */

import { StoreFailedError } from "../../errors.ts";
import type { Session } from "../session.ts";
import { BEFORE_ALL, type Sql, type Statement, numberOf, sql, textOf } from "../sql.ts";
import type { Store } from "../store.ts";

type DocumentCommands = Pick<
  Store,
  "importRecords" | "readDocuments" | "findMark" | "setMark" | "listOutputs"
>;

const NEWEST = sql("SELECT seq FROM runs ORDER BY seq DESC LIMIT 1 OFFSET $1");
const RUNS = sql("SELECT record FROM runs WHERE seq > $1 ORDER BY seq");
const [LOGS, EVENTS, APPROVALS] = [
  ofRuns("task_logs"),
  ofRuns("risk_events"),
  ofRuns("approvals"),
] as const;
const STATS = sql("SELECT record FROM agent_stats ORDER BY agent_id");
const SNAPSHOTS = sql("SELECT record FROM snapshots ORDER BY snapshot_date, period");
const MARK = sql("SELECT value FROM meta WHERE name = $1");
const SET_MARK = sql(
  "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
);
const OUTPUTS = sql("SELECT * FROM outputs WHERE seq > $1 ORDER BY seq");

/** The tables whose order says what is newer. */
const ORDERED = ["runs", "task_logs", "approvals", "risk_events"].map((table) => ({
  range: sql(`SELECT min(seq) AS first, max(seq) AS last FROM ${table}`),
  move: sql(`UPDATE ${table} SET seq = seq - $1 WHERE seq > $2`),
}));

const CUT_SHORT = new Error("the connection broke in the middle; import them again");

export function createDocumentCommands(session: Session): DocumentCommands {
  const { outbox, write, putUnknown, read, ask } = session;

  return {
    importRecords(records, { mark: set, isOlder = false } = {}) {
      const isOnce = Object.is(records[Symbol.iterator](), records);
      let hasBegun = false;
      return write(undefined, function* importAll() {
        if (set !== undefined && (yield* MARK.get(set.name)) !== undefined) return;
        // Who had to reach the database anew begins again: what can be gone through once is gone by then.
        if (hasBegun && isOnce) throw new StoreFailedError("import", "the records", CUT_SHORT);
        hasBegun = true;
        const ends = isOlder ? yield* readEnds() : [];
        for (const { document, record } of records) yield* putUnknown(document, record);
        for (const end of ends) yield* end.moveBefore();
        if (set !== undefined) yield* SET_MARK.run(set.name, set.value);
      });
    },
    readDocuments: (keepRuns) =>
      read(function* readAll() {
        const newest = yield* NEWEST.get(keepRuns);
        const before = newest === undefined ? BEFORE_ALL : numberOf(newest, "seq");
        return {
          number: (yield* outbox.head()).number,
          records: {
            mission_runs: yield* listTexts(RUNS, before),
            task_execution_logs: yield* listTexts(LOGS, before),
            mission_risk_events: yield* listTexts(EVENTS, before),
            agent_performance_stats: yield* listTexts(STATS),
            mission_portfolio_snapshot: yield* listTexts(SNAPSHOTS),
            approval_requests: yield* listTexts(APPROVALS, before),
          },
        };
      }),
    findMark: (name) =>
      ask(function* find() {
        return textOf(yield* MARK.get(name), "value");
      }),
    setMark: (name, value) => write(undefined, () => SET_MARK.run(name, value)),
    listOutputs: (after) =>
      ask(function* list() {
        return (yield* OUTPUTS.all(after)).map((row) => ({
          number: numberOf(row, "seq"),
          sha256: String(row["sha256"]),
          text: String(row["record"]),
        }));
      }),
  };
}

/** What will be written to each table from now on can be moved before all that is there. */
function* readEnds(): Sql<readonly { readonly moveBefore: () => Sql<void> }[]> {
  const ends = [];
  for (const { range, move } of ORDERED) {
    const row = yield* range.get();
    if (row?.["first"] === null || row === undefined) continue;
    const [first, last] = [numberOf(row, "first"), numberOf(row, "last")];
    ends.push({
      *moveBefore() {
        const newest = numberOf(yield* range.get(), "last");
        if (newest > last) yield* move.run(newest - first + 1, last);
      },
    });
  }
  return ends;
}

/** Records that belong to runs after one. By its index of runs: SQLite would go through the whole table. */
function ofRuns(table: string): Statement {
  return sql(
    `SELECT record FROM ${table} WHERE run_id IN (SELECT run_id FROM runs WHERE seq > $1) ORDER BY seq`,
  );
}

function* listTexts(statement: Statement, ...values: readonly number[]) {
  return (yield* statement.all(...values)).map((row) => String(row["record"]));
}
