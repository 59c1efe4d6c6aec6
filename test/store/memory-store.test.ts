import { describe, expect, it } from "vitest";

import { sha256 } from "../../src/app/system.ts";
import { openMemoryStore } from "../../src/store/sqlite/sqlite-store.ts";
import { NOON, aHistory, aRequest, aRow, aRun, anEvent } from "../support/builders.ts";
import { listRecords } from "../support/portfolio-record.ts";

const EMPTY = { runs: [], rows: [], events: [], requests: [], snapshots: [], plans: new Map() };

const history = aHistory({
  runs: [aRun({ status: "completed" })],
  rows: [aRow()],
  events: [anEvent()],
  requests: [aRequest()],
});

describe("openMemoryStore", () => {
  it("is as new when it was cleared, also in what it remembered", async () => {
    const store = openMemoryStore({ now: () => NOON, hash: sha256 });
    const { run_id } = aRun();
    await store.importRecords(listRecords(history), { mark: { name: "imported", value: "1" } });
    expect(await store.readRun(run_id)).toBeDefined();
    const [firstEvents, firstHistory] = [await store.readOutbox(0), await store.readHistory()];

    await store.clear();

    expect(await store.readRun(run_id)).toBeUndefined();
    expect(await store.readHistory()).toEqual(EMPTY);
    expect(await store.readOutbox(0)).toEqual([]);
    expect(await store.findMark("imported")).toBeUndefined();

    await store.importRecords(listRecords(history), { mark: { name: "imported", value: "1" } });

    expect(await store.readHistory()).toEqual(firstHistory);
    expect(await store.readOutbox(0)).toEqual(firstEvents);
    await store.close();
  });
});
