/** All that is recorded of one run, by queries. */

import { StoreFailedError } from "../errors.ts";
import { hashOfJson } from "../model/canonical-json.ts";
import { policySchema } from "../model/policy.ts";
import { type StoredRun, routingSchema, runPlanSchema } from "../model/run-record.ts";
import type { SqlDatabase } from "./sqlite-driver.ts";
import { type Tables, parseStored, textOf } from "./sqlite-tables.ts";

/** Plans and policies that are remembered: most runs share a few. */
const MOST_KEPT = 64;

export function openRunReader(
  database: SqlDatabase,
  { tables, hash }: { tables: Tables; hash: (text: string) => string },
): (runId: string) => StoredRun | undefined {
  const run = database.prepare("SELECT record, routing FROM runs WHERE run_id = ?");
  const rows = database.prepare("SELECT record FROM task_logs WHERE run_id = ? ORDER BY seq");
  const requests = database.prepare("SELECT record FROM approvals WHERE run_id = ? ORDER BY seq");
  const events = database.prepare("SELECT record FROM risk_events WHERE run_id = ? ORDER BY seq");
  const kept = database.prepare("SELECT record FROM kept WHERE hash = ?");
  /** Who takes a gate out of a plan that was kept has another plan. */
  function findKept(name: string): string | undefined {
    const text = textOf(kept.get(name), "record");
    if (text === undefined || hashOfJson(text, hash) === name) return text;
    throw new StoreFailedError("trust", `what is kept under ${name}`, new Error("it was changed"));
  }
  const plans = createMemory(findKept, (text) => parseStored(text, runPlanSchema, "kept plans"));
  const policies = createMemory(findKept, (text) =>
    parseStored(text, policySchema, "kept policies"),
  );

  return (runId) => {
    const found = run.get(runId);
    if (found === undefined) return undefined;
    const record = tables.runs.parse(found["record"]);
    const routing = textOf(found, "routing");
    return {
      run: record,
      plan: plans(record.plan_hash),
      // Before plans were kept, a run had its policy's hash and not the policy.
      policy: record.plan_hash === undefined ? undefined : policies(record.policy_hash),
      routing: routing === undefined ? undefined : parseStored(routing, routingSchema, "routing"),
      rows: rows.all(runId).map((row) => tables.logs.parse(row["record"])),
      requests: requests.all(runId).map((row) => tables.approvals.parse(row["record"])),
      events: events.all(runId).map((row) => tables.events.parse(row["record"])),
    };
  };
}

/** What is kept under a hash never changes. */
function createMemory<T>(
  find: (hash: string) => string | undefined,
  parse: (text: string) => T,
): (hash: string | undefined) => T | undefined {
  const known = new Map<string, T>();
  return (hash) => {
    if (hash === undefined) return undefined;
    const before = known.get(hash);
    if (before !== undefined) return before;
    const text = find(hash);
    if (text === undefined) return undefined;
    if (known.size >= MOST_KEPT) known.clear();
    const value = parse(text);
    known.set(hash, value);
    return value;
  };
}
