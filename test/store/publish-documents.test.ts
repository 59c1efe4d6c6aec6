import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

import { describe, expect, it, onTestFinished, vi } from "vitest";

import { publishDocuments } from "../../src/store/documents/publish-documents.ts";
import { aRun } from "../support/builders.ts";
import { aFolder, aStoreOf, readDocument } from "../support/workspace.ts";

/** @returns what has it be well again. */
function breakRename(): () => void {
  const broken = vi.spyOn(fs, "renameSync").mockImplementation(() => {
    throw Object.assign(new Error("ENOSPC: no space left"), { code: "ENOSPC" });
  });
  syncBuiltinESMExports();
  return () => {
    broken.mockRestore();
    syncBuiltinESMExports();
  };
}

describe("publishing documents", () => {
  it("takes none for changed by hand that it could not write, twice in a row", async () => {
    const folder = aFolder();
    const store = aStoreOf(folder);
    onTestFinished(() => store.close());
    const publish = () => publishDocuments(folder, { store, keepRuns: 10, force: false });
    const change = (requested_by: string) =>
      store.changeRun("R1", (run) => ({ ...run, requested_by }));
    await store.importRecords([{ document: "mission_runs", record: aRun() }]);
    await publish();
    const mend = breakRename();
    onTestFinished(mend);
    for (const name of ["ana", "ben"]) {
      await change(name);
      await expect(publish()).rejects.toMatchObject({ code: "STORE_FAILED" });
    }
    mend();
    await change("eve");

    expect(await publish()).toEqual({ changedByHand: [] });
    expect(readDocument(folder, "mission_runs")).toMatchObject([{ requested_by: "eve" }]);
  });
});
