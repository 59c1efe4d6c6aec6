import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { createJsonTelemetryStore } from "../../src/telemetry/json-telemetry-store.ts";
import { describeTelemetryStore } from "../contracts/telemetry-store.ts";
import { aRow, aRun } from "../support/builders.ts";
import { aFolder, aWorkspace, readDocument, writeDocument } from "../support/workspace.ts";

describeTelemetryStore("a folder of JSON documents", () => {
  const folder = aFolder();
  return () => createJsonTelemetryStore({ folder });
});

const { run_id: _unnamed, ...draft } = aRun();

describe("createJsonTelemetryStore", () => {
  it("makes nothing when it is only read from", async () => {
    const folder = aFolder();
    const store = createJsonTelemetryStore({ folder });

    await store.listRuns();
    await store.close();

    expect(readdirSync(folder)).toEqual([]);
  });

  it("reads the seed, and keeps the fields it does not know", async () => {
    const folder = aWorkspace();
    const runs = readDocument(folder, "mission_runs");
    writeDocument(
      folder,
      "mission_runs",
      runs.map((run) => ({ ...run, region: "EU" })),
    );
    const store = createJsonTelemetryStore({ folder });

    await store.openRun(draft);
    await store.close();

    const after = readDocument(folder, "mission_runs");
    expect(after).toHaveLength(9);
    expect(after.slice(0, 8)).toEqual(runs.map((run) => ({ ...run, region: "EU" })));
  });

  it("has everything in the documents once it has settled, and the journal is gone", async () => {
    const folder = aFolder();
    const store = createJsonTelemetryStore({ folder });
    await store.putTaskLog(aRow());
    const journal = join(folder, ".mission-control", "journal.jsonl");
    expect(existsSync(journal)).toBe(true);

    await store.settle();

    expect(readDocument(folder, "task_execution_logs")).toEqual([aRow()]);
    expect(existsSync(journal)).toBe(false);
    await store.close();
  });

  it("finds what a crashed writer left in the journal, a torn last line aside", async () => {
    const folder = aFolder();
    const internal = join(folder, ".mission-control");
    mkdirSync(internal);
    const line = JSON.stringify(["task_execution_logs", aRow()]);
    writeFileSync(join(internal, "journal.jsonl"), `${line}\n${line.slice(0, 40)}`);

    const store = createJsonTelemetryStore({ folder });
    await store.putTaskLog(aRow({ attempt: 2 }));
    await store.close();

    expect(readDocument(folder, "task_execution_logs")).toEqual([aRow(), aRow({ attempt: 2 })]);
  });

  it("sees what another process adds to the journal", async () => {
    const folder = aFolder();
    const store = createJsonTelemetryStore({ folder });
    await store.putTaskLog(aRow());

    const line = JSON.stringify(["task_execution_logs", aRow({ attempt: 2 })]);
    appendFileSync(join(folder, ".mission-control", "journal.jsonl"), `${line}\n`);

    expect(await store.listTaskLogs("R1")).toHaveLength(2);
    await store.close();
  });

  it("sees and keeps what a person edits between two writes", async () => {
    const folder = aFolder();
    const store = createJsonTelemetryStore({ folder });
    await store.putTaskLog(aRow());
    await store.settle();
    const [row] = readDocument(folder, "task_execution_logs");
    writeDocument(folder, "task_execution_logs", [{ ...row, note: "checked" }]);

    await store.putTaskLog(aRow({ attempt: 2 }));
    await store.settle();

    expect(readDocument(folder, "task_execution_logs")).toEqual([
      { ...aRow(), note: "checked" },
      aRow({ attempt: 2 }),
    ]);
    await store.close();
  });

  it("names line and column of malformed JSON, and leaves the file alone", async () => {
    const folder = aFolder();
    const half = '[\n  {\n    "run_id": "R1",\n    "mission_id" "M"\n';
    writeFileSync(join(folder, "mission_runs.json"), half);
    const store = createJsonTelemetryStore({ folder });

    const opening = store.openRun(draft);

    await expect(opening).rejects.toMatchObject({ code: "BAD_DOCUMENT" });
    await expect(opening).rejects.toThrow(/mission_runs\.json: not JSON at line 4, column 18/);
    expect(readFileSync(join(folder, "mission_runs.json"), "utf8")).toBe(half);
    await store.close();
  });

  it("names the record, the field and what was expected", async () => {
    const folder = aFolder();
    writeDocument(folder, "task_execution_logs", [
      aRow(),
      { ...aRow({ attempt: 2 }), outcome: "fine" },
    ]);

    const reading = createJsonTelemetryStore({ folder }).listTaskLogs();

    await expect(reading).rejects.toMatchObject({
      code: "BAD_DOCUMENT",
      details: {
        faults: [
          { document: "task_execution_logs.json", record: "record 2 (R1 T1)", field: "outcome" },
        ],
      },
    });
  });

  it("says which file could not be written", async () => {
    const folder = join(aFolder(), "file");
    writeFileSync(folder, "not a folder");

    const opening = createJsonTelemetryStore({ folder }).openRun(draft);

    await expect(opening).rejects.toMatchObject({ code: "STORE_FAILED" });
  });

  it("keeps what could not be folded, and folds it when there is room again", async () => {
    const folder = aFolder();
    const store = createJsonTelemetryStore({ folder });
    const blocked = join(folder, "task_execution_logs.json");
    await store.putTaskLog(aRow());
    // A folder in the file's place: replacing it fails, as on a full disk.
    mkdirSync(join(blocked, "x"), { recursive: true });

    await expect(store.settle()).rejects.toMatchObject({ code: "STORE_FAILED" });
    rmSync(blocked, { recursive: true });
    await store.settle();

    expect(readDocument(folder, "task_execution_logs")).toEqual([aRow()]);
    await store.close();
  });

  it("takes over the lock of a process that is gone", async () => {
    const folder = aFolder();
    const store = createJsonTelemetryStore({ folder });
    await store.lockRun("R1");
    const { default: SqliteDatabase } = await import("better-sqlite3");
    const db = new SqliteDatabase(join(folder, ".mission-control", "locks.sqlite"));
    db.prepare("UPDATE leases SET process_started = 'another life'").run();
    db.close();

    const release = await store.lockRun("R1");

    await expect(store.lockRun("R1")).rejects.toMatchObject({ code: "BUSY" });
    await release();
    await store.close();
  });
});
