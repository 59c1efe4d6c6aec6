/** Where threads stand, as bytes: what LangGraph's checkpoints are kept in, beside the telemetry. */

import type { SqlDatabase, SqlRow } from "./sqlite-driver.ts";

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

export function openCheckpointTables(
  database: SqlDatabase,
  write: <T>(command: () => T) => Promise<T>,
): CheckpointTables {
  const insert = database.prepare(
    "INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const replaceWrite = database.prepare(
    "INSERT OR REPLACE INTO checkpoint_writes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const addWrite = database.prepare(
    "INSERT OR IGNORE INTO checkpoint_writes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const one = database.prepare(
    "SELECT 1 FROM checkpoints WHERE thread_id = ? AND namespace = ? AND checkpoint_id = ?",
  );
  const newest = database.prepare(
    "SELECT * FROM checkpoints WHERE thread_id = ? AND namespace = ? ORDER BY checkpoint_id DESC",
  );
  const byId = database.prepare(
    "SELECT * FROM checkpoints WHERE thread_id = ? AND namespace = ? AND checkpoint_id = ?",
  );
  const any = database.prepare(
    `SELECT * FROM checkpoints WHERE (?1 IS NULL OR thread_id = ?1) AND (?2 IS NULL OR namespace = ?2)
    AND (?3 IS NULL OR checkpoint_id = ?3) AND (?4 IS NULL OR checkpoint_id < ?4) ORDER BY checkpoint_id DESC`,
  );
  const writes = database.prepare(
    `SELECT * FROM checkpoint_writes WHERE thread_id = ? AND namespace = ? AND checkpoint_id = ?
    ORDER BY path, task_id, idx`,
  );
  const forgetCheckpoints = database.prepare("DELETE FROM checkpoints WHERE thread_id = ?");
  const forgetWrites = database.prepare("DELETE FROM checkpoint_writes WHERE thread_id = ?");
  const forgetOlder = ["checkpoints", "checkpoint_writes"].map((table) =>
    database.prepare(
      `DELETE FROM ${table} WHERE thread_id = ? AND namespace = ? AND checkpoint_id < ?`,
    ),
  );

  function putAll(
    { thread_id, namespace, checkpoint_id }: CheckpointKey,
    given: readonly StoredWrite[],
  ): void {
    for (const { task_id, idx, path, channel, value, replaces } of given) {
      const statement = replaces ? replaceWrite : addWrite;
      const place = [thread_id, namespace, checkpoint_id, task_id, idx] as const;
      statement.run(...place, path, channel, value.type, value.bytes);
    }
  }

  function put(checkpoint: StoredCheckpoint, given: readonly StoredWrite[]): void {
    const { thread_id, namespace, checkpoint_id, parent_id, metadata } = checkpoint;
    const { type, bytes } = checkpoint.checkpoint;
    const place = [thread_id, namespace, checkpoint_id, parent_id ?? null] as const;
    insert.run(...place, type, bytes, metadata.type, metadata.bytes);
    putAll(checkpoint, given);
  }

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
      write(() => {
        const { thread_id, namespace, checkpoint_id } = checkpoint;
        put(checkpoint, given);
        for (const statement of forgetOlder) statement.run(thread_id, namespace, checkpoint_id);
      }),
    putWrites: (checkpoint, given) => write(() => putAll(checkpoint, given)),
    has: ({ thread_id, namespace, checkpoint_id }) =>
      one.get(thread_id, namespace, checkpoint_id) !== undefined,
    forget: (threadId) =>
      write(() => {
        forgetCheckpoints.run(threadId);
        forgetWrites.run(threadId);
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
