/** Everything that was recorded, and outputs too large for a row. */

import { StoreFailedError } from "../errors.ts";
import { canonicalJson } from "../model/canonical-json.ts";
import { jsonSchema } from "../model/primitives.ts";
import { type RunPlan, runPlanSchema } from "../model/run-record.ts";
import type { Session } from "./sqlite-session.ts";
import { type Table, parseStored, textOf } from "./sqlite-tables.ts";
import type { Store } from "./store.ts";

type HistoryCommands = Pick<
  Store,
  "readHistory" | "saveOutput" | "loadOutput" | "readOutbox" | "hasNews"
>;

/** Events read at a time. */
const MOST_EVENTS = 10_000;

export function createHistoryCommands(session: Session): HistoryCommands {
  const { database, tables, outbox, hash, write, read } = session;
  const insert = database.prepare("INSERT OR IGNORE INTO outputs (sha256, record) VALUES (?, ?)");
  const output = database.prepare("SELECT record FROM outputs WHERE sha256 = ?");

  function readAll<T>(name: string, order: string, { parse }: Table<T>): readonly T[] {
    const records: T[] = [];
    const all = database.prepare(`SELECT record FROM ${name} ORDER BY ${order}`);
    for (const row of all.iterate()) records.push(parse(row["record"]));
    return records;
  }

  function readPlans(): ReadonlyMap<string, RunPlan> {
    const rows = database
      .prepare("SELECT hash, record FROM kept WHERE json_extract(record, '$.tasks') IS NOT NULL")
      .all();
    return new Map(
      rows.map((row) => [
        String(row["hash"]),
        parseStored(row["record"], runPlanSchema, "kept plans"),
      ]),
    );
  }

  return {
    readHistory: () =>
      read(() => ({
        runs: readAll("runs", "seq", tables.runs),
        rows: readAll("task_logs", "seq", tables.logs),
        events: readAll("risk_events", "seq", tables.events),
        requests: readAll("approvals", "seq", tables.approvals),
        snapshots: readAll("snapshots", "snapshot_date, period", tables.snapshots),
        plans: readPlans(),
      })),
    saveOutput: (value) =>
      write(undefined, () => {
        const text = canonicalJson(value);
        const sha256 = hash(text);
        insert.run(sha256, text);
        return { file: `${sha256}.json`, sha256, bytes: Buffer.byteLength(text) };
      }),
    loadOutput: ({ sha256 }) =>
      read(() => {
        const text = textOf(output.get(sha256), "record");
        if (text === undefined || hash(text) !== sha256) {
          const why = new Error(text === undefined ? "it is gone" : "it was changed");
          throw new StoreFailedError("read", `output ${sha256}`, why);
        }
        return jsonSchema.parse(JSON.parse(text));
      }),
    readOutbox: (after, limit = MOST_EVENTS) => read(() => outbox.read(after, limit)),
    hasNews: (after) => read(() => outbox.hasNews(after)),
  };
}
