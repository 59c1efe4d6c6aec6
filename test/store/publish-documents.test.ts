import { createHash, randomUUID } from "node:crypto";
import fs, {
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";

import { describe, expect, it, onTestFinished, vi } from "vitest";

import { exportDocuments } from "../../src/app/documents.ts";
import {
  findHandChanges,
  keepOriginals,
  markImport,
  publishDocuments,
} from "../../src/store/documents/publish-documents.ts";
import { createPublisher } from "../../src/store/documents/publisher.ts";
import { NOON, aRun } from "../support/builders.ts";
import { aFolder, aStoreOf, readDocument, tamper } from "../support/workspace.ts";

/** @returns what has it be well again. */
function fillDisk(where: "renameSync" | "writeFileSync"): () => void {
  const broken = vi.spyOn(fs, where).mockImplementation(() => {
    throw Object.assign(new Error("ENOSPC: no space left"), { code: "ENOSPC" });
  });
  syncBuiltinESMExports();
  return () => {
    broken.mockRestore();
    syncBuiltinESMExports();
  };
}

describe("a publisher", () => {
  it("lets others get on between two reports, however many there are", async () => {
    const folder = aFolder();
    const store = aStoreOf(folder);
    onTestFinished(() => store.close());
    for (const run_id of ["R1", "R2", "R3"]) {
      await store.importRecords([{ document: "mission_runs", record: aRun({ run_id }) }]);
      await store.changeRun(run_id, (run) => ({ ...run, status: "completed", end_time: NOON }));
    }
    const done: string[] = [];
    const publisher = createPublisher({
      folder,
      store,
      keepRuns: () => 10,
      makeBoard: async () => "",
      async makeReport(runId) {
        done.push(runId);
        void nextTurn().then(() => done.push("others"));
        return "";
      },
      onWarning: expect.unreachable,
    });

    await publisher.catchUp();

    expect(done).toEqual(["R1", "others", "R2", "others", "R3", "others"]);
  });
});

describe("documents that a store takes over", () => {
  it("are kept aside byte by byte, and known again by all of their bytes, however long they are", () => {
    const folder = aFolder();
    const path = join(folder, "task_execution_logs.json");
    // More than is read at once, and no text of ours.
    const bytes = Buffer.alloc(3_000_000, "[ 1 ]\n");
    bytes[2_999_998] = 0xff;
    writeFileSync(path, bytes);

    keepOriginals(folder);
    const { value } = markImport(folder);

    const aside = join(folder, ".mission-control", "originals", "task_execution_logs.json");
    expect(readFileSync(aside).equals(bytes)).toBe(true);
    expect(readdirSync(join(folder, ".mission-control", "drafts"))).toEqual([]);
    const hash = createHash("sha256").update(bytes).digest("hex");
    expect(JSON.parse(value)).toEqual({ number: 0, hashes: { task_execution_logs: [hash] } });
  });
});

describe("publishing documents", () => {
  it.each([
    ["put in place", "renameSync"],
    ["write", "writeFileSync"],
  ] as const)(
    "takes none for changed by hand that it could not %s, twice in a row",
    async (_, where) => {
      const folder = aFolder();
      const store = aStoreOf(folder);
      onTestFinished(() => store.close());
      const publish = () => publishDocuments(folder, { store, keepRuns: 10, force: false });
      const change = (requested_by: string) =>
        store.changeRun("R1", (run) => ({ ...run, requested_by }));
      await store.importRecords([{ document: "mission_runs", record: aRun() }]);
      await publish();
      const mend = fillDisk(where);
      onTestFinished(mend);
      for (const name of ["ana", "ben"]) {
        await change(name);
        await expect(publish()).rejects.toMatchObject({ code: "STORE_FAILED" });
      }
      mend();
      expect(readdirSync(join(folder, ".mission-control", "drafts"))).toEqual([]);
      await change("eve");

      expect(await publish()).toEqual({ changedByHand: [] });
      expect(readDocument(folder, "mission_runs")).toMatchObject([{ requested_by: "eve" }]);
    },
  );

  it("is for one at a time: an export waits for a publisher, and neither takes the other's work for somebody's hand", async () => {
    const folder = aFolder();
    const store = aStoreOf(folder);
    onTestFinished(() => store.close());
    const runIds = ["R1", "R2", "R3"];
    await store.importRecords(
      runIds.map((run_id) => ({ document: "mission_runs", record: aRun({ run_id }) })),
    );
    const publisher = createPublisher({
      folder,
      store,
      keepRuns: () => 1,
      makeBoard: async () => "",
      makeReport: async () => "",
      onWarning: expect.unreachable,
    });
    const exportAll = () => exportDocuments({ folder, force: false }, { store, folder });

    await Promise.all([publisher.catchUp(), exportAll(), exportAll()]);

    expect((await findHandChanges(folder, store)).changedByHand).toEqual([]);
    expect(readDocument(folder, "mission_runs")).toMatchObject(
      runIds.map((run_id) => ({ run_id })),
    );
    expect(readdirSync(join(folder, ".mission-control", "drafts"))).toEqual([]);
  });

  it("leaves alone what somebody changes while it writes", async () => {
    const folder = aFolder();
    const store = aStoreOf(folder);
    onTestFinished(() => store.close());
    await store.importRecords([{ document: "mission_runs", record: aRun() }]);
    await publishDocuments(folder, { store, keepRuns: 10, force: false });
    await store.changeRun("R1", (run) => ({ ...run, requested_by: "ana" }));
    const meddled: typeof store = {
      ...store,
      async setMark(name, value) {
        await store.setMark(name, value);
        writeFileSync(join(folder, "mission_runs.json"), "[ ]");
      },
    };

    const published = await publishDocuments(folder, {
      store: meddled,
      keepRuns: 10,
      force: false,
    });

    expect(published).toEqual({ changedByHand: ["mission_runs"] });
    expect(readFileSync(join(folder, "mission_runs.json"), "utf8")).toBe("[ ]");
    expect(await findHandChanges(folder, store)).toMatchObject(published);
  });

  it("takes away what a killed export has left, here, behind a link and elsewhere, and nothing else", async () => {
    const [folder, behind, elsewhere] = [aFolder(), aFolder(), aFolder()];
    const store = aStoreOf(folder);
    onTestFinished(() => store.close());
    await store.importRecords([{ document: "mission_runs", record: aRun() }]);
    symlinkSync(join(behind, "runs.json"), join(folder, "mission_runs.json"));
    const own = createHash("sha256").update(folder).digest("hex").slice(0, 16);
    const id = `${own}-${randomUUID()}`;
    const others = `runs.json.${"0".repeat(16)}-${randomUUID()}.tmp`;
    mkdirSync(join(folder, ".mission-control", "drafts"), { recursive: true });
    writeFileSync(join(folder, ".mission-control", "drafts", `mission_runs.${id}.tmp`), "[");
    writeFileSync(join(behind, `runs.json.${id}.tmp`), "[");
    writeFileSync(join(behind, "runs.json.my.tmp"), "mine");
    writeFileSync(join(behind, others), "another workspace's");
    writeFileSync(join(elsewhere, `mission_runs.json.${id}.tmp`), "[");

    for (const to of [folder, elsewhere]) {
      await exportDocuments({ folder: to, force: false }, { store, folder });
    }

    expect(readdirSync(join(folder, ".mission-control", "drafts"))).toEqual([]);
    expect(readdirSync(behind).toSorted()).toEqual(["runs.json", others, "runs.json.my.tmp"]);
    expect(readdirSync(elsewhere).filter((name) => !name.endsWith(".json"))).toEqual([]);
  });

  it("writes through no link elsewhere unless forced, and never two documents into one file", async () => {
    const [folder, other, elsewhere] = [aFolder(), aFolder(), aFolder()];
    const store = aStoreOf(folder);
    onTestFinished(() => store.close());
    await store.importRecords([{ document: "mission_runs", record: aRun() }]);
    const mine = join(other, "mine.json");
    writeFileSync(mine, "[]");
    symlinkSync(mine, join(elsewhere, "mission_runs.json"));
    const to = { folder: elsewhere, force: false };

    await expect(exportDocuments(to, { store, folder })).rejects.toMatchObject({ code: "USAGE" });
    expect(readFileSync(mine, "utf8")).toBe("[]");
    await exportDocuments({ ...to, force: true }, { store, folder });
    expect(JSON.parse(readFileSync(mine, "utf8"))).toMatchObject([{ run_id: "R1" }]);

    rmSync(join(elsewhere, "task_execution_logs.json"));
    symlinkSync("mission_runs.json", join(elsewhere, "task_execution_logs.json"));
    await expect(exportDocuments({ ...to, force: true }, { store, folder })).rejects.toMatchObject({
      code: "STORE_FAILED",
      message: expect.stringContaining("leads to the same file as"),
    });
  });

  it("says which record is damaged", async () => {
    const folder = aFolder();
    const store = aStoreOf(folder);
    onTestFinished(() => store.close());
    await store.importRecords([{ document: "mission_runs", record: aRun() }]);
    tamper(folder, "UPDATE runs SET record = substr(record, 1, 40)");

    await expect(
      exportDocuments({ folder, force: false }, { store, folder }),
    ).rejects.toMatchObject({
      code: "STORE_FAILED",
      message: expect.stringMatching(/R1.*it is no JSON.*`audit` says/),
    });
  });

  it.each(["a-file", "a-file/below"])("tells that there is no folder %s", async (place) => {
    const folder = aFolder();
    const store = aStoreOf(folder);
    onTestFinished(() => store.close());
    writeFileSync(join(folder, "a-file"), "mine");
    const to = { folder: join(folder, place), force: false };

    await expect(exportDocuments(to, { store, folder })).rejects.toMatchObject({
      code: "STORE_FAILED",
    });

    expect(readFileSync(join(folder, "a-file"), "utf8")).toBe("mine");
  });
});
