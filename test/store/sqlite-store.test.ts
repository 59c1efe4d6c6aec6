import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

import { sha256 } from "../../src/app/system.ts";
import { openMemoryStore, openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { describeSharedStore, describeStore } from "../contracts/store.ts";
import { NOON, aRow } from "../support/builders.ts";
import { aFolder, aStoreOf, databaseOf, tamper } from "../support/workspace.ts";

const world = { now: () => NOON, hash: sha256 };

describeStore("a database in memory", () => () => openMemoryStore(world));

describeStore("a database in a folder", () => {
  const folder = aFolder();
  return () => openSqliteStore(folder, world);
});

describeSharedStore("a database in a folder", () => {
  const folder = aFolder();
  return () => openSqliteStore(folder, world);
});

describe("a database in a folder", () => {
  it.each([
    ["garbage", "five years of work"],
    ["garbage longer than a page", "five years of work ".repeat(1000)],
    ["a torn database", `SQLite format 3\0${"x".repeat(5000)}`],
  ])("is refused when it is %s, with what to do and nothing touched", async (_what, content) => {
    const folder = aFolder();
    await aStoreOf(folder).close();
    writeFileSync(databaseOf(folder), content);

    expect(() => aStoreOf(folder)).toThrow(
      expect.objectContaining({
        code: "STORE_FAILED",
        message: expect.stringMatching(
          /mission-control\.sqlite is damaged or is no database\. Move it away/,
        ),
      }),
    );
  });

  it("is refused when a newer version has written it", async () => {
    const folder = aFolder();
    await aStoreOf(folder).close();
    tamper(folder, "PRAGMA user_version = 99");

    expect(() => aStoreOf(folder)).toThrow(
      expect.objectContaining({
        code: "STORE_FAILED",
        message: expect.stringMatching(/newer Mission Control \(schema 99, this one knows \d+\)/),
      }),
    );
  });

  it("is one file when it is closed", async () => {
    const folder = aFolder();
    const store = aStoreOf(folder);
    await store.putTaskLog(aRow());

    await store.close();

    const copy = aFolder();
    mkdirSync(join(copy, ".mission-control"));
    writeFileSync(databaseOf(copy), readFileSync(databaseOf(folder)));
    const reopened = aStoreOf(copy);
    expect((await reopened.readHistory()).rows).toEqual([aRow()]);
    await reopened.close();
  });

  it("refuses the writes of who was taken over, and lets others' writes through", async () => {
    const folder = aFolder();
    const store = aStoreOf(folder);
    onTestFinished(() => store.close());
    await store.takeLease("R1");
    await store.putTaskLog(aRow());

    tamper(folder, "UPDATE leases SET holder = 'another', number = number + 1 WHERE name = 'R1'");

    await expect(store.putTaskLog(aRow({ attempt: 2 }))).rejects.toMatchObject({ code: "BUSY" });
    await store.putTaskLog(aRow({ run_id: "R2" }));
    expect((await store.readHistory()).rows).toEqual([aRow(), aRow({ run_id: "R2" })]);
  });

  it("says what is wrong with a record that somebody has broken", async () => {
    const folder = aFolder();
    const store = aStoreOf(folder);
    onTestFinished(() => store.close());
    await store.putTaskLog(aRow());

    tamper(folder, "UPDATE task_logs SET record = json_set(record, '$.outcome', 'odd')");

    await expect(store.readHistory()).rejects.toMatchObject({
      code: "STORE_FAILED",
      message: expect.stringMatching(/a record of task_execution_logs.*outcome/),
    });
  });
});
