/** Several people, several processes, one run. */

import { describe, expect, it } from "vitest";

import type { AgentRuntime } from "../../src/index.ts";
import { aPlan, aReference } from "../support/builders.ts";
import { runBuiltCli } from "../support/processes.ts";
import { aMissionControl, aWorkspace, readDocument, readRecorded } from "../support/workspace.ts";

const gate = { requires_human_approval: true };
const reference = aReference(
  aPlan({ T1: [], B: ["T1"], C: ["T1"], D: ["T1"] }, { B: gate, C: gate }),
);

describe("two at once", () => {
  it("import a new workspace once, and neither takes the other's view for changed by hand", async () => {
    const workspace = aWorkspace();
    const missions = ["M001", "M002", "M003"];

    const first = await Promise.all(
      missions.map((mission) => runBuiltCli(["--workspace", workspace, "run", mission])),
    );
    const later = await runBuiltCli(["--workspace", workspace, "run", "M001"]);

    for (const { code, stderr } of [...first, later]) {
      expect({ code, stderr }).toEqual({ code: 3, stderr: "" });
    }
    const runs = readRecorded(workspace, "mission_runs");
    expect(new Set(runs.map((run) => run["run_id"])).size).toBe(12);
    expect(readDocument(workspace, "mission_runs")).toEqual(runs);
  });

  it("lets one of two processes approve, and tells the other", async () => {
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace });
    const { run_id } = await control.start({ mission_id: "M001" });
    await control.close();
    const command = ["--workspace", workspace, "--json", "approve", run_id, "T2"];

    const both = await Promise.all([
      runBuiltCli([...command, "--by", "ana"]),
      runBuiltCli([...command, "--by", "bob"]),
    ]);

    const [winner, loser] = both.toSorted((a, b) => Number(a.code) - Number(b.code));
    expect(winner?.code).toBe(0);
    expect(loser?.code).not.toBe(0);
    expect(loser?.stdout).toMatch(/"code": "(ALREADY_DECIDED|BUSY)"/);
    const rows = readRecorded(workspace, "task_execution_logs").filter(
      (row) => row["run_id"] === run_id,
    );
    expect(rows.map((row) => row["task_id"])).toEqual(["T1", "T2", "T3"]);
  });

  it("delivers decisions that two people record while the run works, each once", async () => {
    const workspace = aWorkspace(reference);
    const calls: string[] = [];
    let isAsked = () => {};
    const asked = new Promise<void>((resolve) => {
      isAsked = resolve;
    });
    let goOn = () => {};
    const decided = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const runtime: AgentRuntime = async ({ task }) => {
      calls.push(task.task_id);
      if (task.task_id === "D") await decided;
      return { output: task.task_id, work_minutes: 1 };
    };
    const worker = await aMissionControl({ workspace, runtimes: { A1: runtime } });
    let requested = 0;
    const work = worker.start({ mission_id: "M", run_id: "RUN_X" }, ({ event }) => {
      if (event === "approval-requested") requested += 1;
      if (requested === 2) isAsked();
    });
    await asked;
    const ana = await aMissionControl({ workspace });
    const bob = await aMissionControl({ workspace });

    const meanwhile = await Promise.all([
      ana.decide("RUN_X", { B: { type: "approve", decided_by: "ana" } }),
      bob.decide("RUN_X", { C: { type: "approve", decided_by: "bob" } }),
    ]);
    const pendingMeanwhile = await ana.pendingApprovals();
    goOn();
    const outcome = await work;

    expect(meanwhile.map((seen) => seen.status)).toEqual(["running", "running"]);
    expect(pendingMeanwhile).toEqual([]);
    expect(outcome.status).toBe("completed");
    expect(calls.toSorted()).toEqual(["B", "C", "D", "T1"]);
    const rows = readRecorded(workspace, "task_execution_logs");
    const deciders = new Map(rows.map((row) => [row["task_id"], row["decided_by"]]));
    expect(rows).toHaveLength(4);
    expect(deciders.get("B")).toBe("ana");
    expect(deciders.get("C")).toBe("bob");
  });

  it("says busy to who resumes a run that is being worked on", async () => {
    const workspace = aWorkspace(reference);
    let goOn = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let isStarted = () => {};
    const started = new Promise<void>((resolve) => {
      isStarted = resolve;
    });
    const runtime: AgentRuntime = async () => {
      isStarted();
      await held;
      return { output: "done" };
    };
    const worker = await aMissionControl({ workspace, runtimes: { A1: runtime } });
    const work = worker.start({ mission_id: "M", run_id: "RUN_X" });
    await started;
    const other = await aMissionControl({ workspace, runtimes: { A1: runtime } });

    const refused = other.resume("RUN_X");

    await expect(refused).rejects.toMatchObject({ code: "BUSY" });
    goOn();
    await work;
  });
});
