/** Real timers: how close the schedule comes to the best there is. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { END, MemorySaver, START, Send, StateGraph, StateSchema } from "@langchain/langgraph";
import { z } from "zod";

import { openMissionControl } from "../../src/index.ts";
import type { PlanTask } from "../../src/model/decomposed-mission-tasks.ts";
import { longestPathMinutes } from "../../src/planning/remaining-work.ts";
import { aPlan, aReference, anAgent } from "../support/builders.ts";
import { writeWorkspace } from "../support/write-workspace.ts";
import { report, timed } from "./measure.ts";

const TASKS = 200;
const LIMIT = 8;

/** The same numbers each time (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A task takes so many times less than it is estimated: estimates begin at 0.01 minutes. */
const SHORTER = 100;

/** Tasks of 0.2 to 2 s that depend on up to three earlier ones. The estimates are to scale. */
function randomPlan(): PlanTask[] {
  const random = createRandom(7);
  const dependencies: Record<string, string[]> = {};
  const fields: Record<string, Partial<PlanTask>> = {};
  for (let number = 0; number < TASKS; number += 1) {
    const id = `T${number}`;
    const count = number === 0 ? 0 : Math.floor(random() * 4);
    const near = () => `T${Math.max(0, number - 1 - Math.floor(random() * 40))}`;
    dependencies[id] = [...new Set(Array.from({ length: count }, near))];
    fields[id] = { estimated_duration_minutes: ((0.2 + 1.8 * random()) / 60) * SHORTER };
  }
  return aPlan(dependencies, fields);
}

const seconds = (task: PlanTask) => (task.estimated_duration_minutes * 60) / SHORTER;

/** Milliseconds of a greedy list schedule: whenever a place is free, the ready task with the longest path after it. */
function greedySchedule(tasks: readonly PlanTask[], limit: number): number {
  const urgency = longestPathMinutes(tasks);
  const ends = new Map<string, number>();
  const running: { id: string; end: number }[] = [];
  const waiting = new Set(tasks);
  let now = 0;
  while (waiting.size > 0 || running.length > 0) {
    const ready = [...waiting]
      .filter((task) => task.depends_on.every((id) => (ends.get(id) ?? Infinity) <= now))
      .toSorted((a, b) => (urgency.get(b.task_id) ?? 0) - (urgency.get(a.task_id) ?? 0));
    for (const task of ready.slice(0, limit - running.length)) {
      waiting.delete(task);
      running.push({ id: task.task_id, end: now + seconds(task) });
    }
    const next = running.toSorted((a, b) => a.end - b.end)[0];
    if (next === undefined) break;
    now = next.end;
    ends.set(next.id, next.end);
    running.splice(running.indexOf(next), 1);
  }
  return now * 1000;
}

async function ours(tasks: readonly PlanTask[], limit: number | null): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "mission-control-bench-"));
  writeWorkspace(folder, aReference(tasks, [anAgent()]));
  const control = await openMissionControl({
    workspace: folder,
    policy: { execution: { max_concurrency: limit } },
    runtimes: {
      A1: async ({ task }) => {
        await delay(seconds(task) * 1000);
        return { output: "done" };
      },
    },
  });
  const ms = await timed(() => control.start({ mission_id: "M" }));
  await control.close();
  await rm(folder, { recursive: true });
  return ms;
}

/** Waves of `Send`: each waits for the slowest of the one before. */
async function sendLoop(tasks: readonly PlanTask[]): Promise<number> {
  const state = new StateSchema({
    done: z.array(z.string()).default([]),
    wave: z.array(z.string()).default([]),
  });
  const isReady = (task: PlanTask, done: readonly string[]) =>
    !done.includes(task.task_id) && task.depends_on.every((id) => done.includes(id));
  const graph = new StateGraph({ state })
    .addNode("schedule", async ({ done, wave }) => {
      const all = [...done, ...wave];
      const next = tasks.filter((task) => isReady(task, all)).map((task) => task.task_id);
      return { done: all, wave: next };
    })
    .addNode("exec", async ({ ms }: { ms: number }) => delay(ms, {}), {
      input: new StateSchema({ ms: z.number() }),
    })
    .addEdge(START, "schedule")
    .addConditionalEdges(
      "schedule",
      ({ wave }) =>
        wave.length === 0
          ? END
          : tasks
              .filter((task) => wave.includes(task.task_id))
              .map((task) => new Send("exec", { ms: seconds(task) * 1000 })),
      ["exec", END],
    )
    .addEdge("exec", "schedule")
    .compile({ checkpointer: new MemorySaver() });
  const thread = { configurable: { thread_id: "bare" }, recursionLimit: 1000 };
  return timed(() => graph.invoke({}, thread));
}

const plan = randomPlan();
const longest = (Math.max(...longestPathMinutes(plan).values()) * 60_000) / SHORTER;
const unlimited = await ours(plan, null);
const limited = await ours(plan, LIMIT);
const greedy = greedySchedule(plan, LIMIT);
const bare = await sendLoop(plan);
report("makespan of 200 tasks of 0.2 to 2 s", {
  "longest path, ms": longest,
  "ours without a limit, ms": unlimited,
  "ratio to the longest path (at most 1.02)": unlimited / longest,
  "greedy list schedule at 8, ms": greedy,
  "ours at 8, ms": limited,
  "ratio to the list schedule (at most 1.02)": limited / greedy,
  "Send loop without a limit, ms": bare,
});
