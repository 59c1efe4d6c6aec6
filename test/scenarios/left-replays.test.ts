/** Replays that are left to workers come to what they come to at once, whoever does them. */

import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";

import type { MissionControl } from "../../src/index.ts";
import { leaseOf } from "../../src/store/replays.ts";
import { openAnyStore } from "../support/any-store.ts";
import { aReference, aTask } from "../support/builders.ts";
import { runCli } from "../support/command-line.ts";
import { type PostgresServer, startPostgres } from "../support/postgres-server.ts";
import { untyped } from "../support/untyped.ts";
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
const COPIES = 4;

/** The sample's runs, some times over: a part of twenty-five and one of seven. */
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
    if (left.pending === 0) return left;
    await delay(50);
  }
  throw new Error(`${replayId} is not done`);
}

/** Works in this process until the test ends. */
async function work(
  control: MissionControl,
  onFailure: (message: string) => void = expect.unreachable,
): Promise<void> {
  const stop = new AbortController();
  const worker = await control.work({
    concurrency: 2,
    graceSeconds: 1,
    signal: stop.signal,
    onFailure: (_, message) => onFailure(message),
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
    const parts = (await looker.replays.listParts(9)).length;
    // One part is done: whoever is killed is at another, or was.
    while ((await looker.replays.listParts(9)).length === parts) await delay(2);
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

    expect(before.replay.runs).toHaveLength(asked - 7);
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

  it("is of runs that are there, and says how many have left since", async () => {
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace });
    const two = ["RUN_2026_02_01_001", "RUN_2026_02_06_008"];
    const { replay_id } = await control.enqueueReplay(two);
    tamper(workspace, "DELETE FROM runs WHERE run_id = ?", "RUN_2026_02_01_001");

    await work(control);

    const left = await untilDone(control, replay_id);
    expect(left).toMatchObject({ asked: 2, pending: 0, gone: 1, replay: { totals: { runs: 1 } } });
    const shown = await runCli(["--workspace", workspace, "replay", "--of", "latest"]);
    expect([shown.code, shown.stdout]).toEqual([
      1,
      expect.stringContaining("Not in the store any more: 1 run."),
    ]);
  });

  it("is refused for what is no run", async () => {
    const control = await aMissionControl({ workspace: aWorkspace() });

    await expect(control.enqueueReplay(["NOPE"])).rejects.toMatchObject({ code: "UNKNOWN_RUN" });
    for (const runIds of untyped<readonly (readonly string[])[]>([[undefined], null, "RUN", [1]])) {
      await expect(control.enqueueReplay(runIds)).rejects.toMatchObject({ code: "BAD_INPUT" });
      await expect(control.replay(runIds)).rejects.toMatchObject({ code: "BAD_INPUT" });
    }
    await expect(control.leftReplay("REPLAY_1")).rejects.toThrow(/replay --detach/);
  });

  it("says which runs cannot be read, and does the others; a part that cannot be read stands in no other's way", async () => {
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace });
    await control.enqueueReplay();
    tamper(workspace, "UPDATE replay_parts SET run_ids = '[oops'");
    const { replay_id } = await control.enqueueReplay();
    const rows = "UPDATE task_logs SET record = '{}' WHERE run_id = ?";
    tamper(workspace, rows, "RUN_2026_02_01_001");
    const told: string[] = [];

    await work(control, (message) => told.push(message));

    const { replay } = await untilDone(control, replay_id);
    expect(replay.totals).toMatchObject({ runs: 8, not_replayable: 1 });
    expect(replay.runs[0]?.reason).toContain("Could not read a record of task_execution_logs");
    // The sweep tells of the row, too.
    expect(told.filter((message) => message.startsWith("Part"))).toEqual([
      expect.stringContaining("Part 0 of REPLAY_1 cannot be done"),
    ]);
  });

  it("goes by the documents it was asked for with, whatever documents a worker has", async () => {
    const store = await server.aDatabase();
    const control = await aMissionControl({ workspace: aWorkspace(), store });
    await control.importDocuments();
    const other = await aMissionControl({ workspace: aWorkspace(aReference([aTask()])), store });
    const { replay_id } = await control.enqueueReplay();

    await work(other);

    expect((await untilDone(control, replay_id)).replay).toEqual(await control.replay());
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
