/** Processes that carry on what others have started or decided; WORKER_MISSIONS for more of them. */

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";

import type { MissionControl } from "../../src/index.ts";
import { historyOf } from "../support/any-store.ts";
import { aPlan, aReference, anAgent } from "../support/builders.ts";
import { type PostgresServer, startPostgres } from "../support/postgres-server.ts";
import { runBuiltCli } from "../support/processes.ts";
import { sayDistribution, watchTakeovers } from "../support/takeovers.ts";
import { aMissionControl, aWorkspace } from "../support/workspace.ts";

const MANY = process.env["WORKER_MISSIONS"];
const MISSIONS = Number(MANY ?? 12);
/** Of many missions a worker is killed every two seconds; of few when some calls more were made: on a slow machine, two seconds are none. */
const KILL_EVERY_MS = 2000;
const KILL_EVERY_CALLS = 12;
const MAIN = fileURLToPath(new URL("../../dist/bin/main.js", import.meta.url));

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

/** Notes each call, takes its time, and fails now and then. */
const AGENT = `
import { appendFileSync } from "node:fs";
const log = new URL("./calls.log", import.meta.url);
const chance = (text) => [...text].reduce((sum, sign) => (sum * 31 + sign.charCodeAt(0)) % 997, 7);
export const agent = async ({ idempotency_key: key, agent }) => {
  appendFileSync(log, key + "\\n");
  await new Promise((resolve) => setTimeout(resolve, chance(key) % 60));
  if (chance(key) % 5 === 0) throw new Error("not this time");
  return { output: agent.agent_id };
};
`;

function aBusiness(): string {
  const runtime = { kind: "module", module: "./agents/work.mjs#agent" } as const;
  const agents = ["A1", "A2"].map((agent_id) => anAgent({ agent_id, runtime }));
  const plan = aPlan(
    { T1: [], T2: ["T1"], T3: ["T1"], T4: ["T2", "T3"] },
    { T2: { requires_human_approval: true } },
  );
  const workspace = aWorkspace(aReference(plan, agents));
  mkdirSync(join(workspace, "agents"));
  writeFileSync(join(workspace, "agents", "work.mjs"), AGENT);
  return workspace;
}

function startWorkerOf(workspace: string, store: string): ChildProcess {
  const args = [MAIN, "--workspace", workspace, "--store", store, "worker", "--concurrency", "8"];
  const child = spawn(process.execPath, args, { stdio: "ignore" });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  return child;
}

/** The calls of agents so far, by their own count. */
function callsIn(workspace: string): readonly string[] {
  const log = join(workspace, "agents", "calls.log");
  return existsSync(log) ? readFileSync(log, "utf8").split("\n").slice(0, -1) : [];
}

async function untilNextKill(workspace: string, signal: AbortSignal): Promise<void> {
  const pause = (ms: number) => delay(ms, undefined, { signal }).catch(() => {});
  if (MANY !== undefined) return pause(KILL_EVERY_MS);
  const enough = callsIn(workspace).length + KILL_EVERY_CALLS;
  while (!signal.aborted && callsIn(workspace).length < enough) await pause(20);
}

/** Decides whatever waits, until nothing does and no run is under way. */
async function decideAll(control: MissionControl): Promise<void> {
  for (;;) {
    const pending = await control.pendingApprovals();
    for (const { run_id, approval_id, stage, allowed } of pending) {
      const type = allowed.includes("approve") ? ("approve" as const) : ("reject" as const);
      const decision =
        type === "approve"
          ? { type, decided_by: "ana" }
          : { type, decided_by: "ana", reason: stage };
      await control.decide(run_id, { [approval_id]: decision }, { detach: true });
    }
    const open = await control.runs({ status: ["running", "awaiting_approval"] });
    if (open.length === 0) return;
    await delay(50);
  }
}

/** Every call by the agents' own count against what is recorded. */
async function expectSound(
  workspace: string,
  store: string,
  control: MissionControl,
): Promise<void> {
  const { runs, rows, requests } = await historyOf(store);
  expect(runs.filter(({ status }) => !["completed", "failed"].includes(status))).toEqual([]);
  const keys = rows.map(({ run_id, task_id, attempt = 1 }) => `${run_id}:${task_id}:${attempt}`);
  expect(new Set(keys).size).toBe(keys.length);
  const calls = new Map<string, number>();
  for (const key of callsIn(workspace)) {
    calls.set(key, (calls.get(key) ?? 0) + 1);
  }
  const again = new Set(
    rows
      .filter(({ warnings }) => warnings?.some((text) => text.startsWith("Called again")) === true)
      .map(({ run_id, task_id, attempt = 1 }) => `${run_id}:${task_id}:${attempt}`),
  );
  const doubled = [...calls].filter(([key, count]) => count > 1 && !again.has(key));
  expect(doubled).toEqual([]);
  expect(requests.filter(({ status }) => status === "pending")).toEqual([]);
  const { findings } = await control.audit();
  expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(await control.waiting()).toMatchObject({ free: 0, held: 0 });
}

