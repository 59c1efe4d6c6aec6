/**
 * The chain of what happened: an event that was changed, moved or taken out, a head that was moved back,
 * and the record of an ended run that is not what it was sealed as.
 */

import type { History } from "../../model/history.ts";
import { type MissionRun, isEnded } from "../../model/mission-runs.ts";
import { groupBy } from "../../model/order.ts";
import { hashEvent, sealOf } from "../../model/outbox-chain.ts";
import type { OutboxEvent } from "../../model/outbox-event.ts";
import { type Finding, aFinding } from "./finding.ts";

/** Events that stand for all that is recorded of a run. */
const SEALING: ReadonlySet<OutboxEvent["event"]> = new Set([
  "run-ended",
  "run-changed",
  "run-imported",
]);

type Hash = (text: string) => string;

/** Number and hash of an event, as `audit --head` prints them: `42:9f86…`. */
export function headOf(outbox: readonly OutboxEvent[]): string {
  const last = outbox.at(-1);
  return last === undefined ? "0:" : `${last.number}:${last.hash}`;
}

/** @param expectHead a head that was printed before and kept elsewhere. */
export function auditChain(
  outbox: readonly OutboxEvent[],
  { hash, expectHead }: { hash: Hash; expectHead?: string | undefined },
): readonly Finding[] {
  const found: Finding[] = [];
  let previous = "";
  for (const [position, event] of outbox.entries()) {
    const isNext = event.number === position + 1;
    if (!isNext || event.hash !== hashEvent(event, previous, hash)) {
      const what = isNext
        ? "it is not what was recorded"
        : "an event before it is missing or out of order";
      found.push(broken(String(event.number), what));
      break;
    }
    previous = event.hash;
  }
  if (expectHead === undefined) return found;
  const [number = "", expected] = expectHead.split(":");
  const kept = number === "0" ? "" : outbox[Number(number) - 1]?.hash;
  if (kept !== expected) {
    found.push(broken(number, "it is not what it was when its head was kept elsewhere"));
  }
  return found;
}

/** Runs whose last event says that they have left for an archive, each with the seal that it left with. */
function listArchived(outbox: readonly OutboxEvent[]): ReadonlyMap<string, string> {
  const archived = new Map<string, string>();
  for (const { event, run_id, seal } of outbox) {
    if (event === "run-archived") archived.set(run_id, seal);
    else archived.delete(run_id);
  }
  return archived;
}

/** Runs that came back from an archive as others than they had left. */
function listReturnedOtherwise(outbox: readonly OutboxEvent[]): readonly string[] {
  const left = new Map<string, string>();
  const otherwise = new Set<string>();
  for (const { event, run_id, seal } of outbox) {
    if (event === "run-archived") left.set(run_id, seal);
    else if (SEALING.has(event)) {
      if (left.has(run_id) && left.get(run_id) !== seal) otherwise.add(run_id);
      left.delete(run_id);
    }
  }
  return [...otherwise];
}

/** Runs that are recorded just as they were imported, as far as their last event says. */
export function listAsImported(outbox: readonly OutboxEvent[]): ReadonlySet<string> {
  const imported = new Set<string>();
  for (const { event, run_id } of outbox) {
    if (event === "run-imported") imported.add(run_id);
    // From then on its figures are ours. A KPI that arrives late leaves them as they were.
    if (event === "run-reopened") imported.delete(run_id);
  }
  return imported;
}

/**
 * Each ended run against its last seal, and each decision against the event that announced it.
 *
 * @param unannounced runs that were opened here and of which no event says so.
 */
export function auditSeals(
  { runs, rows, requests, events }: History,
  outbox: readonly OutboxEvent[],
  { hash, unannounced }: { hash: Hash; unannounced: ReadonlySet<MissionRun> },
): readonly Finding[] {
  const rowsOf = groupBy(rows, (row) => row.run_id);
  const requestsOf = groupBy(requests, (request) => request.run_id);
  const eventsOf = groupBy(events, (event) => event.run_id);
  const seals = new Map<string, string>();
  const opened = new Set<string>();
  const decided = new Map<string, string>();
  for (const { event, run_id, subject, seal } of outbox) {
    if (event === "run-opened") opened.add(run_id);
    if (SEALING.has(event)) seals.set(run_id, seal);
    if (event === "run-reopened") seals.delete(run_id);
    if (event === "approval-decided") decided.set(`${run_id}/${subject}`, seal);
  }
  const known = new Set(runs.map((run) => run.run_id));
  const archived = listArchived(outbox);
  for (const [runId, seal] of archived) {
    if (known.has(runId)) seals.set(runId, seal);
  }
  const gone = [...opened].filter((runId) => !known.has(runId) && !archived.has(runId));
  const before = runs.filter((run) => isEnded(run) && !seals.has(run.run_id));
  const imported = runs.filter(
    (run) => isEnded(run) && !opened.has(run.run_id) && !unannounced.has(run),
  );
  return [
    ...[...unannounced].map(({ run_id }) =>
      broken(run_id, "it was opened here, and no event says so"),
    ),
    ...gone.map((runId) => changed("mission_runs", runId, "it was opened here and is gone")),
    ...before
      .filter((run) => opened.has(run.run_id))
      .map((run) => changed("mission_runs", run.run_id, "it ended here without its seal")),
    ...runs.flatMap((run) => {
      const { run_id } = run;
      const seal = seals.get(run_id);
      if (seal === undefined) return [];
      const own = {
        run,
        rows: rowsOf.get(run_id) ?? [],
        requests: requestsOf.get(run_id) ?? [],
        events: eventsOf.get(run_id) ?? [],
      };
      if (sealOf(own, hash) === seal) return [];
      const what = "it, or one of its rows, requests or risk events, is not what was recorded";
      return [changed("mission_runs", run_id, what)];
    }),
    ...requests.flatMap(({ run_id, approval_id, decision_hash = "" }) => {
      const seal = decided.get(`${run_id}/${approval_id}`);
      decided.delete(`${run_id}/${approval_id}`);
      return seal === undefined || seal === decision_hash
        ? []
        : [changed("approval_requests", approval_id, "it is not what was decided")];
    }),
    ...listReturnedOtherwise(outbox).map((runId) =>
      changed("mission_runs", runId, "it came back from an archive as another than had left"),
    ),
    ...[...decided.keys()]
      .filter((key) => !archived.has(key.slice(0, key.indexOf("/"))))
      .map((key) =>
        changed("approval_requests", key.slice(key.indexOf("/") + 1), "it was decided and is gone"),
      ),
    ...(imported.length === 0
      ? []
      : [
          aFinding(
            { code: "BEFORE_THE_CHAIN", severity: "info", document: "mission_runs", record: "" },
            `${imported.length} runs were imported: what was changed in them before cannot be found`,
          ),
        ]),
  ];
}

function broken(record: string, what: string): Finding {
  return aFinding({ code: "CHAIN_BROKEN", severity: "error", document: "outbox", record }, what);
}

function changed(document: string, record: string, what: string): Finding {
  return aFinding({ code: "RECORD_CHANGED", severity: "error", document, record }, what);
}
