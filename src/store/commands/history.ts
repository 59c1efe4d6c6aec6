/** Everything that was recorded, and outputs too large for a row. */

import { DamagedRecordError } from "../../errors.ts";
import { canonicalJson } from "../../model/canonical-json.ts";
import { jsonSchema } from "../../model/primitives.ts";
import { type RunPlan, runPlanSchema } from "../../model/run-record.ts";
import type { Session } from "../session.ts";
import { type Sql, allOf, eachRow, sql, textOf } from "../sql.ts";
import type { Store } from "../store.ts";
import { type Table, parseStored } from "../tables.ts";

type HistoryCommands = Pick<
  Store,
  "readHistory" | "saveOutput" | "loadOutput" | "readOutbox" | "hasNews"
>;

/** Events read at a time. */
const MOST_EVENTS = 10_000;

const KEEP_OUTPUT = sql(
  "INSERT INTO outputs (sha256, record) VALUES ($1, $2) ON CONFLICT (sha256) DO NOTHING",
);
const PUT_BACK =
  "Put its file back into the `outputs` folder of the workspace, and `mission-control import` takes it over.";
const OUTPUT = sql("SELECT record FROM outputs WHERE sha256 = $1");
const KEPT = sql("SELECT hash, record FROM kept");
const SNAPSHOTS = sql("SELECT record FROM snapshots ORDER BY snapshot_date, period");

export function createHistoryCommands(session: Session): HistoryCommands {
  const { tables, outbox, hash, write, read, ask } = session;

  return {
    readHistory: () =>
      read(function* readHistory() {
        return {
          runs: yield* readAll(tables.runs),
          rows: yield* readAll(tables.logs),
          events: yield* readAll(tables.events),
          requests: yield* readAll(tables.approvals),
          snapshots: (yield* SNAPSHOTS.all()).map((row) => tables.snapshots.parse(row["record"])),
          plans: yield* readPlans(),
        };
      }),
    saveOutput: (value) =>
      write(undefined, function* save() {
        const text = canonicalJson(value);
        const sha256 = hash(text);
        yield* KEEP_OUTPUT.run(sha256, text);
        return { file: `${sha256}.json`, sha256, bytes: Buffer.byteLength(text) };
      }),
    loadOutput: ({ sha256 }) =>
      ask(function* load() {
        const text = textOf(yield* OUTPUT.get(sha256), "record");
        if (text === undefined || hash(text) !== sha256) {
          const why = new Error(text === undefined ? "it is gone" : "it was changed");
          throw new DamagedRecordError("read", `output ${sha256}`, why, PUT_BACK);
        }
        return jsonSchema.parse(JSON.parse(text));
      }),
    readOutbox: (after, limit = MOST_EVENTS) => ask(() => outbox.read(after, limit)),
    hasNews: (after) => ask(() => outbox.hasNews(after)),
  };
}

function* readAll<T>({ table, parse }: Table<T>): Sql<readonly T[]> {
  const records: T[] = [];
  yield* eachRow(allOf(table), (row) => records.push(parse(row["record"], row)));
  return records;
}

function* readPlans(): Sql<ReadonlyMap<string, RunPlan>> {
  const plans = new Map<string, RunPlan>();
  for (const { hash: name, record } of yield* KEPT.all()) {
    const value: unknown = JSON.parse(String(record));
    // Policies are kept beside them.
    const isPlan = typeof value === "object" && value !== null && "tasks" in value;
    if (isPlan) plans.set(String(name), parseStored(record, runPlanSchema, "kept plans"));
  }
  return plans;
}
