/** Whatever dies, wherever: nothing finished runs again, no row is lost or doubled. */

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import type { AgentRuntime } from "../../src/index.ts";
import { taskLogSchema } from "../../src/model/task-execution-logs.ts";
import { aPlan, aReference } from "../support/builders.ts";
import { prepareScript } from "../support/processes.ts";
import {
  aFolder,
  aMissionControl,
  aStoreOf,
  aWorkspace,
  readDocument,
  readRecorded,
  tamper,
  writeDocument,
} from "../support/workspace.ts";

const CHILD = fileURLToPath(new URL("../support/crash-child.ts", import.meta.url));
const TASKS = ["T1", "B", "B2", "D", "D2"];
const approve = { type: "approve", decided_by: "ana" } as const;

/** T1, then a gated branch and one without a gate. */
const reference = aReference(
  aPlan(
    { T1: [], B: ["T1"], B2: ["B"], D: ["T1"], D2: ["D"] },
    { B: { requires_human_approval: true } },
  ),
);

const countCalls = (folder: string): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  try {
    for (const id of readFileSync(join(folder, "calls.log"), "utf8").trim().split("\n")) {
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
  } catch {
    // No agent was called before the end.
  }
  return counts;
};

const finishedRows = (folder: string) =>
  readRecorded(folder, "task_execution_logs").map((row) => taskLogSchema.parse(row));

/** Goes on from whatever is there; counts the calls it makes. */
async function carryOn(folder: string) {
  const { runtime, calls } = aRecorder();
  const control = await aMissionControl({ workspace: folder, runtimes: { A1: runtime } });
  const [run] = await control.runs();
  let outcome =
    run === undefined ? await control.start({ mission_id: "M" }) : await control.resume(run.run_id);
  if (outcome.status === "awaiting_approval") {
    outcome = await control.decide(outcome.run_id, { B: approve });
  }
  const { findings } = await control.audit();
  await control.close();
  return { outcome, calls, errors: findings.filter(({ severity }) => severity === "error") };
}

describe("a crash", () => {
  it("at any point loses nothing, doubles nothing and runs nothing finished again", async () => {
    const runChild = await prepareScript(CHILD);
    const left = aFolder();
    const whole = await runChild([aWorkspace(reference), left]);
    expect(whole).toMatchObject({ code: 0, stderr: "" });
    const points = readdirSync(left);
    expect(points.length).toBeGreaterThan(30);

    for (const point of points) {
      const folder = join(left, point);
      const before = finishedRows(folder);

      const { outcome, calls, errors } = await carryOn(folder);

      expect([point, errors]).toEqual([point, []]);
      const rows = finishedRows(folder);
      expect([point, outcome.status]).toEqual([point, "completed"]);
      expect(rows.map((row) => row.task_id).toSorted()).toEqual(TASKS.toSorted());
      expect(rows.filter((row) => before.some((old) => old.task_id === row.task_id))).toEqual(
        before,
      );
      expect(calls.filter((id) => before.some((row) => row.task_id === id))).toEqual([]);
      // Once, or twice where it died between the work and its row.
      for (const id of TASKS) {
        const total =
          (countCalls(folder).get(id) ?? 0) + calls.filter((call) => call === id).length;
        expect(total).toBeGreaterThanOrEqual(1);
        expect(total).toBeLessThanOrEqual(2);
      }
    }
  });

  it("between recording a decision and delivering it leaves the delivery to resume, once", async () => {
    const folder = aWorkspace(reference);
    const { runtime, calls } = aRecorder();
    const control = await aMissionControl({ workspace: folder, runtimes: { A1: runtime } });
    const { run_id } = await control.start({ mission_id: "M" });
    const store = aStoreOf(folder);
    const decision = {
      run_id,
      approval_id: `APR-${run_id}-B-1`,
      decision: "approve",
      decided_by: "ana",
      source: "cli",
    } as const;
    await store.decideApprovals([{ ...decision, decided_at: "2026-11-22T12:00:00Z" }]);
    await store.close();

    const outcome = await control.resume(run_id);
    const again = await control.resume(run_id);

    expect(outcome.status).toBe("completed");
    expect(again.status).toBe("completed");
    expect(calls.filter((id) => id === "B")).toEqual(["B"]);
  });

  it.each([
    ["takes the checkpoints with it", ["DELETE FROM checkpoints", "DELETE FROM checkpoint_writes"]],
    [
      "leaves checkpoints that nobody can read",
      ["UPDATE checkpoints SET type = 'json', checkpoint = x'00', metadata = x'00'"],
    ],
    [
      "comes after a checkpoint from the future",
      ["UPDATE checkpoints SET checkpoint_id = 'ffffffff-ffff-6fff-bfff-ffffffffffff'"],
    ],
  ])("that %s costs no finished task", async (_what, statements) => {
    const folder = aWorkspace(reference);
    const first = await carryOnUntilTheGate(folder);
    for (const statement of statements) tamper(folder, statement);

    const { outcome, calls } = await carryOn(folder);

    expect(first).toEqual(["T1", "D", "D2"]);
    expect(outcome.status).toBe("completed");
    expect(calls).toEqual(["B", "B2"]);
    const control = await aMissionControl({ workspace: folder });
    const { values } = await control.graph.getState({
      configurable: { thread_id: outcome.run_id },
    });
    expect(values).toMatchObject({ run_status: "completed", kpi_targets: expect.any(Object) });
  });

  it("in its first task leaves a run to its own plan, whatever the document says by then", async () => {
    const runChild = await prepareScript(CHILD);
    const folder = aWorkspace(reference);
    const killed = await runChild([folder, "in T1"]);
    withoutGates(folder);
    const { runtime, calls } = aRecorder();
    const control = await aMissionControl({ workspace: folder, runtimes: { A1: runtime } });
    const [run] = await control.runs();
    const run_id = run?.run_id ?? "";

    const resumed = await control.resume(run_id);
    const callsBeforeConsent = [...calls];
    const decided = await control.decide(run_id, { B: approve });
    const next = await control.start({ mission_id: "M" });

    expect(killed.code).toBe(null);
    expect(countCalls(folder)).toEqual(new Map([["T1", 1]]));
    expect(resumed.pending_approvals).toMatchObject([{ task_id: "B" }]);
    expect(callsBeforeConsent).toEqual(["T1", "D", "D2"]);
    expect(decided.status).toBe("completed");
    expect(next.status).toBe("completed");
  });
});

