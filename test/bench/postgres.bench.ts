/**
 * Postgres on the same cores: what a mission costs beside a bare graph on LangGraph's own saver, what a long history and many
 * that wait cost, and memory. BENCH_MISSIONS, BENCH_RUNS, BENCH_WAITING and BENCH_LONG ask for fewer.
 */

import { spawn } from "node:child_process";
import { readFileSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { Command } from "@langchain/langgraph";

import { sha256, systemClock } from "../../src/app/system.ts";
import { type MissionControl, openMissionControl } from "../../src/index.ts";
import { openPostgresStore } from "../../src/store/postgres/postgres-store.ts";
import { type PostgresServer, startPostgres } from "../support/postgres-server.ts";
import { aHistory, aWaitingHistory, makeWorkspace } from "./a-history.ts";
import { buildBareMissionGraph } from "./bare-graph.ts";
import { openBarePostgresSaver } from "./bare-saver.ts";
import { inFlight, median, report, timed } from "./measure.ts";

const MISSIONS = Number(process.env["BENCH_MISSIONS"] ?? 200);
const RUNS = Number(process.env["BENCH_RUNS"] ?? 100_000);
const WAITING = Number(process.env["BENCH_WAITING"] ?? 10_000);
const LONG = Number(process.env["BENCH_LONG"] ?? 1000);
const ROUNDS = Number(process.env["BENCH_ROUNDS"] ?? 5);
const WIDTH = 20;
const WORKER_WIDTH = 50;
/** Of a clock tick, in milliseconds: Linux has a hundred a second. */
const TICK_MS = 10;
const FEW = 10;

const main = fileURLToPath(new URL("../../../bin/main.js", import.meta.url));

const started = await startPostgres({ isDurable: true });
try {
  await measureCost(started);
  await measureHistory(started);
  await measureWaiting(started);
  await measureMemory(started);
} finally {
  await started.stop();
}

/** One mission after the other, by turns with bare ones: CPU of this process and of the server. */
async function measureCost(server: PostgresServer): Promise<void> {
  const place = makeWorkspace(() => aWaitingHistory(0));
  const database = await server.aDatabase();
  const control = await openMissionControl({ workspace: place, store: database });
  const bareUrl = server.aSchema();
  const saver = await openBarePostgresSaver(bareUrl.replace(/\?.*/, ""), "bare");
  const graph = buildBareMissionGraph(saver);
  let threads = 0;
  const bare = async () => {
    threads += 1;
    const config = { configurable: { thread_id: `bare-${threads}` } };
    await graph.invoke({}, config);
    const resume = new Command<unknown, Record<string, never>, never>({ resume: { ok: true } });
    await graph.invoke(resume, config);
  };
  const ours: Cost[] = [];
  const theirs: Cost[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const pair = [
      await costOf(() => mission(control), server),
      await costOf(bare, server),
    ] as const;
    if (round === 0) continue;
    ours.push(pair[0]);
    theirs.push(pair[1]);
  }
  const commits = await countCommits(server, database, () => mission(control));
  await control.close();
  await saver.end();
  rmSync(dirname(place), { recursive: true });
  const total = ({ node, server: own }: Cost) => node + own;
  report(`CPU of a mission on Postgres, ${WIDTH} in flight, medians of ${ROUNDS}`, {
    "ours, Node, ms": median(ours.map(({ node }) => node)),
    "ours, Postgres, ms": median(ours.map((cost) => cost.server)),
    "bare graph on PostgresSaver, Node, ms": median(theirs.map(({ node }) => node)),
    "bare graph on PostgresSaver, Postgres, ms": median(theirs.map((cost) => cost.server)),
    "ratio (at most 1.3)": median(
      ours.map((cost, round) => total(cost) / total(theirs[round] ?? cost)),
    ),
    "transactions that write a mission, one after the other (at most 16)": commits,
  });
}

interface Cost {
  readonly node: number;
  readonly server: number;
}

async function costOf(work: () => Promise<void>, server: PostgresServer): Promise<Cost> {
  const [node, own] = [process.cpuUsage(), cpuOfServer(server)];
  await inFlight(MISSIONS, WIDTH, work);
  const { user, system } = process.cpuUsage(node);
  return {
    node: (user + system) / 1000 / MISSIONS,
    server: (cpuOfServer(server) - own) / MISSIONS,
  };
}

/** Milliseconds of the server's first process, of those that it has, and of those that it had. */
function cpuOfServer({ data }: PostgresServer): number {
  const [first = ""] = readFileSync(join(data, "postmaster.pid"), "utf8").split("\n");
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return all.reduce((sum, pid) => {
    const fields = statOf(pid);
    if (pid !== first && fields[1] !== first) return sum;
    const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15).map(Number);
    const children = pid === first ? childUser + childSystem : 0;
    return sum + (user + system + children) * TICK_MS;
  }, 0);
}

