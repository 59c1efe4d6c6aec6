/** What survives a power cut, and who waits until it does. */

import { mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { sql } from "../../src/store/sql.ts";
import { connectSqlite } from "../../src/store/sqlite/connection.ts";
import { openDatabase } from "../../src/store/sqlite/driver.ts";
import { openLogFile } from "../../src/store/sqlite/log-file.ts";
import { aReference, aTask, anAgent } from "../support/builders.ts";
import { aFolder, aMissionControl, aStoreOf, aWorkspace } from "../support/workspace.ts";

/** A promise that is settled from outside. */
function aGate() {
  let settle: { open: () => void; fail: (error: Error) => void } | undefined;
  const promise = new Promise<void>((open, fail) => (settle = { open, fail }));
  return { promise, open: () => settle?.open(), fail: (error: Error) => settle?.fail(error) };
}

/** What has happened when everything that can go on has gone on. */
async function stateOf(promise: Promise<unknown>): Promise<string> {
  let state = "waits";
  promise.then(
    () => (state = "done"),
    () => (state = "failed"),
  );
  await new Promise((resolve) => setImmediate(resolve));
  return state;
}

describe("a commit that is to survive a power cut", () => {
  const INSERT = sql("INSERT INTO t VALUES ($1)");

  function aConnection() {
    const database = openDatabase(":memory:");
    database.exec("CREATE TABLE t (a)");
    const [disk, again] = [aGate(), aGate()];
    const seen: unknown[] = [];
    const log = {
      sync: () => {
        seen.push(database.prepare("SELECT count(*) AS rows FROM t").get()?.["rows"]);
        return seen.length === 1 ? disk.promise : again.promise;
      },
      close: async () => {},
    };
    const connection = connectSqlite(database, { path: "it", log, forget: () => {} });
    return { connection, disk, again, seen };
  }

  it("is there at once, and secured when the disk has it", async () => {
    const { connection, disk, seen } = aConnection();

    await connection.write(() => INSERT.run(1), false);
    expect([seen, await stateOf(connection.secured())]).toEqual([[], "done"]);
    await connection.write(() => INSERT.run(2), true);

    expect([seen, await stateOf(connection.secured())]).toEqual([[2], "waits"]);
    disk.open();
    expect(await stateOf(connection.secured())).toBe("done");
  });

  it("is told not to be, where the disk refuses, and tried again when it is asked for", async () => {
    const { connection, disk, again } = aConnection();
    await connection.write(() => INSERT.run(1), true);

    disk.fail(new Error("EIO"));
    await stateOf(disk.promise);

    await expect(connection.secured()).rejects.toThrow("EIO");
    expect(await stateOf(connection.secured())).toBe("waits");
    again.open();
    expect(await stateOf(connection.secured())).toBe("done");
  });
});

describe("the write-ahead log", () => {
  it("is reached again when it could not be", async () => {
    const path = join(aFolder(), "wal");
    mkdirSync(path);
    const log = openLogFile(path);

    await expect(log.sync()).rejects.toMatchObject({
      code: "STORE_FAILED",
      message: expect.stringMatching(
        /Could not bring .*wal to the disk: EISDIR.* a power cut may take it/,
      ),
    });

    rmdirSync(path);
    writeFileSync(path, "");
    await expect(Promise.all([log.sync(), log.sync()])).resolves.toHaveLength(2);
    await log.close();
  });
});

describe("a decision", () => {
  it("is acted on by agents, and told, when it survives a power cut", async () => {
    const [disk, begun] = [aGate(), aGate()];
    let isCalled = false;
    let secured = Promise.resolve();
    const workspace = aWorkspace(
      aReference([aTask({ requires_human_approval: true })], [anAgent()]),
    );
    const control = await aMissionControl({
      workspace,
      store: { ...aStoreOf(workspace), secured: () => secured },
      runtimes: {
        A1: async () => {
          isCalled = true;
          return { output: 1 };
        },
      },
    });
    const { run_id } = await control.start({ mission_id: "M" });

    secured = disk.promise;
    const decided = control.decide(
      run_id,
      { T1: { type: "approve", decided_by: "ana" } },
      { onProgress: ({ event }) => event === "task-started" && begun.open() },
    );
    await begun.promise;
    expect([await stateOf(decided), isCalled]).toEqual(["waits", false]);

    disk.open();
    expect((await decided).status).toBe("completed");
    expect(isCalled).toBe(true);
  });

  it("that nobody goes on with here is told when it survives, too", async () => {
    const disk = aGate();
    let secured = Promise.resolve();
    const workspace = aWorkspace(
      aReference([aTask({ requires_human_approval: true })], [anAgent()]),
    );
    const store = { ...aStoreOf(workspace), secured: () => secured };
    const control = await aMissionControl({ workspace, store });
    const { run_id } = await control.start({ mission_id: "M" });

    secured = disk.promise;
    const decision = { type: "approve", decided_by: "ana" } as const;
    const decided = control.decide(run_id, { T1: decision }, { detach: true });
    while ((await store.readRun(run_id))?.requests[0]?.status === "pending") {
      expect(await stateOf(decided)).toBe("waits");
    }
    expect(await stateOf(decided)).toBe("waits");

    disk.open();
    expect((await decided).pending_approvals).toEqual([]);
  });
});
