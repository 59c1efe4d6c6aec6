/** LangGraph's checkpoints in the store's own database, in the transaction of each turn. */

import type { RunnableConfig } from "@langchain/core/runnables";
import {
  BaseCheckpointSaver,
  type Checkpoint,
  type CheckpointListOptions,
  type CheckpointMetadata,
  type CheckpointTuple,
  type PendingWrite,
  TASKS,
  WRITES_IDX_MAP,
  copyCheckpoint,
  maxChannelVersion,
} from "@langchain/langgraph-checkpoint";

import { defined } from "../src/model/defined.ts";
import type {
  CheckpointKey,
  Checkpoints,
  StoredCheckpoint,
  StoredWrite,
  Typed,
} from "../src/store/checkpoints.ts";

/**
 * In `configurable`: this call begins the thread anew. Whoever goes on from the store has no use for what a checkpoint says,
 * and need not read it, nor wait in the graph until the last one is kept: what it has there is a {@link SaveListener}.
 * LangGraph keeps names that begin so out of what it records.
 */
export const FROM_STORE = "__mission_control_from_store";

/** Given the checkpoint that is being kept: it is for them to wait for it. */
export type SaveListener = (saved: Promise<void>) => void;

/** LangGraph demands a class here. */
export class CheckpointSaver extends BaseCheckpointSaver {
  private readonly tables: Checkpoints;
  private readonly keepsHistory: boolean;
  /**
   * Writes whose checkpoint is not there yet: with durability `exit` LangGraph saves them first, and
   * they are committed together with it.
   */
  private readonly early = new Map<
    string,
    { readonly key: CheckpointKey; readonly writes: readonly StoredWrite[] }
  >();

  /** Checkpoints under way, which take no more writes with them. */
  private readonly putting = new Map<string, Promise<void>>();

  /** @param options.keepsHistory false: of each thread only the last checkpoint is kept. */
  constructor(tables: Checkpoints, { keepsHistory }: { keepsHistory: boolean }) {
    super();
    this.tables = tables;
    this.keepsHistory = keepsHistory;
  }

  override async getTuple(config: RunnableConfig): Promise<CheckpointTuple | undefined> {
    const { thread_id, namespace = "", checkpoint_id } = placeOf(config);
    if (thread_id === undefined || listenerOf(config) !== undefined) return undefined;
    const [found] = await this.tables.find({ thread_id, namespace, checkpoint_id }, 1);
    return found === undefined ? undefined : this.toTuple(found);
  }

  override async *list(
    config: RunnableConfig,
    { limit = Infinity, before, filter = {} }: CheckpointListOptions = {},
  ): AsyncGenerator<CheckpointTuple> {
    const query = { ...placeOf(config), before: before && placeOf(before).checkpoint_id };
    const wanted = Object.entries(filter).filter(([, value]) => value !== undefined);
    let left = limit;
    for (const found of await this.tables.find(query)) {
      if (left <= 0) return;
      const tuple = await this.toTuple(found);
      const metadata = new Map<string, unknown>(Object.entries(tuple.metadata ?? {}));
      if (!wanted.every(([name, value]) => metadata.get(name) === value)) continue;
      left -= 1;
      yield tuple;
    }
  }

  override async put(
    config: RunnableConfig,
    checkpoint: Checkpoint,
    metadata: CheckpointMetadata,
  ): Promise<RunnableConfig> {
    const { thread_id, namespace = "", checkpoint_id: parent_id } = placeOf(config);
    if (thread_id === undefined) throw new Error("A checkpoint needs a thread_id.");
    const key = { thread_id, namespace, checkpoint_id: checkpoint.id };
    const stored = {
      parent_id,
      ...key,
      checkpoint: await this.dump(copyCheckpoint(checkpoint)),
      metadata: await this.dump(metadata),
    };
    const writes = this.earlyOf(key);
    // LangGraph saves nothing more for what came before on this thread.
    for (const [name, { key: other }] of this.early) {
      if (other.thread_id === thread_id && other.namespace === namespace) this.early.delete(name);
    }
    const saved = this.keepsHistory
      ? this.tables.put(stored, writes)
      : this.tables.replace(stored, writes);
    const name = nameOf(key);
    const over = () => void this.putting.delete(name);
    this.putting.set(name, saved.then(over, over));
    const listener = listenerOf(config);
    if (listener === undefined) await saved;
    else listener(saved);
    return toConfig(key);
  }