/** The fields after the name, which may have blanks in it: the second is the parent's process id. */
function statOf(pid: string): readonly string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}

/** Of missions one after the other, with what keeps the board up to date, once a second: each is counted in the store. */
async function countCommits(
  server: PostgresServer,
  database: string,
  work: () => Promise<void>,
): Promise<number> {
  const count = async () => {
    const [row] = await server.tamper(database, "SELECT version FROM versions");
    return Number(row?.["version"]);
  };
  const before = await count();
  for (let done = 0; done < MISSIONS; done += 1) await work();
  return ((await count()) - before) / MISSIONS;
}

async function measureHistory(server: PostgresServer): Promise<void> {
  const [many, few] = [await withHistory(server, RUNS), await withHistory(server, FEW)];
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round <= 3 * ROUNDS; round += 1) {
    const pair = [
      await timed(() => mission(many.control)),
      await timed(() => mission(few.control)),
    ] as const;
    if (round < ROUNDS) continue;
    times[0].push(pair[0]);
    times[1].push(pair[1]);
  }
  report(`${RUNS} runs recorded on Postgres, medians of ${2 * ROUNDS}`, {
    "a mission, ms": median(times[0]),
    [`a mission, beside that at ${FEW} (at most 1.2)`]: median(times[0]) / median(times[1]),
  });
  await many.end();
  await few.end();
}

async function withHistory(server: PostgresServer, runs: number) {
  const place = makeWorkspace((reference) => aHistory(runs, reference));
  const control = await openMissionControl({ workspace: place, store: await server.aDatabase() });
  await control.importDocuments(place);
  return {
    control,
    async end() {
      await control.close();
      rmSync(dirname(place), { recursive: true });
    },
  };
}

async function measureWaiting(server: PostgresServer): Promise<void> {
  const place = makeWorkspace(() => aWaitingHistory(WAITING));
  const database = await server.aDatabase();
  const control = await openMissionControl({ workspace: place, store: database });
  await control.importDocuments(place);
  await control.close();
  const store = await openPostgresStore(database, { now: () => systemClock.now(), hash: sha256 });
  const times: number[] = [];
  for (let round = 0; round < 3 * ROUNDS; round += 1) {
    times.push(await timed(() => store.listPending({ now: systemClock.now(), limit: 50 })));
  }
  await store.close();
  rmSync(dirname(place), { recursive: true });
  report(`${WAITING} approvals that wait on Postgres`, {
    "the first list of the most urgent 50, ms": times[0] ?? Number.NaN,
    "the list, median, ms (at most 25)": median(times),
  });
}

/** Of a worker as it is: missions are left to it, and decided about from here. */
async function measureMemory(server: PostgresServer): Promise<void> {
  const place = makeWorkspace(() => aWaitingHistory(0));
  const database = await server.aDatabase();
  const control = await openMissionControl({ workspace: place, store: database });
  const how = ["--workspace", place, "--store", database, "worker"];
  const width = ["--concurrency", String(WORKER_WIDTH)];
  const worker = spawn(process.execPath, [main, ...how, ...width], { stdio: "ignore" });
  const figures: Record<string, number> = {};
  let most = 0;
  let ended = 0;
  const decision = { type: "approve", decided_by: "bench" } as const;
  for (let begun = 0; ended < LONG;) {
    for (let one = 0; begun < LONG && one < 2 * WORKER_WIDTH; one += 1, begun += 1) {
      await control.enqueue({ mission_id: "M001" });
    }
    for (const { run_id, approval_id } of await control.pendingApprovals({ limit: 200 })) {
      await control.decide(run_id, { [approval_id]: decision }, { detach: true });
    }
    const resident = residentOf(worker.pid ?? 0);
    most = Math.max(most, resident);
    ({ completed: ended = 0 } = (await control.tally()).runs);
    for (const part of [10, 50, 100]) {
      if (ended >= (LONG * part) / 100) figures[`at ${part} %, MB`] ??= resident;
    }
  }
  worker.kill();
  await control.close();
  rmSync(dirname(place), { recursive: true });
  report(`memory of a worker on Postgres, ${LONG} missions, ${WORKER_WIDTH} in flight`, {
    ...figures,
    "at the most, MB (at most 200)": most,
  });
}

/** In MB. */
function residentOf(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) / 1024;
}

async function mission(control: MissionControl): Promise<void> {
  const { run_id } = await control.start({ mission_id: "M001" });
  const decision = { type: "approve", decided_by: "bench" } as const;
  const { status } = await control.decide(run_id, { T2: decision });
  if (status !== "completed") throw new Error(`${run_id} is ${status}`);
}
