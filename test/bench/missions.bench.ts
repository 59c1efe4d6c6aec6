/** Missions per second beside bare LangGraph: three tasks, one approval, SQLite, telemetry on. */

import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Command, MemorySaver } from "@langchain/langgraph";

import { openStore } from "../../src/app/open-store.ts";
import { sha256, systemClock } from "../../src/app/system.ts";
import { initWorkspace, openMissionControl } from "../../src/index.ts";
import { openMemoryStore } from "../../src/store/sqlite/sqlite-store.ts";
import type { WholeStore } from "../../src/store/store.ts";
import { buildBareMissionGraph, buildThreeNodeGraph } from "./bare-graph.ts";
import { type BareSaver, openBareSaver } from "./bare-saver.ts";
import { inFlight, median, report } from "./measure.ts";

const MISSIONS = Number(process.env["BENCH_MISSIONS"] ?? 200);
const ROUNDS = Number(process.env["BENCH_ROUNDS"] ?? 5);
/** Missions until V8 has compiled what is called often: about so many were measured to get faster. */
const WARM_UP = Number(process.env["BENCH_WARM_UP"] ?? 1000);

type Mission = (number: number) => Promise<void>;

/** Milliseconds spent waiting for the store, over all that were measured. */
let telemetryMs = 0;

/** Size of the last workspace's database when it was closed. */
let bytesOnDisk = 0;

/** The store, adding the time of every call to {@link telemetryMs}. */
function timeCalls(store: WholeStore): WholeStore {
  return new Proxy(store, {
    get(target, name) {
      const call: unknown = Reflect.get(target, name);
      if (typeof call !== "function") return call;
      return async (...args: unknown[]): Promise<unknown> => {
        const start = performance.now();
        try {
          return await Reflect.apply(call, target, args);
        } finally {
          telemetryMs += performance.now() - start;
        }
      };
    },
  });
}

/** @param watch what stands in for the workspace's own store. */
async function withOurs<T>(
  work: (mission: Mission) => Promise<T>,
  watch?: (store: WholeStore) => WholeStore,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "mission-control-bench-"));
  initWorkspace(folder);
  const open = async () =>
    (await openStore(folder, { clock: systemClock, leaveOut: false, workspaceFolder: folder }))
      .store;
  const control = await openMissionControl({
    workspace: folder,
    ...(watch === undefined ? {} : { store: watch(await open()) }),
  });
  try {
    return await work(async () => {
      const { run_id } = await control.start({ mission_id: "M001" });
      const decision = { type: "approve", decided_by: "bench" } as const;
      const { status } = await control.decide(run_id, { T2: decision });
      if (status !== "completed") throw new Error(`${run_id} is ${status}`);
    });
  } finally {
    await control.close();
    const database = join(folder, ".mission-control", "mission-control.sqlite");
    bytesOnDisk = (await stat(database)).size;
    await rm(folder, { recursive: true });
  }
}

/** A bare graph, reduced to its two calls: start and approve. */
type Bare = (saver: BareSaver) => {
  start(threadId: string): Promise<unknown>;
  approve(threadId: string): Promise<unknown>;
};

async function withBare<T>(build: Bare, work: (mission: Mission) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "mission-control-bench-"));
  const saver = await openBareSaver(join(folder, "checkpoints.sqlite"));
  const graph = build(saver);
  try {
    return await work(async (number) => {
      await graph.start(`bare-${number}`);
      await graph.approve(`bare-${number}`);
    });
  } finally {
    saver.db.close();
    await rm(folder, { recursive: true });
  }
}

const sameShape: Bare = (saver) => {
  const graph = buildBareMissionGraph(saver);
  return {
    start: (thread_id) => graph.invoke({}, { configurable: { thread_id } }),
    approve: (thread_id) => graph.invoke(resume(), { configurable: { thread_id } }),
  };
};

const threeNodes: Bare = (saver) => {
  const graph = buildThreeNodeGraph(saver);
  return {
    start: (thread_id) => graph.invoke({ done: false }, { configurable: { thread_id } }),
    approve: (thread_id) => graph.invoke(resume(), { configurable: { thread_id } }),
  };
};

