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

const MISSIONS = Number(process.env["BENCH_MISSIONS"] ?? 50);
const ROUNDS = Number(process.env["BENCH_ROUNDS"] ?? 15);
/** Missions and rounds where each round opens a workspace of its own. */
const ANEW = 150;
const ANEW_ROUNDS = 5;
/** Missions until V8 has compiled what is called often: about so many were measured to get faster. */
const WARM_UP = Number(process.env["BENCH_WARM_UP"] ?? 1000);

type Mission = () => Promise<void>;

/** Milliseconds spent waiting for the store, over all that were measured. */
let telemetryMs = 0;

/** Of the last workspace's database when it was closed. */
let bytesOfMission = 0;

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

interface Opened {
  readonly mission: Mission;
  readonly close: () => Promise<void>;
}

/** @param watch what stands in for the workspace's own store. */
async function openOurs(watch?: (store: WholeStore) => WholeStore): Promise<Opened> {
  const folder = await mkdtemp(join(tmpdir(), "mission-control-bench-"));
  initWorkspace(folder);
  const open = async () =>
    (await openStore(folder, { clock: systemClock, leaveOut: false, workspace: folder })).store;
  const control = await openMissionControl({
    workspace: folder,
    ...(watch === undefined ? {} : { store: watch(await open()) }),
  });
  let carriedOut = 0;
  return {
    async mission() {
      carriedOut += 1;
      const { run_id } = await control.start({ mission_id: "M001" });
      const decision = { type: "approve", decided_by: "bench" } as const;
      const { status } = await control.decide(run_id, { T2: decision });
      if (status !== "completed") throw new Error(`${run_id} is ${status}`);
    },
    async close() {
      await control.close();
      const { size } = await stat(join(folder, ".mission-control", "mission-control.sqlite"));
      bytesOfMission = size / carriedOut;
      await rm(folder, { recursive: true });
    },
  };
}

/** A bare graph, reduced to its two calls: start and approve. */
type Bare = (saver: BareSaver) => {
  start(threadId: string): Promise<unknown>;
  approve(threadId: string): Promise<unknown>;
};

async function openBare(build: Bare): Promise<Opened> {
  const folder = await mkdtemp(join(tmpdir(), "mission-control-bench-"));
  const saver = await openBareSaver(join(folder, "checkpoints.sqlite"));
  const graph = build(saver);
  let begun = 0;
  return {
    async mission() {
      begun += 1;
      const thread = `bare-${begun}`;
      await graph.start(thread);
      await graph.approve(thread);
    },
    async close() {
      saver.db.close();
      await rm(folder, { recursive: true });
    },
  };
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

const ours = await openOurs();
const bare = await openBare(sameShape);
const three = await openBare(threeNodes);

/**
 * The machine is shared, and faster or slower by the minute: each comparison is of neighbours in time. Each is opened
 * once, as by a worker.
 *
 * @returns milliseconds for all missions, and how many of CPU for one of ours.
 */
async function compare(count: number, width: number) {
  const before = await inFlight(count, width, bare.mission);
  const cpuBefore = process.cpuUsage();
  const wall = await inFlight(count, width, ours.mission);
  const cpu = process.cpuUsage(cpuBefore);
  const after = await inFlight(count, width, bare.mission);
  return {
    bare: (before + after) / 2,
    ours: wall,
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
  const rounds: Awaited<ReturnType<typeof compare>>[] = [];
  const ofThree: number[] = [];
  // Of the rounds the middle one counts.
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push(await compare(MISSIONS, width));
    ofThree.push(await inFlight(MISSIONS, width, three.mission));
  }
  const ratios = rounds.map(({ bare: other, ours: own }) => other / own);
  const perSecond = (times: readonly number[]) => (MISSIONS / median(times)) * 1000;
  report(`missions, ${width} in flight`, {
    "ours, missions/s": perSecond(rounds.map(({ ours: own }) => own)),
    "bare graph of the same shape, missions/s": perSecond(rounds.map(({ bare: other }) => other)),
    "bare three-node graph, missions/s": perSecond(ofThree),
    "ratio to the same shape": median(ratios),
    "ratios of the rounds": ratios.map((ratio) => ratio.toFixed(2)).join(" "),
    floor: width === 1 ? 0.7 : 0.9,
    "CPU of a mission, ms": median(rounds.map(({ cpuMs }) => cpuMs)),
    "memory of this process, MB": process.memoryUsage().rss / 2 ** 20,
  });
}
for (const { close } of [ours, bare, three]) await close();

// As all was measured until 2026-11-30: every turn in a new workspace, whose first missions count too.
async function timeAnew(open: () => Promise<Opened>, width: number): Promise<number> {
  const { mission, close } = await open();
  const ms = await inFlight(ANEW, width, mission);
  await close();
  return ms;
}

for (const width of [1, 50]) {
  const ratios: number[] = [];
  for (let round = 0; round < ANEW_ROUNDS; round += 1) {
    const before = await timeAnew(() => openBare(sameShape), width);
    const own = await timeAnew(openOurs, width);
    const after = await timeAnew(() => openBare(sameShape), width);
    ratios.push((before + after) / 2 / own);
  }
  report(`missions, ${width} in flight, opened anew for each ${ANEW}`, {
    "ratio to the same shape": median(ratios),
    "ratios of the rounds": ratios.map((ratio) => ratio.toFixed(2)).join(" "),
    floor: width === 1 ? 0.7 : 0.9,
  });
}

// Apart from the rest: watching each call takes time too. With many in flight the calls overlap, so a share would mean nothing.
const watched = await openOurs(timeCalls);
const watchedMs = await inFlight(MISSIONS, 1, watched.mission);
await watched.close();
report("what the store has of that", {
  "disk of a mission, KB (at most 30)": bytesOfMission / 1024,
  "telemetry, share of our time": telemetryMs / watchedMs,
});

const inMemory = await openOurs(() =>
  openMemoryStore({ now: () => systemClock.now(), hash: sha256 }),
);
const onDisk = await openOurs();
const graph = buildBareMissionGraph(new MemorySaver());
let begun = 0;
async function runBareInMemory(): Promise<void> {
  begun += 1;
  const config = { configurable: { thread_id: `cpu-${begun}` } };
  await graph.invoke({}, config);
  await graph.invoke(resume(), config);
}

/** Milliseconds of CPU that a mission takes. */
async function cpuOf(mission: Mission): Promise<number> {
  const start = process.cpuUsage();
  await inFlight(MISSIONS, 1, mission);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000 / MISSIONS;
}

const causes = [runBareInMemory, inMemory.mission, onDisk.mission];
const cpu = causes.map(() => Array.from<number>([]));
// The first round only warms up.
for (let round = 0; round <= ROUNDS; round += 1) {
  for (const [place, mission] of causes.entries()) {
    const ms = await cpuOf(mission);
    if (round > 0) cpu[place]?.push(ms);
  }
}
const [langGraph = 0, memory = 0, disk = 0] = cpu.map(median);
report("CPU of a mission by cause, one in flight, ms", {
  "LangGraph: a bare graph of the same shape, in memory": langGraph,
  "rules, agents, records and SQL in memory": memory - langGraph,
  "database file, documents and reports": disk - memory,
});
for (const { close } of [inMemory, onDisk]) await close();
