/** Where threads stand, as bytes: what LangGraph's checkpoints are kept in, beside the telemetry. */

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

/** The checkpoints of threads, in the same database as the telemetry. */
export interface Checkpoints {
  /** Newest first. @param limit so many at most. */
  readonly find: (query: CheckpointQuery, limit?: number) => Promise<readonly StoredCheckpoint[]>;
  /** In the order of path, task and index. */
  readonly writesOf: (checkpoint: CheckpointKey) => Promise<readonly StoredWrite[]>;
  /** Keeps a checkpoint, with the writes that came before it. */
  readonly put: (checkpoint: StoredCheckpoint, writes: readonly StoredWrite[]) => Promise<void>;
  /** As {@link put}, and forgets all others of the thread. */
  readonly replace: (checkpoint: StoredCheckpoint, writes: readonly StoredWrite[]) => Promise<void>;
  readonly putWrites: (checkpoint: CheckpointKey, writes: readonly StoredWrite[]) => Promise<void>;
  readonly has: (checkpoint: CheckpointKey) => Promise<boolean>;
  readonly forget: (threadId: string) => Promise<void>;
  /** Forgets threads of runs that have all ended; returns how many, `limit` at most. */
  readonly forgetEnded: (limit: number) => Promise<number>;
}
