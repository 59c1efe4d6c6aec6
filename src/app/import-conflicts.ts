/** What must not be taken over: the store knows better what became of a run that it has worked on. */

import { type Fault, aFault } from "../model/fault.ts";
import { isEqual } from "../model/is-equal.ts";
import type { StoredRun } from "../model/run-record.ts";
import type { ImportedRecord, Store } from "../store/store.ts";

const IMPORTED: ReadonlySet<string> = new Set(["run-imported", "run-arrived"]);

/** The runs that something has happened to after an event, and the number of the last event. */
export async function listTouched(
  after: number,
  store: Store,
): Promise<{ readonly touched: ReadonlySet<string>; readonly head: number }> {
  const touched = new Set<string>();
  for (let head = after; ;) {
    const events = await store.readOutbox(head);
    const last = events.at(-1);
    if (last === undefined) return { touched, head };
    for (const { event, run_id } of events) if (!IMPORTED.has(event)) touched.add(run_id);
    head = last.number;
  }
}

/**
 * One fault a run: records that differ from what is recorded of a run that has gone on since they were
 * written, and runs that are others of the same id.
 *
 * @param options.touched runs that have gone on.
 */
export async function findConflicts(
  records: Iterable<ImportedRecord>,
  { touched, store }: { touched: ReadonlySet<string>; store: Pick<Store, "readRun"> },
): Promise<readonly Fault[]> {
  const faults = new Map<string, Fault>();
  for (const imported of records) {
    const runId = new Map<string, unknown>(Object.entries(imported.record)).get("run_id");
    if (typeof runId !== "string" || faults.has(runId)) continue;
    const stored = await store.readRun(runId);
    if (stored === undefined) continue;
    const found = whyNot(imported, { stored, hasGoneOn: touched.has(runId) });
    if (found === undefined) continue;
    const expected = "only what this workspace has not worked on since; nothing was imported";
    const place = { document: `${imported.document}.json`, record: runId, field: "" };
    faults.set(runId, aFault({ code: "RUN_EXISTS", ...place, found, expected }));
  }
  return [...faults.values()];
}

function whyNot(
  { document, record }: ImportedRecord,
  { stored, hasGoneOn }: { stored: StoredRun; hasGoneOn: boolean },
): string | undefined {
  if (document === "mission_runs") {
    const given = new Map<string, unknown>(Object.entries(record));
    const { mission_id, start_time } = stored.run;
    const isSame = given.get("mission_id") === mission_id && given.get("start_time") === start_time;
    if (!isSame) return "another run has this id here";
  }
  if (!hasGoneOn || recordsOf(stored, document).some((own) => isEqual(own, record)))
    return undefined;
  return "the run has gone on since this was written";
}

function recordsOf(
  { run, rows, requests, events }: StoredRun,
  document: ImportedRecord["document"],
): readonly object[] {
  switch (document) {
    case "mission_runs":
      return [run];
    case "task_execution_logs":
      return rows;
    case "approval_requests":
      return requests;
    case "mission_risk_events":
      return events;
    case "agent_performance_stats":
    case "mission_portfolio_snapshot":
      return [];
  }
}