describe("a plan that is changed while a run waits", () => {
  it("changes nothing for that run: the person is still asked, and decides", async () => {
    const folder = aWorkspace(reference);
    const { runtime, calls } = aRecorder();
    const control = await aMissionControl({ workspace: folder, runtimes: { A1: runtime } });
    const { run_id } = await control.start({ mission_id: "M" });
    withoutGates(folder);

    const again = await control.resume(run_id);
    const outcome = await control.decide(run_id, { B: { type: "reject", reason: "no" } });

    expect(again.pending_approvals).toMatchObject([{ task_id: "B" }]);
    expect(outcome).toMatchObject({
      status: "failed",
      task_status_by_id: { B: "failed", B2: "blocked" },
    });
    expect(calls).toEqual(["T1", "D", "D2"]);
  });
});

describe("a plan that was kept", () => {
  it("is trusted as it was kept alone: a run whose gate was taken out of it does not go on", async () => {
    const folder = aWorkspace(reference);
    const before = await carryOnUntilTheGate(folder);
    tamper(
      folder,
      `UPDATE kept SET record = replace(record, '"requires_human_approval":true', '"requires_human_approval":false')`,
    );
    const { runtime, calls } = aRecorder();
    const control = await aMissionControl({ workspace: folder, runtimes: { A1: runtime } });
    const [run] = await control.runs();

    await expect(control.resume(run?.run_id ?? "")).rejects.toMatchObject({
      code: "STORE_FAILED",
      message: expect.stringContaining("it was changed"),
    });
    expect(before).toEqual(["T1", "D", "D2"]);
    expect(calls).toEqual([]);
  });
});

/** Deletes the gates of the plan, as somebody might to get his work through. */
function withoutGates(folder: string): void {
  const plans = readDocument(folder, "decomposed_mission_tasks");
  const text = JSON.stringify(plans).replaceAll(
    '"requires_human_approval":true',
    '"requires_human_approval":false',
  );
  writeDocument(folder, "decomposed_mission_tasks", JSON.parse(text));
}

function aRecorder(): { readonly runtime: AgentRuntime; readonly calls: string[] } {
  const calls: string[] = [];
  const runtime: AgentRuntime = async ({ task }) => {
    calls.push(task.task_id);
    return { output: task.task_id, work_minutes: 1 };
  };
  return { runtime, calls };
}

async function carryOnUntilTheGate(folder: string): Promise<readonly string[]> {
  const { runtime, calls } = aRecorder();
  const control = await aMissionControl({ workspace: folder, runtimes: { A1: runtime } });
  await control.start({ mission_id: "M" });
  await control.close();
  return calls;
}
