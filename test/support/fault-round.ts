/** A round: missions, workers, people who decide, and what happens to them, all from one seed. */

import { rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { inspect } from "node:util";

import { type MissionControl, openMissionControl } from "../../src/index.ts";
import { openAnyStore } from "./any-store.ts";
import { TIMEOUT_MINUTES, faultyRuntime, readCalls } from "./fault-agents.ts";
import { happen } from "./fault-happens.ts";
import type { Job } from "./fault-worker-child.ts";
import { databaseOf, drawFaults, ofKind, sayFaults } from "./faults.ts";
import { startProxy } from "./postgres-proxy.ts";
import type { PostgresServer } from "./postgres-server.ts";
import { chance, decideByChance, randomReference } from "./random-mission.ts";
import { type Seen, findWrong, findWrongFiles } from "./round-findings.ts";
import { type Takeovers, watchTakeovers } from "./takeovers.ts";
import { startWorkers } from "./worker-processes.ts";
import { aWorkspace, writeDocument } from "./workspace.ts";

const LOOK_MS = 20;
const WORKERS = 2;
/** A round that has not ended by then never does. */
const LONGEST_MS = 90_000;

export interface Round {
  /** What happened in it. */
  readonly said: string;
  readonly wrong: readonly string[];
  readonly takeovers: Takeovers["seconds"];
}

/** @param server for seeds of Postgres. */
export async function playRound(
  seed: number,
  { script, server }: { script: string; server: PostgresServer },
): Promise<Round> {
  const faults = drawFaults(seed);
  const folder = aWorkspace(randomReference(seed));
  writeDocument(folder, "policy", { execution: { timeout_minutes: TIMEOUT_MINUTES } });
  const url = databaseOf(seed) === "postgres" ? await server.aDatabase() : undefined;
  const [notices] = ofKind(faults, "notices");
  const proxy = url === undefined ? undefined : await startProxy(url, notices?.how);
  const store = proxy?.url ?? folder;
  const runtime = faultyRuntime({ folder, seed, faults });
  const control = await openMissionControl({
    workspace: folder,
    store,
    runtimes: { A1: runtime, A2: runtime },
    onWarning: () => {},
  });
  const takeovers = await watchTakeovers(url ?? folder);
  const argumentOf = (place: number, isFirst: boolean) => {
    const own = faults.filter((fault) => !("place" in fault) || fault.place === place);
    // Who comes after a worker has a disk that is well.
    const job: Job = {
      folder,
      store,
      seed,
      faults: isFirst ? own : own.filter(({ kind }) => kind !== "disk"),
    };
    return JSON.stringify(job);
  };
  const workers = startWorkers(script, WORKERS, argumentOf, (pid) => takeovers.gone(pid, "killed"));
  const over = new AbortController();
  const happening = faults.map((fault) =>
    happen(fault, {
      folder,
      workers,
      takeovers,
      proxy,
      restart: server.restart,
      signal: over.signal,
    }),
  );
  const wrong: string[] = [];
  try {
    const decided = await decideAll(seed, control);
    over.abort();
    await Promise.all(happening);
    await workers.end();
    wrong.push(...workers.crashes);
    wrong.push(...(await judge({ ...decided, calls: readCalls(folder) }, control, url ?? folder)));
    await control.close();
    await takeovers.close();
    if (url === undefined) wrong.push(...findWrongFiles(folder));
  } catch (error) {
    wrong.push(inspect(error), ...workers.crashes);
  } finally {
    over.abort();
    await Promise.all(happening);
    await workers.abandon();
    await takeovers.close();
    await control.close().catch(() => {});
    await proxy?.close();
  }
  if (wrong.length > 0) wrong.push(...workers.told);
  else rmSync(folder, { recursive: true, force: true });
  return { said: sayFaults(faults), wrong, takeovers: takeovers.seconds };
}

/** Starts the missions, and decides whatever waits, until nothing does and no run is under way. */
async function decideAll(
  seed: number,
  control: MissionControl,
): Promise<Pick<Seen, "started" | "acknowledged">> {
  const started: string[] = [];
  const acknowledged: string[] = [];
  const missions = 1 + Math.floor(chance(seed, "missions") * 3);
  for (let mission = 0; mission < missions; mission += 1) {
    started.push((await control.enqueue({ mission_id: "M" })).run_id);
  }
  const deadline = performance.now() + LONGEST_MS;
  for (;;) {
    for (const request of await control.pendingApprovals()) {
      const { run_id, approval_id } = request;
      const decision = decideByChance(request, seed);
      await control.decide(run_id, { [approval_id]: decision }, { detach: true });
      acknowledged.push(`${approval_id} ${decision.type}`);
    }
    const open = await control.runs({ status: ["running", "awaiting_approval"] });
    if (open.length === 0) return { started, acknowledged };
    if (performance.now() > deadline) {
      const waiting = JSON.stringify([open, await control.waiting()]);
      throw new Error(`the round does not end: ${waiting}`);
    }
    await delay(LOOK_MS);
  }
}

async function judge(
  seen: Seen,
  control: MissionControl,
  location: string,
): Promise<readonly string[]> {
  const store = await openAnyStore(location);
  try {
    const history = await store.readHistory();
    const events = await store.readOutbox(0, 10_000);
    return await findWrong(seen, control, { history, events });
  } finally {
    await store.close();
  }
}