  override async putWrites(
    config: RunnableConfig,
    writes: PendingWrite[],
    taskId: string,
    taskPath = "",
  ): Promise<void> {
    const { thread_id, namespace = "", checkpoint_id } = placeOf(config);
    if (thread_id === undefined || checkpoint_id === undefined) {
      throw new Error("Writes need a thread_id and a checkpoint_id.");
    }
    const key = { thread_id, namespace, checkpoint_id };
    const replaces = writes.every(([channel]) => channel in WRITES_IDX_MAP);
    const stored = await Promise.all(
      writes.map(async ([channel, value], position) => ({
        task_id: taskId,
        idx: WRITES_IDX_MAP[channel] ?? position,
        path: taskPath,
        channel,
        value: await this.dump(value),
        replaces,
      })),
    );
    const name = nameOf(key);
    this.early.set(name, { key, writes: [...this.earlyOf(key), ...stored] });
    if (listenerOf(config) !== undefined) return;
    // With durability `async` it may be on its way, and have left without them.
    await this.putting.get(name);
    if (!(await this.tables.has(key))) return;
    this.early.delete(name);
    await this.tables.putWrites(key, stored);
  }

  override async deleteThread(threadId: string): Promise<void> {
    await this.tables.forget(threadId);
  }

  private earlyOf(key: CheckpointKey): readonly StoredWrite[] {
    return this.early.get(nameOf(key))?.writes ?? [];
  }

  private async dump(value: unknown): Promise<Typed> {
    const [type, bytes] = await this.serde.dumpsTyped(value);
    return { type, bytes };
  }

  private async load({ type, bytes }: Typed): Promise<unknown> {
    return this.serde.loadsTyped(type, bytes);
  }

  /** What was sent before an older checkpoint stands among the writes of its parent. */
  private async addSends(checkpoint: Checkpoint, parent: CheckpointKey): Promise<void> {
    const sends = (await this.tables.writesOf(parent)).filter(({ channel }) => channel === TASKS);
    const versions = Object.values(checkpoint.channel_versions);
    checkpoint.channel_values[TASKS] = await Promise.all(
      sends.map(({ value }) => this.load(value)),
    );
    checkpoint.channel_versions[TASKS] =
      versions.length > 0 ? maxChannelVersion(...versions) : this.getNextVersion(undefined);
  }

  private async toTuple(stored: StoredCheckpoint): Promise<CheckpointTuple> {
    const { thread_id, namespace, parent_id } = stored;
    const writes = await this.tables.writesOf(stored);
    const parent =
      parent_id === undefined
        ? undefined
        : toConfig({ thread_id, namespace, checkpoint_id: parent_id });
    const checkpoint: Checkpoint = await this.serde.loadsTyped(
      stored.checkpoint.type,
      stored.checkpoint.bytes,
    );
    if (checkpoint.v < SENDS_IN_CHANNELS && parent_id !== undefined) {
      await this.addSends(checkpoint, { thread_id, namespace, checkpoint_id: parent_id });
    }
    const metadata: CheckpointMetadata = await this.serde.loadsTyped(
      stored.metadata.type,
      stored.metadata.bytes,
    );
    return {
      config: toConfig(stored),
      checkpoint,
      metadata,
      pendingWrites: await Promise.all(
        writes.map(async ({ task_id, channel, value }) => {
          const loaded: unknown = await this.load(value);
          return [task_id, channel, loaded] satisfies [string, string, unknown];
        }),
      ),
      ...defined({ parentConfig: parent }),
    };
  }
}

/** Since this version of its checkpoints LangGraph keeps what was sent in a channel. */
const SENDS_IN_CHANNELS = 4;

function nameOf({ thread_id, namespace, checkpoint_id }: CheckpointKey): string {
  return JSON.stringify([thread_id, namespace, checkpoint_id]);
}

function toConfig({ thread_id, namespace, checkpoint_id }: CheckpointKey): RunnableConfig {
  return { configurable: { thread_id, checkpoint_ns: namespace, checkpoint_id } };
}

function listenerOf({ configurable = {} }: RunnableConfig): SaveListener | undefined {
  const listener: unknown = configurable[FROM_STORE];
  return typeof listener === "function" ? (saved) => void listener(saved) : undefined;
}

interface Place {
  readonly thread_id: string | undefined;
  readonly namespace: string | undefined;
  readonly checkpoint_id: string | undefined;
}

function placeOf({ configurable = {} }: RunnableConfig): Place {
  const text = (name: string): string | undefined => {
    const value: unknown = configurable[name];
    return typeof value === "string" ? value : undefined;
  };
  return {
    thread_id: text("thread_id"),
    namespace: text("checkpoint_ns"),
    checkpoint_id: text("checkpoint_id") || undefined,
  };
}
