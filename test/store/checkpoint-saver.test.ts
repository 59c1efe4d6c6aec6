/** LangGraph's own demands on whoever keeps its checkpoints, and ours. */

import { emptyCheckpoint } from "@langchain/langgraph-checkpoint";
import { validate } from "@langchain/langgraph-checkpoint-validation";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import { CheckpointSaver } from "../../graph/checkpoint-saver.ts";
import { sha256 } from "../../src/app/system.ts";
import { openMemoryStore } from "../../src/store/sqlite/sqlite-store.ts";
import type { WholeStore } from "../../src/store/store.ts";
import { type PostgresServer, openPostgresAt, startPostgres } from "../support/postgres-server.ts";

const world = { now: () => "2026-03-01T09:00:00Z", hash: sha256 };

/** LangGraph's own savers for memory and SQLite keep whole checkpoints too, and are excused from it. */
const EXCUSED = "should only store channel_values that have changed (based on newVersions)";
const excusing = new Proxy(it, {
  apply: (target, self, given: Parameters<typeof it>) =>
    Reflect.apply(given[0] === EXCUSED ? it.skip : target, self, given),
});

// The suite looks for its test functions where Jest has them.
const functions = { afterAll, afterEach, beforeAll, beforeEach, describe, expect };
for (const [name, value] of Object.entries(functions)) vi.stubGlobal(name, value);
vi.stubGlobal("it", excusing);
afterAll(() => vi.unstubAllGlobals());

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

const opened: WholeStore[] = [];
validate({
  checkpointerName: "CheckpointSaver on Postgres",
  async createCheckpointer() {
    const store = await openPostgresAt(await server.aDatabase());
    opened.push(store);
    return new CheckpointSaver(store.checkpoints, { keepsHistory: true });
  },
  async destroyCheckpointer() {
    await Promise.all(opened.splice(0).map((store) => store.close()));
  },
});

validate({
  checkpointerName: "CheckpointSaver",
  createCheckpointer: () =>
    new CheckpointSaver(openMemoryStore(world).checkpoints, { keepsHistory: true }),
});

describe("CheckpointSaver with durability exit", () => {
  const thread = (checkpoint_id?: string) => ({
    configurable: { thread_id: "R1", checkpoint_ns: "", checkpoint_id },
  });
  const metadata = { source: "loop", step: 1, parents: {} } as const;
  const savers = () => {
    const { checkpoints } = openMemoryStore(world);
    const open = () => new CheckpointSaver(checkpoints, { keepsHistory: false });
    return { saver: open(), other: open() };
  };

  it("commits writes that come before their checkpoint together with it", async () => {
    const { saver, other } = savers();
    const checkpoint = emptyCheckpoint();
    await saver.putWrites(thread(checkpoint.id), [["plan_tasks", ["T1"]]], "task");
    expect(await other.getTuple(thread(checkpoint.id))).toBeUndefined();

    await saver.put(thread(), checkpoint, metadata);

    const tuple = await other.getTuple(thread());
    expect(tuple?.checkpoint.id).toBe(checkpoint.id);
    expect(tuple?.pendingWrites).toEqual([["task", "plan_tasks", ["T1"]]]);
  });

  it.each(Array.from({ length: 12 }, (_, turns) => turns))(
    "keeps writes that come %i turns after their checkpoint has set out",
    async (turns) => {
      const { saver, other } = savers();
      const checkpoint = emptyCheckpoint();

      const put = saver.put(thread(), checkpoint, metadata);
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      await saver.putWrites(thread(checkpoint.id), [["plan_tasks", ["T1"]]], "task");
      await put;

      const tuple = await other.getTuple(thread());
      expect(tuple?.pendingWrites).toEqual([["task", "plan_tasks", ["T1"]]]);
    },
  );

  it("forgets writes whose checkpoint was never saved", async () => {
    const { saver, other } = savers();
    const [lost, kept] = [emptyCheckpoint(), emptyCheckpoint()];
    await saver.putWrites(thread(lost.id), [["plan_tasks", ["T1"]]], "task");
    await saver.put(thread(), kept, metadata);
    await saver.put(thread(kept.id), lost, metadata);

    expect((await other.getTuple(thread(lost.id)))?.pendingWrites).toEqual([]);
  });

  it("keeps of each thread the newest checkpoint alone", async () => {
    const { saver, other } = savers();
    const [first, second] = [emptyCheckpoint(), emptyCheckpoint()];
    await saver.put(thread(), first, metadata);
    await saver.putWrites(thread(first.id), [["plan_tasks", ["T1"]]], "task");
    await saver.put(thread(first.id), second, metadata);

    const left: string[] = [];
    for await (const { checkpoint } of other.list({ configurable: { thread_id: "R1" } })) {
      left.push(checkpoint.id);
    }
    expect(left).toEqual([second.id]);
    expect(await other.getTuple(thread(first.id))).toBeUndefined();
  });
});
