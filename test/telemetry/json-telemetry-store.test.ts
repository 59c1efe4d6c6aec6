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

import { afterEach, describe, expect, it, vi } from "vitest";

import type { MakeBoard } from "../../src/telemetry/board.ts";
import { createJsonTelemetryStore } from "../../src/telemetry/json-telemetry-store.ts";
import { describeTelemetryStore } from "../contracts/telemetry-store.ts";
import { aRow, aRun, aSnapshot } from "../support/builders.ts";
import { aFolder, aWorkspace, readDocument, writeDocument } from "../support/workspace.ts";

describeTelemetryStore("a folder of JSON documents", () => {
  const folder = aFolder();
  return () => createJsonTelemetryStore({ folder });
});

const { run_id: _unnamed, ...draft } = aRun();

afterEach(() => {
  vi.restoreAllMocks();
});

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

  it("has a script's stops in the documents at once, and shares folds among those of a bulk", async () => {
    // No time passes, however slow the machine is.
    vi.spyOn(performance, "now").mockReturnValue(1000);
    const folder = aFolder();
    const [store, other] = [
      createJsonTelemetryStore({ folder }),
      createJsonTelemetryStore({ folder }),
    ];
    const written: number[] = [];
    for (let attempt = 1; attempt <= 17; attempt += 1) {
      await store.putTaskLog(aRow({ attempt }));
      await store.settleSoon();
      written.push(readDocument(folder, "task_execution_logs").length);
    }

    expect(written).toEqual([...Array.from({ length: 16 }, (_, index) => index + 1), 16]);
    expect(await other.listTaskLogs("R1")).toHaveLength(17);
    await store.close();
    expect(readDocument(folder, "task_execution_logs")).toHaveLength(17);
  });

  it("brings the board in line once for all that asked, from the earliest date on", async () => {
    const folder = aFolder();
    const store = createJsonTelemetryStore({ folder });
    const made: [string, number][] = [];
    const make: MakeBoard = ({ runs }, since) => {
      made.push([since, runs.length]);
      return { snapshots: [aSnapshot()], page: () => `${runs.length} runs` };
    };
    for (const since of ["2026-02-04T00:00:00Z", "2026-02-03T00:00:00Z", "2026-02-05T00:00:00Z"]) {
      await store.openRun({ ...draft, thread_id: since });
      store.refreshBoard(since, make);
    }
    await store.settle();
    await store.settle();

    expect(made).toEqual([["2026-02-03T00:00:00Z", 3]]);
    expect(readDocument(folder, "mission_portfolio_snapshot")).toEqual([aSnapshot()]);
    expect(readFileSync(join(folder, "reports", "portfolio.md"), "utf8")).toBe("3 runs");
    await store.close();
  });

  it("writes the board when it is closed, also when nothing else is to be written", async () => {
    const folder = aFolder();
    const store = createJsonTelemetryStore({ folder });
    store.refreshBoard("2026-02-04T00:00:00Z", () => ({ snapshots: [], page: () => "a page" }));

    await store.close();

    expect(readFileSync(join(folder, "reports", "portfolio.md"), "utf8")).toBe("a page");
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
