/** All that is recorded of one run, by queries. */

import { DamagedRecordError } from "../errors.ts";
import { hashOfJson } from "../model/canonical-json.ts";
import { policySchema } from "../model/policy.ts";
import { type StoredRun, routingSchema, runPlanSchema } from "../model/run-record.ts";
import { type Sql, sql, textOf } from "./sql.ts";
import { type Tables, parseStored } from "./tables.ts";

/** Plans and policies that are remembered: most runs share a few. */
const MOST_KEPT = 64;

const RUN = sql("SELECT record, routing FROM runs WHERE run_id = $1");
const ROWS = sql("SELECT record FROM task_logs WHERE run_id = $1 ORDER BY seq");
const REQUESTS = sql("SELECT record FROM approvals WHERE run_id = $1 ORDER BY seq");
const EVENTS = sql("SELECT record FROM risk_events WHERE run_id = $1 ORDER BY seq");
const KEPT = sql("SELECT record FROM kept WHERE hash = $1");

export function openRunReader({
  tables,
  hash,
}: {
  tables: Tables;
  hash: (text: string) => string;
}): (runId: string) => Sql<StoredRun | undefined> {
  /** Who takes a gate out of a plan that was kept has another plan. */
  function* findKept(name: string): Sql<string | undefined> {
    const text = textOf(yield* KEPT.get(name), "record");
    if (text === undefined || hashOfJson(text, hash) === name) return text;
    throw new DamagedRecordError(
      "trust",
      `what is kept under ${name}`,
      new Error("it was changed"),
    );
  }
  const plans = createMemory(findKept, (text) => parseStored(text, runPlanSchema, "kept plans"));
  const policies = createMemory(findKept, (text) =>
    parseStored(text, policySchema, "kept policies"),
  );

  return function* readStored(runId) {
    const found = yield* RUN.get(runId);
    if (found === undefined) return undefined;
    const record = tables.runs.parse(found["record"]);
    const routing = textOf(found, "routing");
    return {
      run: record,
      plan: yield* plans(record.plan_hash),
      // Before plans were kept, a run had its policy's hash and not the policy.
      policy: record.plan_hash === undefined ? undefined : yield* policies(record.policy_hash),
      routing: routing === undefined ? undefined : parseStored(routing, routingSchema, "routing"),
      rows: (yield* ROWS.all(runId)).map((row) => tables.logs.parse(row["record"])),
      requests: (yield* REQUESTS.all(runId)).map((row) => tables.approvals.parse(row["record"])),
      events: (yield* EVENTS.all(runId)).map((row) => tables.events.parse(row["record"])),
    };
  };
}

/** What is kept under a hash never changes. */
function createMemory<T>(
  find: (hash: string) => Sql<string | undefined>,
  parse: (text: string) => T,
): (hash: string | undefined) => Sql<T | undefined> {
  const known = new Map<string, T>();
  return function* recall(hash) {
    if (hash === undefined) return undefined;
    const before = known.get(hash);
    if (before !== undefined) return before;
    const text = yield* find(hash);
    if (text === undefined) return undefined;
    if (known.size >= MOST_KEPT) known.clear();
    const value = parse(text);
    known.set(hash, value);
    return value;
  };
}
