/** What a portfolio is made from, of a given history: read as the program does, and worked out by hand. */

import { sha256 } from "../../src/app/system.ts";
import type { TelemetryDocument } from "../../src/model/documents.ts";
import type { History } from "../../src/model/history.ts";
import { type MissionRun, isEnded } from "../../src/model/mission-runs.ts";
import type { PortfolioRecord, Tally } from "../../src/model/portfolio-record.ts";
import { toMs } from "../../src/model/time.ts";
import { openMemoryStore } from "../../src/store/sqlite/sqlite-store.ts";
import type { ImportedRecord, PortfolioQuery, WholeStore } from "../../src/store/store.ts";
import { NOON } from "./builders.ts";

/** Hands over a store in memory that has a history, and closes it. */
export async function withStoreOf<T>(
  history: Partial<History>,
  work: (store: WholeStore) => Promise<T>,
): Promise<T> {
  const store = openMemoryStore({ now: () => NOON, hash: sha256 });
  try {
    await store.importRecords(listRecords(history));
    return await work(store);
  } finally {
    await store.close();
  }
}

/** By SQL. @throws when two records have the same key: one of them would be lost. */
export function readPortfolioRecord<T extends Tally>(
  history: Partial<History>,
  window: PortfolioQuery<T>,
): Promise<PortfolioRecord<T>> {
  requireDistinct(history);
  return withStoreOf(history, (store) => store.readPortfolio(window));
}

export function* listRecords({
  runs = [],
  rows = [],
  events = [],
  requests = [],
  snapshots = [],
}: Partial<History>): Generator<ImportedRecord, void> {
  const documents = {
    mission_runs: runs,
    task_execution_logs: rows,
    mission_risk_events: events,
    approval_requests: requests,
    mission_portfolio_snapshot: snapshots,
    agent_performance_stats: [],
  } as const satisfies Readonly<Record<TelemetryDocument, readonly object[]>>;
  const names = Object.keys(documents).filter((name) => isDocument(name, documents));
  for (const document of names) {
    for (const record of documents[document]) yield { document, record };
  }
}

function isDocument<T extends object>(name: string, documents: T): name is string & keyof T {
  return Object.hasOwn(documents, name);
}

function requireDistinct({
  runs = [],
  rows = [],
  events = [],
  requests = [],
}: Partial<History>): void {
  const keys = [
    ...runs.map((run) => `run ${run.run_id}`),
    ...rows.map((row) => `row ${row.run_id}/${row.task_id}/${row.attempt ?? 1}`),
    ...events.map((event) => `event ${event.event_id}`),
    ...requests.map((request) => `request ${request.run_id}/${request.approval_id}`),
  ];
  const repeated = keys.find((key, position) => keys.indexOf(key) !== position);
  if (repeated !== undefined) throw new Error(`two records for ${repeated}`);
}

/** The same by whole lists, as `PortfolioRecord` says it. */
export function toPortfolioRecord<T extends Tally>(
  { runs, rows, events, requests, snapshots }: History,
  { instant, since, missions, isMeasured, openTally }: PortfolioQuery<T>,
): PortfolioRecord<T> {
  const isStarted = (run: MissionRun) => toMs(run.start_time) <= instant;
  const hasEnded = (run: MissionRun) => endOf(run) <= instant;
  const withRows = (run: MissionRun) => ({
    run,
    rows: rows.filter((row) => row.run_id === run.run_id),
  });
  const started = runs.filter(isStarted);
  const recent = openTally();
  for (const run of started
    .filter((each) => hasEnded(each) && endOf(each) > since)
    .toSorted((a, b) => endOf(a) - endOf(b))) {
    recent.add(withRows(run));
  }
  const ids = [...new Set([...missions, ...started.map((run) => run.mission_id)])];
  const isWaiting = ({ run_id }: { readonly run_id: string }) =>
    runs.some(
      (run) =>
        run.run_id === run_id &&
        (!isEnded(run) ||
          (run.end_time !== undefined && (endOf(run) > instant || run.status === "completed"))),
    );
  return {
    missions: new Map(
      ids.map((id) => {
        const own = started.filter((run) => run.mission_id === id);
        const [latest] = own
          .filter((run) => hasEnded(run) && missions.includes(id) && isMeasured(run))
          .toSorted((a, b) => endOf(b) - endOf(a) || (a.run_id < b.run_id ? 1 : -1));
        const measured = latest === undefined ? undefined : withRows(latest);
        return [
          id,
          {
            started: own.length,
            active: own.filter((run) => !hasEnded(run)).length,
            completed: own.filter((run) => hasEnded(run) && run.status === "completed").length,
            measured,
          },
        ];
      }),
    ),
    recent,
    events: events
      .filter(({ status, detected_at, closed_at }) => {
        const mayBeOpen = status === "open" || closed_at === undefined || toMs(closed_at) > instant;
        return mayBeOpen && toMs(detected_at) <= instant;
      })
      .map((event) => {
        const [next] = runs
          .filter((run) => run.mission_id === event.mission_id && run.run_id !== event.run_id)
          .filter((run) => run.status === "completed" && endOf(run) > toMs(event.detected_at))
          .toSorted((a, b) => endOf(a) - endOf(b));
        const isVague = event.status === "closed" && event.closed_at === undefined;
        return {
          event,
          next_completion: isVague ? (next?.end_time ?? next?.start_time) : undefined,
        };
      }),
    detected: events.filter(
      ({ detected_at }) => toMs(detected_at) > since && toMs(detected_at) <= instant,
    ),
    requests: requests
      .filter(isWaiting)
      .filter(
        ({ approval_request_time, status, decided_at }) =>
          toMs(approval_request_time) <= instant &&
          (status === "pending" || (decided_at !== undefined && toMs(decided_at) > instant)),
      ),
    archived_until: undefined,
    snapshots,
  };
}

/** An ended run without an end has ended when it started; one that goes on, never. */
function endOf(run: MissionRun): number {
  if (run.end_time !== undefined) return toMs(run.end_time);
  return isEnded(run) ? toMs(run.start_time) : Infinity;
}
