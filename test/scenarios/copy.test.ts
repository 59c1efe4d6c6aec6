/** All that is recorded, from one store to another and back. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { copyStore } from "../../src/app/copy-store.ts";
import { systemClock } from "../../src/app/system.ts";
import type { MissionControl } from "../../src/index.ts";
import { historyOf, openAnyStore } from "../support/any-store.ts";
import { aPlan, aReference, anAgent } from "../support/builders.ts";
import { runCli } from "../support/command-line.ts";
import { type PostgresServer, startPostgres } from "../support/postgres-server.ts";
import { runBuiltCli } from "../support/processes.ts";
import { aFolder, aMissionControl, aWorkspace } from "../support/workspace.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

const clock = systemClock;
const copy = (from: string, to: string) => copyStore({ from, to }, { clock, onTable: () => {} });

/** The sample with runs that have completed, failed, wait for a person, and wait for what an agent asks. */
async function aHistory() {
  const plan = aPlan({ T1: [], T2: ["T1"] }, { T2: { requires_human_approval: true } });
  const reference = aReference(plan, [anAgent(), anAgent({ agent_id: "A2" })]);
  const workspace = aWorkspace(reference);
  let run = 0;
  const large = "x".repeat(20_000);
  const control = await aMissionControl({
    workspace,
    runtimes: {
      A1: async ({ task }) => {
        if (task.task_id === "T1") run += 1;
        if (run === 2) throw new Error("no, because of \u0000 and \ud800");
        const requests = [{ key: "k", title: "Which?", allowed: ["answer" as const] }];
        if (run === 4) return { kind: "needs_input", requests, continuation: { at: 1 } };
        return { output: large, usage: { cost: 0.1 } };
      },
      A2: async () => {
        throw new Error("never");
      },
    },
  });
  for (const run_id of ["R1", "R2", "R3", "R4"]) await control.start({ mission_id: "M", run_id });
  await control.decide("R1", { T2: { type: "approve", decided_by: "ana" } });
  await control.close();
  return { workspace, reference };
}

/** All that people are told of each run. */
async function reportsOf(control: MissionControl): Promise<readonly string[]> {
  const runs = await control.runs();
  return Promise.all(runs.map(async ({ run_id }) => (await control.run(run_id)).report));
}

async function eventsOf(place: string) {
  const store = await openAnyStore(place);
  const events = await store.readOutbox(0);
  const loaded = await store.listOutputs(0);
  await store.close();
  return { events, loaded };
}

describe("a copy of a store", () => {
  it("is the same on Postgres and back, and goes on where it waited", async () => {
    const { workspace, reference } = await aHistory();
    const url = await server.aDatabase();
    const back = aWorkspace(reference);

    const rows = await copy(workspace, url);
    expect(await copy(workspace, url)).toBe(rows);
    expect(await copy(url, back)).toBe(rows);

    for (const place of [url, back]) {
      expect(await historyOf(place)).toEqual(await historyOf(workspace));
      expect(await eventsOf(place)).toEqual(await eventsOf(workspace));
    }
    // What waits has waited just as long, whichever is looked at first.
    const late = { now: () => "2100-01-01T12:00:00Z" };
    const [before, there] = [
      await aMissionControl({ workspace, clock: late }),
      await aMissionControl({ workspace: back, store: url, clock: late }),
    ];
    const after = await aMissionControl({ workspace: back, clock: late });
    expect(await reportsOf(there)).toEqual(await reportsOf(before));
    expect(await reportsOf(after)).toEqual(await reportsOf(before));
    for (const control of [there, after]) {
      expect((await control.audit()).head).toBe((await before.audit()).head);
      const { pending_approvals } = await control.cancel("R3", { reason: "enough", by: "ana" });
      expect(pending_approvals).toEqual([]);
      const next = await control.start({ mission_id: "M" });
      expect(next.run_id).toMatch(/^RUN_\d{4}_\d\d_\d\d_001$/);
    }
  });

  it("is the same over documents, as far as they go", async () => {
    const { workspace } = await aHistory();
    const [folder, back] = [aFolder(), aFolder()];

    await copy(workspace, `documents:${folder}`);
    await copy(`documents:${folder}`, back);

    const { plans: _plans, ...records } = await historyOf(workspace);
    expect(await historyOf(back)).toMatchObject(records);
    await expect(copy(workspace, `documents:${folder}`)).rejects.toMatchObject({ code: "USAGE" });
  });

  it("goes on where it was killed, and leaves its source as it was", async () => {
    const workspace = aWorkspace();
    await runCli(["--workspace", workspace, "run", "M001"]);
    const url = await server.aDatabase();
    const database = join(workspace, ".mission-control", "mission-control.sqlite");
    const before = readFileSync(database);
    let isBegun = false;
    const args = ["copy", "--from", workspace, "--to", url];
    const counting = setInterval(() => {
      void server.tamper(url, "SELECT 1 FROM kept").then((rows) => {
        isBegun ||= rows.length > 0;
      });
    }, 2);
    const killed = await runBuiltCli(args, { killWhen: () => isBegun });
    clearInterval(counting);

    const ended = await runCli(args);

    expect([killed.code, ended.code]).toEqual([killed.code === 0 ? 0 : null, 0]);
    expect(await historyOf(url)).toEqual(await historyOf(workspace));
    expect(readFileSync(database).equals(before)).toBe(true);
  });

  it("goes on from a source that has gone on, and is refused where there is none", async () => {
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace });
    const { run_id } = await control.enqueue({ mission_id: "M001" });
    const url = await server.aDatabase();
    await copy(workspace, url);
    await control.resume(run_id);

    await copy(workspace, url);

    expect(await historyOf(url)).toEqual(await historyOf(workspace));
    const there = await aMissionControl({ workspace, store: url });
    expect(await there.waiting()).toMatchObject({ free: 0, held: 0, pending_approvals: 1 });
    const nowhere = join(aFolder(), "typo");
    await expect(copy(nowhere, url)).rejects.toMatchObject({ code: "USAGE" });
    expect(existsSync(nowhere)).toBe(false);
  });

  it("is refused over another history, or onto itself, and nothing is changed", async () => {
    const [{ workspace }, { workspace: other }] = [await aHistory(), await aHistory()];
    const before = await historyOf(other);

    await expect(copy(workspace, other)).rejects.toMatchObject({
      code: "USAGE",
      message: expect.stringContaining("has a history of its own (outbox 1, for one)"),
    });
    await expect(copy(workspace, `${workspace}/.`)).rejects.toMatchObject({ code: "USAGE" });
    await expect(copy(workspace, server.aSchema())).rejects.toMatchObject({ code: "STORE_FAILED" });
    expect(await historyOf(other)).toEqual(before);
  });
});
