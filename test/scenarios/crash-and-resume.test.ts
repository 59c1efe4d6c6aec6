/** Whatever dies, wherever: nothing finished runs again, no row is lost or doubled. */

import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import type { AgentRuntime } from "../../src/index.ts";
import { taskLogSchema } from "../../src/model/task-execution-logs.ts";
import { createJsonTelemetryStore } from "../../src/telemetry/json-telemetry-store.ts";
import { aPlan, aReference } from "../support/builders.ts";
import { prepareScript } from "../support/processes.ts";
import { aMissionControl, aWorkspace, readDocument } from "../support/workspace.ts";

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

async function finishedRows(folder: string) {
  const store = createJsonTelemetryStore({ folder });
  const rows = await store.listTaskLogs();
  await store.close();
  return rows;
}

/** Goes on from whatever is there; counts the calls it makes. */
async function carryOn(folder: string) {
  const calls: string[] = [];
  const runtime: AgentRuntime = async ({ task }) => {
    calls.push(task.task_id);
    return { output: task.task_id, work_minutes: 1 };
  };
  const control = await aMissionControl({ workspace: folder, runtimes: { A1: runtime } });
  const [run] = await control.runs();
  let outcome =
    run === undefined ? await control.start({ mission_id: "M" }) : await control.resume(run.run_id);
  if (outcome.status === "awaiting_approval") {
    outcome = await control.decide(outcome.run_id, { B: approve });
  }
  await control.close();
  return { outcome, calls };
}

describe("a crash", () => {
  it("at any point loses nothing, doubles nothing and runs nothing finished again", async () => {
    const run = await prepareScript(CHILD);
    const complete = await run([aWorkspace(reference), "0"]);
    const points = Number(/survived (\d+)/.exec(complete.stdout)?.[1]);
    expect(points).toBeGreaterThan(30);

    for (let first = 1; first <= points; first += 2) {
      const pair = [first, first + 1].filter((point) => point <= points);
      await Promise.all(
        pair.map(async (point) => {
          const folder = aWorkspace(reference);
          const killed = await run([folder, String(point)]);
          expect([point, killed.code]).toEqual([point, null]);
          const before = await finishedRows(folder);

          const { outcome, calls } = await carryOn(folder);

          const rows = readDocument(folder, "task_execution_logs").map((row) =>
            taskLogSchema.parse(row),
          );
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
        }),
      );
    }
  }, 300_000);

  it("between recording a decision and delivering it leaves the delivery to resume, once", async () => {
    const folder = aWorkspace(reference);
    const calls: string[] = [];
    const runtime: AgentRuntime = async ({ task }) => {
      calls.push(task.task_id);
      return { output: task.task_id, work_minutes: 1 };
    };
    const control = await aMissionControl({ workspace: folder, runtimes: { A1: runtime } });
    const { run_id } = await control.start({ mission_id: "M" });
    const store = createJsonTelemetryStore({ folder });
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

  it("that takes the checkpoints with it costs no finished task", async () => {
    const folder = aWorkspace(reference);
    const first = await carryOnUntilTheGate(folder);
    rmSync(join(folder, ".mission-control"), { recursive: true });

    const { outcome, calls } = await carryOn(folder);

    expect(first).toEqual(["T1", "D", "D2"]);
    expect(outcome.status).toBe("completed");
    expect(calls).toEqual(["B", "B2"]);
  });
});

async function carryOnUntilTheGate(folder: string): Promise<readonly string[]> {
  const calls: string[] = [];
  const runtime: AgentRuntime = async ({ task }) => {
    calls.push(task.task_id);
    return { output: task.task_id, work_minutes: 1 };
  };
  const control = await aMissionControl({ workspace: folder, runtimes: { A1: runtime } });
  await control.start({ mission_id: "M" });
  await control.close();
  return calls;
}
