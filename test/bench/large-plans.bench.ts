/** A thousand tasks, beside a bare `Send` loop that carries the same result per task. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { END, START, Send, StateGraph, StateSchema } from "@langchain/langgraph";
import { ReducedValue } from "@langchain/langgraph";
import { z } from "zod";

import { openMissionControl } from "../../src/index.ts";
import { findMissionFaults } from "../../src/planning/mission-faults.ts";
import { openDatabase } from "../../src/store/sqlite/driver.ts";
import { aPlan, aReference, anAgent } from "../support/builders.ts";
import { writeWorkspace } from "../support/write-workspace.ts";
import { openBareSaver } from "./bare-saver.ts";
import { report, timed } from "./measure.ts";

/** As large as the result that our tasks leave in the state. */
const RESULT = {
  outcome: "completed",
  output: { summary: "x".repeat(60) },
  ended_at: "2026-11-22T12:00:00Z",
};

function layers(depth: number, width: number) {
  const dependencies: Record<string, string[]> = {};
  for (let layer = 0; layer < depth; layer += 1) {
    for (let place = 0; place < width; place += 1) {
      dependencies[`T${layer}_${place}`] = layer === 0 ? [] : [`T${layer - 1}_${place}`];
    }
  }
  const order = (id: string) => Number(/T(\d+)_/.exec(id)?.[1]) + 1;
  const fields = Object.fromEntries(
    Object.keys(dependencies).map((id) => [id, { order: order(id) }]),
  );
  return aPlan(dependencies, fields);
}

/** Milliseconds for our run, and the size of its checkpoints in MB. */
async function ours(tasks: ReturnType<typeof layers>): Promise<{ ms: number; megabytes: number }> {
  const folder = await mkdtemp(join(tmpdir(), "mission-control-bench-"));
  writeWorkspace(folder, aReference(tasks, [anAgent()]));
  const control = await openMissionControl({
    workspace: folder,
    policy: { execution: { max_concurrency: null } },
  });
  const ms = await timed(async () => {
    const { status } = await control.start({ mission_id: "M" });
    if (status !== "completed") throw new Error(status);
  });
  await control.close();
  const megabytes = sizeOfCheckpoints(join(folder, ".mission-control", "mission-control.sqlite"));
  await rm(folder, { recursive: true });
  return { ms, megabytes };
}

/** What is left in the database of its checkpoints, in MB. */
function sizeOfCheckpoints(path: string): number {
  const database = openDatabase(path);
  const sum = (sql: string) => Number(database.prepare(sql).get()?.["bytes"] ?? 0);
  const bytes =
    sum("SELECT sum(length(checkpoint) + length(metadata)) AS bytes FROM checkpoints") +
    sum("SELECT sum(length(value)) AS bytes FROM checkpoint_writes");
  database.close();
  return bytes / 1e6;
}

/** The usual way: waves of `Send`, each carrying its result into a reduced channel. */
async function sendLoop(tasks: ReturnType<typeof layers>): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "mission-control-bench-"));
  const saver = await openBareSaver(join(folder, "checkpoints.sqlite"));
  const results = z.record(z.string(), z.unknown());
  const state = new StateSchema({
    results: new ReducedValue(
      results.default(() => ({})),
      {
        inputSchema: results,
        reducer: (current, update) => ({ ...current, ...update }),
      },
    ),
  });
  const graph = new StateGraph({ state })
    .addNode("schedule", async () => ({}))
    .addNode(
      "exec",
      async ({ task_id }: { task_id: string }) => ({ results: { [task_id]: RESULT } }),
      {
        input: new StateSchema({ task_id: z.string() }),
      },
    )
    .addEdge(START, "schedule")
    .addConditionalEdges(
      "schedule",
      ({ results: done }) => {
        const ready = tasks.filter(
          (task) => !(task.task_id in done) && task.depends_on.every((id) => id in done),
        );
        return ready.length === 0 ? END : ready.map(({ task_id }) => new Send("exec", { task_id }));
      },
      ["exec", END],
    )
    .addEdge("exec", "schedule")
    .compile({ checkpointer: saver });
  const ms = await timed(() =>
    graph.invoke(
      {},
      { configurable: { thread_id: "bare" }, recursionLimit: 10_000, durability: "sync" },
    ),
  );
  saver.db.close();
  await rm(folder, { recursive: true });
  return ms;
}

const wide = layers(20, 50);
const [a, b] = [await sendLoop(wide), await ours(wide)];
const [c, d] = [await sendLoop(wide), await ours(wide)];
const bare = Math.min(a, c);
const own = Math.min(b.ms, d.ms);
report("1,000 tasks, 20 layers of 50", {
  "ours, ms": own,
  "bare Send loop, ms": bare,
  "ratio (at most 1.5)": own / bare,
});

const chain = layers(1000, 1);
const { ms, megabytes } = await ours(chain);
report("a chain of 1,000 tasks", { "ours, ms": ms, "checkpoints, MB (at most 6)": megabytes });

const huge = layers(100, 100);
const reference = aReference(huge);
const validation = await timed(async () => findMissionFaults("M", reference, () => true));
report("validating 10,000 tasks", { ms: validation });
