/** Records in and out in bulk, for the telemetry documents. */

import { StoreFailedError } from "../../errors.ts";
import type { TelemetryDocument } from "../../model/documents.ts";
import type { Session } from "../session.ts";
import { BEFORE_ALL, type Sql, eachRow, numberOf, sql, textOf } from "../sql.ts";
import type { Store, TakeRecord } from "../store.ts";

type DocumentCommands = Pick<
  Store,
  "importRecords" | "readDocuments" | "findMark" | "setMark" | "listOutputs"
>;

const NEWEST = sql("SELECT seq FROM runs ORDER BY seq DESC LIMIT 1 OFFSET $1");
const RUNS = sql("SELECT seq, record FROM runs WHERE seq > $1 ORDER BY seq LIMIT $2");
const OF_RUNS = [
  ofRuns("task_execution_logs", "task_logs"),
  ofRuns("mission_risk_events", "risk_events"),
  ofRuns("approval_requests", "approvals"),
] as const;
const STATS = sql("SELECT record FROM agent_stats ORDER BY agent_id");
const SNAPSHOTS = sql("SELECT record FROM snapshots ORDER BY snapshot_date, period");
const MARK = sql("SELECT value FROM meta WHERE name = $1");
const SET_MARK = sql(
  "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
);
const OUTPUTS = sql("SELECT * FROM outputs WHERE seq > $1 ORDER BY seq LIMIT 100");

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
    readDocuments: (keepRuns, begin) =>
      read(function* readAll() {
        const take = begin();
        const newest = yield* NEWEST.get(keepRuns);
        const before = newest === undefined ? BEFORE_ALL : numberOf(newest, "seq");
        const { number } = yield* outbox.head();
        yield* eachRow(RUNS, ({ record }) => take("mission_runs", String(record)), {
          after: before,
        });
        for (const readOf of OF_RUNS) yield* readOf(before, take);
        for (const { record } of yield* STATS.all()) {
          take("agent_performance_stats", String(record));
        }
        for (const { record } of yield* SNAPSHOTS.all()) {
          take("mission_portfolio_snapshot", String(record));
        }
        return number;
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

/** What belongs to runs after one. Its first row is found by the index of runs, the others are near. */
function ofRuns(document: TelemetryDocument, table: string) {
  const first = sql(
    `SELECT min(seq) AS seq FROM ${table} WHERE run_id IN (SELECT run_id FROM runs WHERE seq > $1)`,
  );
  // `EXISTS` lets SQLite keep to the order of `seq`; with `IN` it sorts all of them for each page.
  const page = sql(
    `SELECT seq, record FROM ${table} WHERE seq > $1
    AND EXISTS (SELECT 1 FROM runs WHERE runs.run_id = ${table}.run_id AND runs.seq > $3)
    ORDER BY seq LIMIT $2`,
  );
  return function* readOf(before: number, take: TakeRecord): Sql<void> {
    const row = yield* first.get(before);
    if (row === undefined || row["seq"] === null) return;
    yield* eachRow(page, ({ record }) => take(document, String(record)), {
      after: numberOf(row, "seq") - 1,
      others: [before],
    });
  };
}
