/** Replays that are left to workers come to what they come to at once, whoever does them. */

import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";

import type { MissionControl } from "../../src/index.ts";
import { leaseOf } from "../../src/store/replays.ts";
import { openAnyStore } from "../support/any-store.ts";
import { type PostgresServer, startPostgres } from "../support/postgres-server.ts";
import { runCli } from "../support/processes.ts";
import {
  aClock,
  aMissionControl,
  aStoreOf,
  aWorkspace,
  readDocument,
  tamper,
  writeDocument,
} from "../support/workspace.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

const MAIN = fileURLToPath(new URL("../../dist/bin/main.js", import.meta.url));
const COPIES = 40;

/** The sample's runs, many times over: more than one part of them. */
function aLongHistory(): string {
  const workspace = aWorkspace();
  for (const [name, keys] of [
    ["mission_runs", ["run_id"]],
    ["task_execution_logs", ["run_id"]],
    ["mission_risk_events", ["run_id", "event_id"]],
  ] as const) {
    const records = readDocument(workspace, name);
    const copies = Array.from({ length: COPIES }, (_, number) =>
      records.map((record) => {
        const ids = keys.map((key) => [key, `${String(record[key])}_${number}`] as const);
        return { ...record, ...Object.fromEntries(ids) };
      }),
    );
    writeDocument(workspace, name, copies.flat());
  }
  return workspace;
}

/** @throws when the workers do not get on with it. */
async function untilDone(control: MissionControl, replayId: string) {
  for (let look = 0; look < 1000; look += 1) {
    const left = await control.leftReplay(replayId);
    if (left.replay.runs.length === left.asked) return left;
    await delay(50);
  }
  throw new Error(`${replayId} is not done`);
}

/** Works in this process until the test ends. */
async function work(control: MissionControl): Promise<void> {
  const stop = new AbortController();
  const worker = await control.work({
    concurrency: 2,
    graceSeconds: 1,
    signal: stop.signal,
    onFailure: (_, message) => expect.unreachable(message),
  });
  onTestFinished(async () => {
    stop.abort();
    await worker.ended;
  });
}

function startWorkerOf(workspace: string, store: string): ChildProcess {
  const args = [MAIN, "--workspace", workspace, "--store", store, "worker"];
  const child = spawn(process.execPath, args, { stdio: "ignore" });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  return child;
}

describe.each(["SQLite", "Postgres"])("a replay that is left to workers, on %s", (database) => {
  async function aBusiness() {
    const workspace = aLongHistory();
    const store = database === "SQLite" ? workspace : await server.aDatabase();
    const control = await aMissionControl({ workspace, store });
    if (database === "Postgres") await control.importDocuments();
    return { workspace, store, control };
  }

  it("comes to the same, in the same order, though the workers that do it die", async () => {
    const { workspace, store, control } = await aBusiness();
    const { replay_id, asked } = await control.enqueueReplay();
    const workers = [1, 2].map(() => startWorkerOf(workspace, store));
    const looker = await openAnyStore(store);
    onTestFinished(() => looker.close());
    // Whichever is at a part: it has a lease, and is killed there.
    while ((await looker.replays.listParts(9)).length === 4) await delay(2);
    workers[0]?.kill("SIGKILL");
    startWorkerOf(workspace, store);

    const { replay } = await untilDone(control, replay_id);

    expect(asked).toBe(8 * COPIES);
    expect(replay).toEqual(await control.replay());
  });

  it("goes by the policy it was asked for with", async () => {
    const { workspace, store, control } = await aBusiness();
    const [rule] = control.policy().risk.rules;
    const strict = await aMissionControl({
      workspace,
      store,
      policy: { risk: { rules: rule === undefined ? [] : [rule] } },
    });
    const { replay_id } = await strict.enqueueReplay(["RUN_2026_02_01_001_0"]);

    await work(control);

    const { replay } = await untilDone(control, replay_id);
    expect(replay).toEqual(await strict.replay(["RUN_2026_02_01_001_0"]));
    expect(replay).not.toEqual(await control.replay(["RUN_2026_02_01_001_0"]));
  });

  it("leaves a part to whoever is at it, and does the others", async () => {
    const { store, control } = await aBusiness();
    const other = await openAnyStore(store);
    onTestFinished(() => other.close());
    const { replay_id, asked } = await control.enqueueReplay();
    const lease = await other.takeLease(leaseOf({ number: 1, part: 1 }));

    await work(control);
    while ((await other.replays.listParts(9)).length > 1) await delay(20);
    const before = await control.leftReplay(replay_id);
    await lease.release();

    expect(before.replay.runs).toHaveLength(asked - 100);
    expect((await untilDone(control, replay_id)).replay.runs).toHaveLength(asked);
  });
});

describe("a replay that is left to workers", () => {
  it("is asked for and shown on the command line", async () => {
    const workspace = aWorkspace();
    const cli = (...args: string[]) => runCli(["--workspace", workspace, ...args]);

    const left = await cli("replay", "--detach");
    const early = await cli("replay", "--of", "REPLAY_1");
    await work(await aMissionControl({ workspace }));
    await untilDone(await aMissionControl({ workspace }), "REPLAY_1");
    const shown = await cli("replay", "--of", "REPLAY_1");
    const atOnce = await cli("replay");
    const unknown = await cli("replay", "--of", "REPLAY_2");
    const mixed = await cli("replay", "--of", "REPLAY_1", "--detach");

    expect(left.stdout).toContain("REPLAY_1: 8 runs to be replayed by workers.");
    expect([early.code, early.stdout]).toEqual([
      1,
      expect.stringContaining("Not done yet: 8 of 8 runs."),
    ]);
    expect([shown.code, shown.stdout]).toEqual([atOnce.code, atOnce.stdout]);
    expect(unknown.stderr).toContain('There is no replay "REPLAY_2". The newest is REPLAY_1');
    expect(mixed.stderr).toContain("--of REPLAY shows a replay");
  });

  it("is of runs that are there, and says of one that has left where it is", async () => {
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace });
    const { replay_id } = await control.enqueueReplay(["RUN_2026_02_01_001"]);
    tamper(workspace, "DELETE FROM runs WHERE run_id = ?", "RUN_2026_02_01_001");

    await work(control);

    const { replay } = await untilDone(control, replay_id);
    expect(replay.runs).toMatchObject([{ status: "not_replayable", reason: "it is gone" }]);
    await expect(control.enqueueReplay(["NOPE"])).rejects.toMatchObject({ code: "UNKNOWN_RUN" });
  });

  it("is forgotten after a time, but the newest; numbers go on", async () => {
    const workspace = aWorkspace();
    const clock = aClock();
    const control = await aMissionControl({ workspace, clock });
    const store = aStoreOf(workspace);
    onTestFinished(() => store.close());
    await control.enqueueReplay();
    await control.enqueueReplay();

    await store.replays.forget(Date.parse(clock.now()) + 1);

    expect([await store.replays.read(1), (await store.replays.read(2))?.asked]).toEqual([
      undefined,
      8,
    ]);
    expect(await control.enqueueReplay()).toMatchObject({ replay_id: "REPLAY_3" });
  });
});
