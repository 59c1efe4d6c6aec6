/** Where threads stand, in the same database as the telemetry. */

import type {
  CheckpointKey,
  CheckpointQuery,
  Checkpoints,
  StoredCheckpoint,
  StoredWrite,
} from "../checkpoints.ts";
import type { Session } from "../session.ts";
import { type Sql, type SqlRow, sql } from "../sql.ts";

const NAMES = ["checkpoints", "checkpoint_writes"] as const;

const PUT =
  sql(`INSERT INTO checkpoints (thread_id, namespace, checkpoint_id, parent_id, type, checkpoint,
  metadata_type, metadata) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
  ON CONFLICT (thread_id, namespace, checkpoint_id) DO UPDATE SET parent_id = excluded.parent_id, type = excluded.type,
  checkpoint = excluded.checkpoint, metadata_type = excluded.metadata_type, metadata = excluded.metadata`);
const INSERT_WRITE = `INSERT INTO checkpoint_writes (thread_id, namespace, checkpoint_id, task_id, idx, path, channel,
  type, value) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (thread_id, namespace, checkpoint_id, task_id, idx)`;
const REPLACE_WRITE =
  sql(`${INSERT_WRITE} DO UPDATE SET path = excluded.path, channel = excluded.channel,
  type = excluded.type, value = excluded.value`);
const ADD_WRITE = sql(`${INSERT_WRITE} DO NOTHING`);
const FORGET = NAMES.map((table) => sql(`DELETE FROM ${table} WHERE thread_id = $1`));
/** By time their ids would be in order, were it not for clocks that step back. */
const FORGET_OTHERS = NAMES.map((table) =>
  sql(`DELETE FROM ${table} WHERE thread_id = $1 AND namespace = $2 AND checkpoint_id <> $3`),
);
const ONE = sql(
  "SELECT * FROM checkpoints WHERE thread_id = $1 AND namespace = $2 AND checkpoint_id = $3",
);
const IS_THERE = sql(
  "SELECT 1 AS one FROM checkpoints WHERE thread_id = $1 AND namespace = $2 AND checkpoint_id = $3",
);
const NEWEST = sql(
  "SELECT * FROM checkpoints WHERE thread_id = $1 AND namespace = $2 ORDER BY checkpoint_id DESC LIMIT $3",
);
const ANY =
  sql(`SELECT * FROM checkpoints WHERE ($1 = '' OR thread_id = $1) AND ($2 = 0 OR namespace = $3)
  AND ($4 = '' OR checkpoint_id = $4) AND ($5 = '' OR checkpoint_id < $5) ORDER BY checkpoint_id DESC LIMIT $6`);
const WRITES =
  sql(`SELECT * FROM checkpoint_writes WHERE thread_id = $1 AND namespace = $2 AND checkpoint_id = $3
  ORDER BY path, task_id, idx`);

/** A thread without a run is somebody else's. */
const ENDED = sql(`SELECT DISTINCT thread_id FROM checkpoints
  WHERE EXISTS (SELECT 1 FROM runs WHERE runs.thread_id = checkpoints.thread_id)
  AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.thread_id = checkpoints.thread_id AND end_ms IS NULL) LIMIT $1`);

const ALL = Number.MAX_SAFE_INTEGER;

export function createCheckpointCommands({
  ask,
  write,
}: Pick<Session, "ask" | "write">): Checkpoints {
  return {
    find: async (query, limit = ALL) => (await ask(() => find(query, limit))).map(toCheckpoint),
    writesOf: async ({ thread_id, namespace, checkpoint_id }) =>
      (await ask(() => WRITES.all(thread_id, namespace, checkpoint_id))).map(toWrite),
    put: (checkpoint, given) => write(undefined, () => put(checkpoint, given)),
    replace: (checkpoint, given) =>
      write(undefined, function* replace() {
        const { thread_id, namespace, checkpoint_id } = checkpoint;
        yield* put(checkpoint, given);
        for (const others of FORGET_OTHERS) yield* others.run(thread_id, namespace, checkpoint_id);
      }),
    putWrites: (checkpoint, given) => write(undefined, () => putAll(checkpoint, given)),
    has: async ({ thread_id, namespace, checkpoint_id }) =>
      (await ask(() => IS_THERE.get(thread_id, namespace, checkpoint_id))) !== undefined,
    forget: (threadId) => write(undefined, () => forget(threadId)),
    forgetEnded: (limit) =>
      write(undefined, function* forgetEnded() {
        const threads = yield* ENDED.all(limit);
        for (const row of threads) yield* forget(String(row["thread_id"]));
        return threads.length;
      }),
  };
}

function toCheckpoint(row: SqlRow): StoredCheckpoint {
  return {
    thread_id: String(row["thread_id"]),
    namespace: String(row["namespace"]),
    checkpoint_id: String(row["checkpoint_id"]),
    parent_id: typeof row["parent_id"] === "string" ? row["parent_id"] : undefined,
    checkpoint: { type: String(row["type"]), bytes: toBytes(row["checkpoint"]) },
    metadata: { type: String(row["metadata_type"]), bytes: toBytes(row["metadata"]) },
  };
}

function toWrite(row: SqlRow): StoredWrite {
  return {
    task_id: String(row["task_id"]),
    idx: Number(row["idx"]),
    path: String(row["path"]),
    channel: String(row["channel"]),
    value: { type: String(row["type"]), bytes: toBytes(row["value"]) },
    replaces: false,
  };
}

function toBytes(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array();
}

function* forget(threadId: string): Sql<void> {
  for (const statement of FORGET) yield* statement.run(threadId);
}

function* putAll(
  { thread_id, namespace, checkpoint_id }: CheckpointKey,
  given: readonly StoredWrite[],
): Sql<void> {
  for (const { task_id, idx, path, channel, value, replaces } of given) {
    const statement = replaces ? REPLACE_WRITE : ADD_WRITE;
    const place = [thread_id, namespace, checkpoint_id, task_id, idx] as const;
    yield* statement.run(...place, path, channel, value.type, value.bytes);
  }
}

function* put(checkpoint: StoredCheckpoint, given: readonly StoredWrite[]): Sql<void> {
  const { thread_id, namespace, checkpoint_id, parent_id, metadata } = checkpoint;
  const { type, bytes } = checkpoint.checkpoint;
  const place = [thread_id, namespace, checkpoint_id, parent_id ?? null] as const;
  yield* PUT.run(...place, type, bytes, metadata.type, metadata.bytes);
  yield* putAll(checkpoint, given);
}

function* find(
  { thread_id = "", namespace, checkpoint_id = "", before = "" }: CheckpointQuery,
  limit: number,
): Sql<readonly SqlRow[]> {
  // The usual questions have an index each; the general one looks at all.
  if (thread_id === "" || namespace === undefined || before !== "") {
    const given = [thread_id, Number(namespace !== undefined), namespace ?? ""] as const;
    return yield* ANY.all(...given, checkpoint_id, before, limit);
  }
  if (checkpoint_id === "") return yield* NEWEST.all(thread_id, namespace, limit);
  return yield* ONE.all(thread_id, namespace, checkpoint_id);
}
