/** What survives a power cut, and who waits until it does. */

import { copyFileSync, existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

import type { MissionControlOptions, ProgressEvent } from "../../src/index.ts";
import { defined } from "../../src/model/defined.ts";
import { sql } from "../../src/store/sql.ts";
import { connectSqlite } from "../../src/store/sqlite/connection.ts";
import { openDatabase } from "../../src/store/sqlite/driver.ts";
import { openLogFile } from "../../src/store/sqlite/log-file.ts";
import type { WholeStore } from "../../src/store/store.ts";
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
  const COUNT = sql("SELECT count(*) AS rows FROM t");

  /** @param path of a database that others have open, too. */
  function aConnection(path = join(aFolder(), "db")) {
    const database = openDatabase(path);
    onTestFinished(() => database.close());
    database.exec("PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS t (a)");
    const disk = aGate();
    /** The rows that were there each time the disk was asked. */
    const seen: unknown[] = [];
    const log = {
      sync: () => {
        seen.push(database.prepare(COUNT.text).get()?.["rows"]);
        return disk.promise;
      },
      close: async () => {},
    };
    const connection = connectSqlite(database, { path, log, forget: () => {} });
    return { path, connection, disk, seen };
  }

  it("is there at once, and secured when the disk has it", async () => {
    const { connection, disk, seen } = aConnection();

    await connection.write(() => INSERT.run(1), false);
    expect(seen).toEqual([]);
    await connection.write(() => INSERT.run(2), true);

    expect([seen, await stateOf(connection.secured())]).toEqual([[2], "waits"]);
    disk.open();
    expect([seen, await stateOf(connection.secured())]).toEqual([[2], "done"]);
  });

  it("is secured by whoever goes by it, though another has made it", async () => {
    const { path, connection, disk, seen } = aConnection();
    const other = aConnection(path);
    disk.open();
    await connection.secured();
    await connection.secured();
    expect(seen).toEqual([0]);

    await other.connection.write(() => INSERT.run(1), true);
    await connection.read(() => COUNT.get());
    await connection.secured();

    expect(seen).toEqual([0, 1]);
  });

  it("is told not to be, where the disk refuses, and written to the database itself when it is asked for again", async () => {
    const { path, connection, disk, seen } = aConnection();
    await connection.write(() => INSERT.run(1), true);

    disk.fail(new Error("EIO"));
    await stateOf(disk.promise);

    await expect(connection.secured()).rejects.toThrow("EIO");
    await connection.secured();
    expect(seen).toEqual([1]);
    const alone = join(aFolder(), "db");
    copyFileSync(path, alone);
    const copy = openDatabase(alone);
    expect(copy.prepare(COUNT.text).get()).toEqual({ rows: 1 });
    copy.close();
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

const approve = { type: "approve", decided_by: "ana" } as const;

/** A run that waits for a decision, and a disk that has all there is until the test says otherwise. */
async function aWaitingRun({
  runtimes = {},
  listCalls,
}: Pick<MissionControlOptions, "runtimes"> & Partial<Pick<WholeStore, "listCalls">> = {}) {
  let secured = async () => {};
  const workspace = aWorkspace(aReference([aTask({ requires_human_approval: true })], [anAgent()]));
  const store = {
    ...aStoreOf(workspace),
    ...defined({ listCalls }),
    secured: () => secured(),
  };
  const control = await aMissionControl({ workspace, store, runtimes });
  const { run_id } = await control.start({ mission_id: "M" });
  return {
    workspace,
    store,
    control,
    run_id,
    report: join(workspace, "reports", `${run_id}.md`),
    setDisk: (disk: () => Promise<void>) => (secured = disk),
  };
}

describe("a decision", () => {
  it("is acted on by agents, and told, when it survives a power cut", async () => {
    const [disk, begun] = [aGate(), aGate()];
    let isCalled = false;
    const agent = async () => {
      isCalled = true;
      return { output: 1 };
    };
    const { control, run_id, setDisk } = await aWaitingRun({ runtimes: { A1: agent } });

    setDisk(() => disk.promise);
    const onProgress = ({ event }: ProgressEvent) => event === "task-started" && begun.open();
    const decided = control.decide(run_id, { T1: approve }, { onProgress });
    await begun.promise;
    expect([await stateOf(decided), isCalled]).toEqual(["waits", false]);

    disk.open();
    expect((await decided).status).toBe("completed");
    expect(isCalled).toBe(true);
  });

  it("that nobody goes on with here is told when it survives, too", async () => {
    const disk = aGate();
    const { store, control, run_id, setDisk } = await aWaitingRun();

    setDisk(() => disk.promise);
    const decided = control.decide(run_id, { T1: approve }, { detach: true });
    while ((await store.readRun(run_id))?.requests[0]?.status === "pending") {
      expect(await stateOf(decided)).toBe("waits");
    }
    expect(await stateOf(decided)).toBe("waits");

    disk.open();
    expect((await decided).pending_approvals).toEqual([]);
  });
});

describe("the end of a run", () => {
  it("is told in no report before it survives a power cut", async () => {
    const disk = aGate();
    const { workspace, run_id, report } = await aWaitingRun();
    const store = { ...aStoreOf(workspace), secured: () => disk.promise };
    // Who has just written documents rests a second before it writes them again.
    const control = await aMissionControl({ workspace, store });

    const decided = control.decide(run_id, { T1: approve });
    while ((await store.findRun(run_id))?.status !== "completed") await stateOf(decided);
    const looked = control.run(run_id);
    expect([await stateOf(decided), await stateOf(looked)]).toEqual(["waits", "waits"]);
    expect(existsSync(report)).toBe(false);

    disk.open();
    expect([(await decided).status, (await looked).status]).toEqual(["completed", "completed"]);
  });

  it("by a person is reported, and told to agents, though the disk refuses: nobody can do it again", async () => {
    const told: string[] = [];
    const { control, run_id, report, setDisk } = await aWaitingRun({
      listCalls: async (runId) => (told.push(runId), []),
    });

    setDisk(() => Promise.reject(new Error("EIO")));
    await expect(control.cancel(run_id, { reason: "no", by: "ana" })).rejects.toThrow("EIO");
    setDisk(async () => {});
    await control.close();

    expect(told).toEqual([run_id]);
    expect(existsSync(report)).toBe(true);
  });
});
