/**
 * The outbox: every change in order, chained by hashes, so that what was taken out or changed later
 * can be found: docs/decisions/2026-11-25-chained-outbox.md.
 */

import { hashEvent } from "../model/outbox-chain.ts";
import { type OutboxEvent, outboxEventSchema } from "../model/outbox-event.ts";
import type { SqlDatabase, SqlRow } from "./sqlite-driver.ts";
import { numberOf, textOf } from "./sqlite-tables.ts";

/** Something that happened, before it has its place. */
export type Happening = Pick<OutboxEvent, "event" | "run_id"> &
  Partial<Pick<OutboxEvent, "subject" | "seal">>;

export interface Outbox {
  /** Adds an event; belongs into a command. */
  readonly add: (happening: Happening) => void;
  readonly read: (after: number, limit: number) => readonly OutboxEvent[];
  /** True when something happened here after an event. */
  readonly hasNews: (after: number) => boolean;
  /** True when a run has ended here. */
  readonly hasEnded: (runId: string) => boolean;
  /** Number and hash of the last event; 0 and an empty hash when there is none. */
  readonly head: () => { readonly number: number; readonly hash: string };
}

export function openOutbox(
  database: SqlDatabase,
  { now, hash }: { now: () => string; hash: (text: string) => string },
): Outbox {
  const last = database.prepare("SELECT number, hash FROM outbox ORDER BY number DESC LIMIT 1");
  const insert = database.prepare(
    "INSERT INTO outbox (number, event, run_id, subject, at, seal, hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
  );
  const after = database.prepare("SELECT * FROM outbox WHERE number > ? ORDER BY number LIMIT ?");

  const news = database.prepare(
    "SELECT 1 FROM outbox WHERE number > ? AND event NOT IN ('run-imported', 'run-arrived') LIMIT 1",
  );
  const end = database.prepare(
    "SELECT 1 FROM outbox WHERE run_id = ? AND event = 'run-ended' LIMIT 1",
  );

  const head = () => {
    const row = last.get();
    return { number: numberOf(row, "number"), hash: textOf(row, "hash") ?? "" };
  };
  return {
    add({ event, run_id, subject = "", seal = "" }) {
      const before = head();
      const entry = { number: before.number + 1, event, run_id, subject, at: now(), seal };
      const chained = hashEvent(entry, before.hash, hash);
      insert.run(entry.number, event, run_id, subject, entry.at, seal, chained);
    },
    hasNews: (number) => news.get(number) !== undefined,
    hasEnded: (runId) => end.get(runId) !== undefined,
    read: (number, limit) => after.all(number, limit).map(toEvent),
    head,
  };
}

function toEvent(row: SqlRow): OutboxEvent {
  return outboxEventSchema.parse({ ...row });
}