function resume() {
  return new Command<unknown, Record<string, never>, never>({ resume: { ok: true } });
}

/**
 * The machine is shared, and faster or slower by the minute: each comparison is of neighbours in time.
 *
 * @returns milliseconds for all missions, and how many of CPU for one of ours.
 */
async function compare(count: number, width: number) {
  const measure = (mission: Mission) => inFlight(count, width, mission);
  const before = await withBare(sameShape, measure);
  const cpuBefore = process.cpuUsage();
  const ours = await withOurs(measure);
  const cpu = process.cpuUsage(cpuBefore);
  const after = await withBare(sameShape, measure);
  return {
    bare: (before + after) / 2,
    ours,
    cpuMs: (cpu.user + cpu.system) / 1000 / count,
  };
}

const cold = await compare(MISSIONS, 1);
report(`the first ${MISSIONS} missions of a process, one in flight`, {
  "ours, missions/s": (MISSIONS / cold.ours) * 1000,
  "ratio to the same shape": cold.bare / cold.ours,
});
await compare(WARM_UP, 1);

for (const width of [1, 50]) {
  const measure = (mission: Mission) => inFlight(MISSIONS, width, mission);
  const rounds: Awaited<ReturnType<typeof compare>>[] = [];
  const three: number[] = [];
  // Of the rounds the middle one counts.
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push(await compare(MISSIONS, width));
    three.push(await withBare(threeNodes, measure));
  }
  const ratios = rounds.map(({ bare, ours }) => bare / ours);
  // Apart from the rest: watching each call takes time too.
  telemetryMs = 0;
  const watched = width === 1 ? await withOurs(measure, timeCalls) : 0;
  const perSecond = (times: readonly number[]) => (MISSIONS / median(times)) * 1000;
  report(`missions, ${width} in flight`, {
    "ours, missions/s": perSecond(rounds.map(({ ours }) => ours)),
    "bare graph of the same shape, missions/s": perSecond(rounds.map(({ bare }) => bare)),
    "bare three-node graph, missions/s": perSecond(three),
    "ratio to the same shape": median(ratios),
    "ratios of the rounds": ratios.map((ratio) => ratio.toFixed(2)).join(" "),
    floor: width === 1 ? 0.7 : 0.9,
    "CPU of a mission, opening and closing included, ms": median(rounds.map(({ cpuMs }) => cpuMs)),
    "disk of a mission, KB (at most 30)": bytesOnDisk / 1024 / MISSIONS,
    "memory of this process, MB": process.memoryUsage().rss / 2 ** 20,
    // With many in flight the calls overlap, so a share would mean nothing.
    ...(width === 1 ? { "telemetry, share of our time": telemetryMs / watched } : {}),
  });
}

/** Milliseconds of CPU that a mission takes, once warm. */
async function cpuOf(mission: Mission): Promise<number> {
  await inFlight(MISSIONS / 4, 1, mission);
  const start = process.cpuUsage();
  await inFlight(MISSIONS, 1, (number) => mission(MISSIONS + number));
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000 / MISSIONS;
}

/** What a mission costs where nothing is written to disk. */
async function withMemory<T>(work: (mission: Mission) => Promise<T>): Promise<T> {
  const store = openMemoryStore({ now: () => systemClock.now(), hash: sha256 });
  return withOurs(work, () => store);
}

const graph = buildBareMissionGraph(new MemorySaver());
const langGraph = await cpuOf(async (number) => {
  const config = { configurable: { thread_id: `cpu-${number}` } };
  await graph.invoke({}, config);
  await graph.invoke(resume(), config);
});
const [inMemory, onDisk] = [await withMemory(cpuOf), await withOurs(cpuOf)];
report("CPU of a mission by cause, one in flight, ms", {
  "LangGraph: a bare graph of the same shape, in memory": langGraph,
  "rules, agents, records and SQL in memory": inMemory - langGraph,
  "database file, documents and reports": onDisk - inMemory,
});
