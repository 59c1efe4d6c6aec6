/** What every telemetry store must do. Adapters call this with a way to open themselves. */

import { describe, expect, it } from "vitest";

import type { TelemetryStore } from "../../src/telemetry/telemetry-store.ts";
import { NOON, aRequest, aRow, aRun, aSnapshot, anEvent } from "../support/builders.ts";

const { run_id: _unnamed, ...draft } = aRun();
const decided = {
  decision: "approve",
  decided_at: NOON,
  decided_by: "ana",
  source: "library",
} as const;

/** @param open opens the same storage each time within one test. */
export function describeTelemetryStore(name: string, prepare: () => () => TelemetryStore): void {
  describe(`${name} as a telemetry store`, () => {
    it("numbers runs, and refuses an id that is taken", async () => {
      const store = prepare()();

      const first = await store.openRun(draft);
      const named = await store.openRun({ ...draft, run_id: "MINE" });
      const next = await store.openRun(draft);

      expect([first.run_id, named.run_id, next.run_id]).toEqual([
        "RUN_2026_11_22_001",
        "MINE",
        "RUN_2026_11_22_002",
      ]);
      await expect(store.openRun({ ...draft, run_id: "MINE" })).rejects.toMatchObject({
        code: "RUN_EXISTS",
      });
      await store.close();
    });

    it("gives many runs that are opened at once an id each", async () => {
      const open = prepare();
      const stores = [open(), open(), open()];

      const runs = await Promise.all(
        stores.flatMap((store) => Array.from({ length: 10 }, () => store.openRun(draft))),
      );

      expect(new Set(runs.map((run) => run.run_id)).size).toBe(30);
      await Promise.all(stores.map((store) => store.close()));
    });

    it("has one unended run on a thread at most, and finds the newest", async () => {
      const store = prepare()();
      const first = await store.openRun({ ...draft, thread_id: "thread" });

      const same = await store.openRun({ ...draft, thread_id: "thread" });
      await store.changeRun(first.run_id, (run) => ({ ...run, status: "failed" }));
      const second = await store.openRun({ ...draft, thread_id: "thread" });

      expect(same.run_id).toBe(first.run_id);
      expect(second.run_id).not.toBe(first.run_id);
      expect(await store.findRunByThread("thread")).toEqual(second);
      expect(await store.findRunByThread("other")).toBeUndefined();
      await store.close();
    });

    it("replaces a row with the same key, and keeps the order of first writing", async () => {
      const open = prepare();
      const store = open();
      await store.putTaskLog(aRow());
      await store.putTaskLog(aRow({ attempt: 2 }));

      await store.putTaskLog(aRow({ outcome: "failed" }));

      expect((await store.listTaskLogs("R1")).map((row) => [row.attempt, row.outcome])).toEqual([
        [1, "failed"],
        [2, "completed"],
      ]);
      expect(await store.listTaskLogs("R2")).toEqual([]);
      expect(await store.listTaskLogsOf("R1", "T2")).toEqual([]);
      await store.close();
      expect(await open().listTaskLogs()).toHaveLength(2);
    });

    it("lets another see at once what was written", async () => {
      const open = prepare();
      const [writer, reader] = [open(), open()];
      await writer.openRun({ ...draft, run_id: "R1" });
      expect(await reader.findRun("R1")).toBeDefined();

      await writer.putTaskLog(aRow());
      await writer.settle();
      await writer.putTaskLog(aRow({ attempt: 2 }));

      expect(await reader.listTaskLogs("R1")).toHaveLength(2);
      await writer.close();
      await reader.close();
    });

    it("reads all that is recorded of one run", async () => {
      const open = prepare();
      const [writer, reader] = [open(), open()];
      const run = await writer.openRun({ ...draft, run_id: "R1" });
      await writer.openRun({ ...draft, run_id: "R2", thread_id: "another" });
      await writer.putTaskLog(aRow());
      await writer.putTaskLog(aRow({ run_id: "R2" }));
      await writer.requestApproval(aRequest());
      await writer.changeRiskEvents(() => [anEvent(), anEvent({ event_id: "E2", run_id: "R2" })]);

      expect(await reader.readRun("R1")).toEqual({
        run,
        rows: [aRow()],
        requests: [aRequest()],
        risks: [anEvent()],
      });
      expect(await reader.readRun("R3")).toBeUndefined();
      await writer.close();
      await reader.close();
    });

    it("keeps the request that was made first", async () => {
      const store = prepare()();
      await store.requestApproval(aRequest());

      const kept = await store.requestApproval(aRequest({ agent_id: "A2" }));

      expect(kept.agent_id).toBe("A1");
      expect(await store.listApprovalsOf("R1", "T1")).toEqual([aRequest()]);
      await store.close();
    });

    it("changes risk events on what others have written, and returns just what changed", async () => {
      const open = prepare();
      const [one, other] = [open(), open()];
      await one.changeRiskEvents(() => [anEvent(), anEvent({ event_id: "RISK_002" })]);

      const changed = await other.changeRiskEvents((events) =>
        events.slice(0, 1).map((event) => ({ ...event, status: "closed" as const })),
      );

      expect(changed).toEqual([anEvent({ status: "closed" })]);
      expect((await one.listRiskEvents("R1")).map((event) => event.status)).toEqual([
        "closed",
        "open",
      ]);
      await one.close();
      await other.close();
    });

    it("replaces a snapshot of the same date and period, and keeps the other period's", async () => {
      const open = prepare();
      const store = open();
      await store.openRun({ ...draft, run_id: "R1" });
      await store.refreshSnapshots(({ runs }) => [aSnapshot({ active_runs: runs.length })]);
      await store.refreshSnapshots(() => [aSnapshot({ period: "week" })]);

      await store.refreshSnapshots(({ snapshots }) => [
        aSnapshot({ completed_runs: snapshots.length }),
      ]);

      await store.close();
      const { runs, snapshots } = await open().readHistory();
      expect(runs).toHaveLength(1);
      expect(snapshots).toEqual([aSnapshot({ completed_runs: 2 }), aSnapshot({ period: "week" })]);
    });

    it("lets the first decision win, also between two who decide at once", async () => {
      const open = prepare();
      const [one, other] = [open(), open()];
      await one.requestApproval(aRequest());
      const decision = { ...decided, run_id: "R1", approval_id: "APR-R1-T1-1" };

      const results = await Promise.allSettled([
        one.decideApprovals([decision]),
        other.decideApprovals([{ ...decision, decided_by: "bob", decision: "reject" }]),
      ]);

      expect(results.map((result) => result.status).toSorted()).toEqual(["fulfilled", "rejected"]);
      const [failed] = results.filter((result) => result.status === "rejected");
      expect(failed?.reason).toMatchObject({ code: "ALREADY_DECIDED" });
      expect(await one.listApprovals("R1")).toEqual(await other.listApprovals("R1"));
      await one.close();
      await other.close();
    });

    it("keeps two requests apart whose approval ids are the same", async () => {
      const store = prepare()();
      const approval_id = "APR-R-A-B-1";
      await store.requestApproval(aRequest({ run_id: "R", task_id: "A-B", approval_id }));

      const other = await store.requestApproval(
        aRequest({ run_id: "R-A", task_id: "B", approval_id }),
      );
      await store.decideApprovals([{ ...decided, run_id: "R-A", approval_id }]);

      expect(other).toMatchObject({ run_id: "R-A", task_id: "B" });
      expect(await store.listApprovals("R")).toMatchObject([{ status: "pending" }]);
      expect(await store.listApprovals("R-A")).toMatchObject([{ status: "decided" }]);
      await store.close();
    });

    it("records several decisions all or none", async () => {
      const store = prepare()();
      await store.requestApproval(aRequest());

      const both = store.decideApprovals([
        { ...decided, run_id: "R1", approval_id: "APR-R1-T1-1" },
        { ...decided, run_id: "R1", approval_id: "APR-R1-T9-1" },
      ]);

      await expect(both).rejects.toMatchObject({ code: "UNKNOWN_APPROVAL" });
      expect(await store.listApprovals()).toMatchObject([{ status: "pending" }]);
      await store.close();
    });

    it("takes back what is pending, and nothing that is decided", async () => {
      const store = prepare()();
      await store.requestApproval(aRequest());
      await store.requestApproval(aRequest({ task_id: "T2" }));
      await store.decideApprovals([{ ...decided, run_id: "R1", approval_id: "APR-R1-T1-1" }]);

      await store.voidApprovals("R1", ["APR-R1-T1-1", "APR-R1-T2-1", "APR-R1-T9-1"]);

      expect((await store.listApprovals()).map((request) => request.status)).toEqual([
        "decided",
        "void",
      ]);
      await store.close();
    });

    it("changes a run in one step, and refuses an unknown one", async () => {
      const open = prepare();
      const [one, other] = [open(), open()];
      await one.openRun({ ...draft, run_id: "R1" });
      const increment = (store: TelemetryStore) =>
        store.changeRun("R1", (run) => ({ ...run, escalations: run.escalations + 1 }));

      await Promise.all([increment(one), increment(other), increment(one), increment(other)]);

      expect(await one.findRun("R1")).toMatchObject({ escalations: 4 });
      await expect(one.changeRun("R9", (run) => run)).rejects.toMatchObject({
        code: "UNKNOWN_RUN",
      });
      await one.close();
      await other.close();
    });

    it("gives a large output back unchanged", async () => {
      const store = prepare()();
      const output = { text: "ä".repeat(20_000), list: [1, null, { deep: true }] };

      const reference = await store.saveOutput(output);

      expect(await store.loadOutput(reference)).toEqual(output);
      const gone = { ...reference, sha256: "0".repeat(64) };
      await expect(store.loadOutput(gone)).rejects.toMatchObject({ code: "STORE_FAILED" });
      await store.close();
    });

    it("locks a run against everybody, itself included, until it is released", async () => {
      const open = prepare();
      const [one, other] = [open(), open()];
      const release = await one.lockRun("R1");

      await expect(one.lockRun("R1")).rejects.toMatchObject({ code: "BUSY" });
      await expect(other.lockRun("R1")).rejects.toMatchObject({ code: "BUSY" });
      const elsewhere = await other.lockRun("R2");
      await release();
      const again = await other.lockRun("R1");

      await Promise.all([elsewhere(), again()]);
      await one.close();
      await other.close();
    });
  });
}