describe("workers", () => {
  it(`carry ${MISSIONS} missions through, while one after the other is killed and the server restarts`, async () => {
    const workspace = aBusiness();
    const store = await server.aDatabase();
    const control = await aMissionControl({ workspace, store });
    const workers = [1, 2, 3].map(() => startWorkerOf(workspace, store));
    const takeovers = await watchTakeovers(store);
    onTestFinished(takeovers.close);
    const stop = new AbortController();
    const killing = (async () => {
      for (let kill = 0; !stop.signal.aborted; kill += 1) {
        await untilNextKill(workspace, stop.signal);
        if (stop.signal.aborted) return;
        const place = kill % workers.length;
        workers[place]?.kill("SIGKILL");
        takeovers.gone(workers[place]?.pid ?? 0, "killed");
        workers[place] = startWorkerOf(workspace, store);
        if (kill === 1 || kill === 4) await server.restart();
      }
    })();

    for (let mission = 0; mission < MISSIONS; mission += 1) {
      await control.enqueue({ mission_id: "M" });
    }
    await decideAll(control);
    stop.abort();
    await killing;

    await expectSound(workspace, store, control);
    expect(await control.runs()).toHaveLength(MISSIONS);
    process.stdout.write(
      `Runs of killed workers were taken over, ${sayDistribution(takeovers.seconds.killed)}\n`,
    );
  }, 3_600_000);

  it("are told at once of what was decided, and end when they are told to", async () => {
    const workspace = aBusiness();
    const store = await server.aDatabase();
    const control = await aMissionControl({ workspace, store });
    const worker = startWorkerOf(workspace, store);
    const ended = new Promise((resolve) => worker.once("close", resolve));
    await control.enqueue({ mission_id: "M" });
    await decideAll(control);

    worker.kill("SIGTERM");

    expect(await ended).toBe(0);
    await expectSound(workspace, store, control);
  });

  it("do so on SQLite, beside a command line that only records", async () => {
    const workspace = aBusiness();
    const worker = startWorkerOf(workspace, workspace);
    const cli = (...args: string[]) => runBuiltCli(["--workspace", workspace, ...args]);
    const begun = await cli("--json", "run", "M", "--detach");
    const control = await aMissionControl({ workspace });
    await decideAll(control);
    worker.kill("SIGTERM");

    expect([begun.code, begun.stderr]).toEqual([0, ""]);
    expect(JSON.parse(begun.stdout)).toMatchObject({ run_id: expect.stringMatching(/^RUN_/) });
    await expectSound(workspace, workspace, control);
  });

  it("do not get in the way of who carries a run on itself, and go on when that dies", async () => {
    const workspace = aBusiness();
    const store = await server.aDatabase();
    const control = await aMissionControl({ workspace, store });
    startWorkerOf(workspace, store);
    await control.enqueue({ mission_id: "M" });
    await decideAll(control);
    const args = ["--workspace", workspace, "--store", store];

    const own = await runBuiltCli([...args, "run", "M"]);
    const before = (await control.runs()).length;
    const killed = await runBuiltCli([...args, "run", "M"], {
      killWhen: () => callsIn(workspace).some((key) => key.includes("_003:T1")),
    });
    await decideAll(control);

    expect([own.code, own.stderr]).toEqual([3, ""]);
    expect(killed.code).toBeNull();
    expect(await control.runs()).toHaveLength(before + 1);
    await expectSound(workspace, store, control);
  });

  it("leave alone what their kinds of agents cannot do", async () => {
    const workspace = aBusiness();
    const control = await aMissionControl({ workspace });
    const { run_id } = await control.enqueue({ mission_id: "M" });
    const stop = new AbortController();
    const how = { concurrency: 1, graceSeconds: 1, signal: stop.signal, onFailure: () => {} };
    const other = await control.work({ ...how, kinds: ["openai"] });
    // It looks at the same time, and only this one may.
    const worker = await control.work({ ...how, kinds: ["module", "openai"] });
    await decideAll(control);
    stop.abort();
    await Promise.all([other.ended, worker.ended]);

    expect(other.counts()).toEqual({ in_flight: 0, carried_on: 0, failed: 0, taken_over: 0 });
    expect(worker.counts().carried_on).toBeGreaterThan(0);
    expect(["completed", "failed"]).toContain((await control.run(run_id)).status);
    await expectSound(workspace, workspace, control);
  });
});
