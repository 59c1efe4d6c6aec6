/** Where threads stand, as bytes: what LangGraph's checkpoints are kept in, beside the telemetry. */

import { type Sql, type SqlRow, sql } from "../sql.ts";
import type { SqlDatabase } from "./driver.ts";

/** A value as LangGraph's serializer has made it. */
export interface Typed {
  readonly type: string;
  readonly bytes: Uint8Array;
}

export interface CheckpointKey {
  readonly thread_id: string;
  readonly namespace: string;
  readonly checkpoint_id: string;
}

export interface StoredCheckpoint extends CheckpointKey {
  readonly parent_id: string | undefined;
  readonly checkpoint: Typed;
  readonly metadata: Typed;
}

export interface StoredWrite {
  readonly task_id: string;
  readonly idx: number;
  readonly path: string;
  readonly channel: string;
  readonly value: Typed;
  /** Replaces one with the same place; else the one that is there stays. */
  readonly replaces: boolean;
}

export interface CheckpointQuery {
  readonly thread_id?: string | undefined;
  readonly namespace?: string | undefined;
  readonly checkpoint_id?: string | undefined;
  /** Only checkpoints before this one. */
  readonly before?: string | undefined;
}

/** The checkpoints of threads. Commands share the transaction of their turn with the telemetry. */
export interface CheckpointTables {
  /** Newest first. */
  readonly find: (query: CheckpointQuery) => Iterable<StoredCheckpoint>;
  /** In the order of path, task and index. */
  readonly writesOf: (checkpoint: CheckpointKey) => readonly StoredWrite[];
  /** Keeps a checkpoint, with the writes that came before it. */
  readonly put: (checkpoint: StoredCheckpoint, writes: readonly StoredWrite[]) => Promise<void>;
  /** As {@link put}, and forgets what came before it on the thread. */
  readonly replace: (checkpoint: StoredCheckpoint, writes: readonly StoredWrite[]) => Promise<void>;
  readonly putWrites: (checkpoint: CheckpointKey, writes: readonly StoredWrite[]) => Promise<void>;
  readonly has: (checkpoint: CheckpointKey) => boolean;
  readonly forget: (threadId: string) => Promise<void>;
}

const INSERT = sql(`INSERT OR REPLACE INTO checkpoints VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`);
const REPLACE_WRITE = sql(
  "INSERT OR REPLACE INTO checkpoint_writes VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
);
const ADD_WRITE = sql(
  "INSERT OR IGNORE INTO checkpoint_writes VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
);
const FORGET = ["checkpoints", "checkpoint_writes"].map((table) =>
  sql(`DELETE FROM ${table} WHERE thread_id = $1`),
);
const FORGET_OLDER = ["checkpoints", "checkpoint_writes"].map((table) =>
  sql(`DELETE FROM ${table} WHERE thread_id = $1 AND namespace = $2 AND checkpoint_id < $3`),
);

export function openCheckpointTables(
  database: SqlDatabase,
  write: <T>(command: () => Sql<T>) => Promise<T>,
): CheckpointTables {
  const one = database.prepare(
    "SELECT 1 FROM checkpoints WHERE thread_id = $1 AND namespace = $2 AND checkpoint_id = $3",
  );
  const newest = database.prepare(
    "SELECT * FROM checkpoints WHERE thread_id = $1 AND namespace = $2 ORDER BY checkpoint_id DESC",
  );
  const byId = database.prepare(
    "SELECT * FROM checkpoints WHERE thread_id = $1 AND namespace = $2 AND checkpoint_id = $3",
  );
  const any = database.prepare(
    `SELECT * FROM checkpoints WHERE ($1 IS NULL OR thread_id = $1) AND ($2 IS NULL OR namespace = $2)
    AND ($3 IS NULL OR checkpoint_id = $3) AND ($4 IS NULL OR checkpoint_id < $4) ORDER BY checkpoint_id DESC`,
  );
  const writes = database.prepare(
    `SELECT * FROM checkpoint_writes WHERE thread_id = $1 AND namespace = $2 AND checkpoint_id = $3
    ORDER BY path, task_id, idx`,
  );

  return {
    find({ thread_id, namespace, checkpoint_id, before }) {
      const isExact = thread_id !== undefined && namespace !== undefined && before === undefined;
      if (isExact && checkpoint_id !== undefined) {
        return mapRows(byId.iterate(thread_id, namespace, checkpoint_id), toCheckpoint);
      }
      if (isExact) return mapRows(newest.iterate(thread_id, namespace), toCheckpoint);
      const given = [thread_id, namespace, checkpoint_id, before].map((value) => value ?? null);
      return any.all(...given).map(toCheckpoint);
    },
    writesOf: ({ thread_id, namespace, checkpoint_id }) =>
      writes.all(thread_id, namespace, checkpoint_id).map(toWrite),
    put: (checkpoint, given) => write(() => put(checkpoint, given)),
    replace: (checkpoint, given) =>
      write(function* replace() {
        const { thread_id, namespace, checkpoint_id } = checkpoint;
        yield* put(checkpoint, given);
        for (const older of FORGET_OLDER) yield* older.run(thread_id, namespace, checkpoint_id);
      }),
    putWrites: (checkpoint, given) => write(() => putAll(checkpoint, given)),
    has: ({ thread_id, namespace, checkpoint_id }) =>
      one.get(thread_id, namespace, checkpoint_id) !== undefined,
    forget: (threadId) =>
      write(function* forget() {
        for (const statement of FORGET) yield* statement.run(threadId);
      }),
  };
}

function* mapRows<T>(rows: Iterable<SqlRow>, map: (row: SqlRow) => T): Generator<T, void> {
  for (const row of rows) yield map(row);
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
  yield* INSERT.run(...place, type, bytes, metadata.type, metadata.bytes);
  yield* putAll(checkpoint, given);
}
