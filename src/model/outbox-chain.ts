/**
 * The chain of a workspace's events: each has the hash of the one before it in its own. Who changes,
 * drops or moves one has to change all after it, and the head that somebody keeps elsewhere.
 */

import { canonicalJson } from "./canonical-json.ts";
import type { OutboxEvent } from "./outbox-event.ts";
import type { RunRecord } from "./run-record.ts";

type Hash = (text: string) => string;

export function hashEvent(event: Omit<OutboxEvent, "hash">, previous: string, hash: Hash): string {
  const { number, event: what, run_id, subject, at, seal } = event;
  return hash(canonicalJson([previous, number, what, run_id, subject, at, seal]));
}

/** What stands for all that is recorded of an ended run: nothing of it can change unnoticed. */
export function sealOf(
  {
    run,
    rows,
    requests,
    events,
  }: Readonly<Record<keyof Pick<RunRecord, "run" | "rows" | "requests" | "events">, unknown>>,
  hash: Hash,
): string {
  return hash(canonicalJson({ run, rows, requests, events }));
}
