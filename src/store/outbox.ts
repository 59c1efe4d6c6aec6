/**
 * The outbox: every change in order, chained by hashes, so that what was taken out or changed later
 * can be found: docs/decisions/2026-11-25-chained-outbox.md.
 */

import { MissionError } from "../errors.ts";
import { hashEvent } from "../model/outbox-chain.ts";
import { type OutboxEvent, outboxEventSchema } from "../model/outbox-event.ts";
import { instantSchema } from "../model/primitives.ts";
import { type Sql, type SqlRow, numberOf, sql, textOf } from "./sql.ts";

/** Something that happened, before it has its place. */
export type Happening = Pick<OutboxEvent, "event" | "run_id"> &
  Partial<Pick<OutboxEvent, "subject" | "seal">>;

export interface Outbox {
  /** Adds an event; belongs into a command. */
  readonly add: (happening: Happening) => Sql<void>;
  readonly read: (after: number, limit: number) => Sql<readonly OutboxEvent[]>;
  /** True when something happened here after an event. */
  readonly hasNews: (after: number) => Sql<boolean>;
  /** True when a run has ended here. */
  readonly hasEnded: (runId: string) => Sql<boolean>;
  /** Number and hash of the last event; 0 and an empty hash when there is none. */
  readonly head: () => Sql<Head>;
  /** The last event may be another than was remembered. */
  readonly forget: () => void;
}

interface Head {
  readonly number: number;
  readonly hash: string;
}

const LAST = sql("SELECT number, hash FROM outbox ORDER BY number DESC LIMIT 1");
const INSERT = sql(
  "INSERT INTO outbox (number, event, run_id, subject, at, seal, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)",
);
const AFTER = sql("SELECT * FROM outbox WHERE number > $1 ORDER BY number LIMIT $2");
const NEWS = sql(
  "SELECT 1 FROM outbox WHERE number > $1 AND event NOT IN ('run-imported', 'run-arrived') LIMIT 1",
);
const END = sql("SELECT 1 FROM outbox WHERE run_id = $1 AND event = 'run-ended' LIMIT 1");

export function openOutbox({
  now,
  hash,
}: {
  now: () => string;
  hash: (text: string) => string;
}): Outbox {
  let remembered: Head | undefined;
  return {
    *add({ event, run_id, subject = "", seal = "" }) {
      const before = remembered ?? (yield* head());
      const at = now();
      if (!instantSchema.safeParse(at).success) {
        throw new MissionError("BAD_INPUT", `The clock says ${at}, which no record can hold.`);
      }
      const entry = { number: before.number + 1, event, run_id, subject, at, seal };
      const chained = hashEvent(entry, before.hash, hash);
      yield* INSERT.run(entry.number, event, run_id, subject, entry.at, seal, chained);
      remembered = { number: entry.number, hash: chained };
    },
    *hasNews(number) {
      return (yield* NEWS.get(number)) !== undefined;
    },
    *hasEnded(runId) {
      return (yield* END.get(runId)) !== undefined;
    },
    *read(number, limit) {
      return (yield* AFTER.all(number, limit)).map(toEvent);
    },
    head,
    forget() {
      remembered = undefined;
    },
  };
}

/** One that nobody wrote here is told as such: the chain breaks at it, and an audit goes on. */
function toEvent(row: SqlRow): OutboxEvent {
  return (
    outboxEventSchema.safeParse(row).data ?? { ...UNREADABLE, number: numberOf(row, "number") }
  );
}

const UNREADABLE: Omit<OutboxEvent, "number"> = {
  event: "unreadable",
  run_id: "",
  subject: "",
  at: "1970-01-01T00:00:00Z",
  seal: "",
  hash: "",
};

function* head(): Sql<Head> {
  const row = yield* LAST.get();
  return { number: numberOf(row, "number"), hash: textOf(row, "hash") ?? "" };
}
