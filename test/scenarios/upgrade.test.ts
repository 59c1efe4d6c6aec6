/** Databases of earlier versions go on. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { gunzipSync } from "node:zlib";

import { describe, expect, it } from "vitest";

import { aMissionControl, aWorkspace, databaseOf } from "../support/workspace.ts";

/** The sample after two more runs of M001: one has completed, the other waits for a person at T2. */
const SCHEMA_3 = new URL("../fixtures/schema-3.sqlite.gz", import.meta.url);

describe("a database of schema 3", () => {
  it("is taken over: a run that waited in it goes on, and the records balance", async () => {
    const workspace = aWorkspace();
    mkdirSync(dirname(databaseOf(workspace)), { recursive: true });
    writeFileSync(databaseOf(workspace), gunzipSync(readFileSync(SCHEMA_3)));
    const control = await aMissionControl({ workspace });
    const waiting = await control.pendingApprovals();
    const before = await control.runs({ mission_id: "M001", status: ["completed"] });

    const { status } = await control.decide(waiting[0]?.run_id ?? "", {
      T2: { type: "approve", decided_by: "ana" },
    });

    expect(waiting).toMatchObject([{ task_id: "T2" }]);
    expect(status).toBe("completed");
    expect(await control.runs({ mission_id: "M001", status: ["completed"] })).toHaveLength(
      before.length + 1,
    );
    const { counts } = await control.audit();
    expect(counts["error"] ?? 0).toBe(0);
    expect((await control.portfolio()).outcome).toBeDefined();
  });
});
