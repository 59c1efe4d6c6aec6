/** The graph as a server drives it, each step saved: whichever write was the last, the run goes on from there. */

import { Command } from "@langchain/langgraph";
import { describe, expect, it } from "vitest";

import type { AgentRuntime } from "../../src/index.ts";
import type { WholeStore } from "../../src/store/store.ts";
import { aPlan, aReference } from "../support/builders.ts";
import { dyingStore } from "../support/dying-store.ts";
import { aMissionControl, aStoreOf, aWorkspace, readRecorded } from "../support/workspace.ts";

const TASKS = ["T1", "B", "D"];
const approve = { type: "approve", decided_by: "ana" } as const;
const reference = aReference(
  aPlan({ T1: [], B: ["T1"], D: ["T1"] }, { B: { requires_human_approval: true } }),
);
const config = { configurable: { thread_id: "from-elsewhere" } };

/** Goes over the thread to its end. @returns the tasks that were worked on. */
async function goThrough(folder: string, store: WholeStore): Promise<readonly string[]> {
  const calls: string[] = [];
  const runtime: AgentRuntime = async ({ task }) => {
    calls.push(task.task_id);
    return { output: task.task_id, work_minutes: 1 };
  };
  const control = await aMissionControl({
    workspace: folder,
    store,
    runtimes: { A1: runtime },
    onWarning: () => {},
  });
  const { graph } = control;
  try {
    let state = await graph.invoke({ mission_id: "M" }, config);
    if (state.run_status === "awaiting_approval") {
      state = await graph.invoke(new Command({ resume: { B: approve } }), config);
    }
    expect(state.run_status).toBe("completed");
  } catch (error) {
    if (!isDeath(error)) throw error;
  }
  return calls;
}

/** LangGraph tells of several tasks' errors together, of those that it stopped too. */
function isDeath(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isDeath);
  return error instanceof Error && error.message === "dead";
}

/** A store that takes so many writes, and none after; how many were asked of it. */
function mortal(store: WholeStore, writes: number) {
  let asked = 0;
  const dying = dyingStore(store, () => {
    asked += 1;
    if (asked > writes) throw new Error("dead");
  });
  return { store: dying, countWrites: () => asked };
}

const keysOf = (folder: string) =>
  readRecorded(folder, "task_execution_logs").map((row) => String(row["task_id"]));

describe("a graph whose saver dies", () => {
  it("at any write leaves a run that goes on, and runs no finished task again", async () => {
    const whole = aWorkspace(reference);
    const { store: immortal, countWrites } = mortal(aStoreOf(whole), Infinity);
    await goThrough(whole, immortal);
    await immortal.close();
    const points = countWrites();
    expect(points).toBeGreaterThan(60);

    for (let point = 0; point < points; point += 1) {
      const folder = aWorkspace(reference);
      const real = aStoreOf(folder);
      await goThrough(folder, mortal(real, point).store);
      await real.close();
      const finished = keysOf(folder);
      const next = aStoreOf(folder);

      const calls = await goThrough(folder, next);
      const control = await aMissionControl({ workspace: folder, store: next });
      const runs = await control.runs();
      const { findings } = await control.audit();
      await control.close();
      await next.close();

      const errors = findings.filter(({ severity }) => severity === "error");
      expect([point, errors]).toEqual([point, []]);
      // A thread whose run had ended when the end was not told any more is started anew.
      expect([point, runs.every(({ status }) => status === "completed")]).toEqual([point, true]);
      const again = runs.length === 1 ? calls.filter((id) => finished.includes(id)) : [];
      expect([point, again]).toEqual([point, []]);
      expect([point, keysOf(folder).toSorted()]).toEqual([
        point,
        runs.flatMap(() => TASKS).toSorted(),
      ]);
    }
  }, 300_000);
});
