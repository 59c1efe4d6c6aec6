/** §10.1 of the specification: plan validation. */

import { describe, expect, it } from "vitest";

import type { AgentRuntime } from "../../src/index.ts";
import { findMissionFaults } from "../../src/planning/mission-faults.ts";
import { findPlanFaults } from "../../src/planning/plan-faults.ts";
import { aPlan, aReference, aTask, anAgent } from "../support/builders.ts";
import { aMissionControl, aWorkspace, readRecorded } from "../support/workspace.ts";

const everybodyRuns = () => true;
const codes = (tasks: ReturnType<typeof aPlan>) =>
  findPlanFaults({ mission_id: "M", tasks }).map((fault) => fault.code);

describe("plan validation", () => {
  it("accepts the sample's three plans", async () => {
    const control = await aMissionControl({ workspace: aWorkspace() });

    for (const mission_id of ["M001", "M002", "M003"]) {
      expect((await control.start({ mission_id })).status).toBe("awaiting_approval");
    }
  });

  it("names a missing dependency, and what was expected", () => {
    const [fault] = findPlanFaults({ mission_id: "M", tasks: aPlan({ T1: ["T9"] }) });

    expect(fault).toMatchObject({
      code: "MISSING_DEPENDENCY",
      document: "decomposed_mission_tasks.json",
      record: "M T1",
      field: "depends_on",
      found: 'a dependency on "T9", which is no task of this mission',
      expected: "a task of the plan",
    });
  });

  it("names the whole cycle, in the order of work", () => {
    const tasks = aPlan({ T1: ["T3"], T2: ["T1"], T3: ["T2"], T4: ["T3"] });

    const cycles = findPlanFaults({ mission_id: "M", tasks }).filter(
      (fault) => fault.code === "DEPENDENCY_CYCLE",
    );

    expect(cycles.map((fault) => fault.found)).toEqual(["a cycle T1 → T2 → T3 → T1"]);
  });

  it("names two separate cycles as two faults", () => {
    const tasks = aPlan({ T1: ["T2"], T2: ["T1"], T3: ["T4"], T4: ["T3"] });

    expect(codes(tasks).filter((code) => code === "DEPENDENCY_CYCLE")).toHaveLength(2);
  });

  it("tells a self-dependency from a cycle", () => {
    expect(codes(aPlan({ T1: ["T1"] }))).toEqual(["SELF_DEPENDENCY"]);
  });

  it("refuses an order against the dependency, and equal orders", () => {
    const against = aPlan({ T1: [], T2: ["T1"] }, { T1: { order: 5 } });
    const equal = aPlan({ T1: [], T2: ["T1"] }, { T1: { order: 2 } });
    const right = aPlan({ T1: [], T2: ["T1"] });

    expect(codes(against)).toEqual(["ORDER_AGAINST_DEPENDENCY"]);
    expect(codes(equal)).toEqual(["ORDER_AGAINST_DEPENDENCY"]);
    expect(codes(right)).toEqual([]);
  });

  it("refuses an id that is used twice, and an empty plan", () => {
    expect(codes([aTask(), aTask()])).toEqual(["DUPLICATE_TASK"]);
    expect(codes([])).toEqual(["EMPTY_PLAN"]);
  });

  it("reports all faults of a mission at once", () => {
    const reference = aReference(aPlan({ T1: ["T9"], T2: ["T2"], T3: [] }));
    const broken = {
      ...reference,
      kpis: [],
      capabilities: [
        { task_id: "T1", capable_agents: ["A9"] },
        { task_id: "T3", capable_agents: ["A1"] },
      ],
      agents: [anAgent({ status: "unavailable" })],
    };

    expect(findMissionFaults("M", broken, everybodyRuns).map((fault) => fault.code)).toEqual([
      "NO_KPIS",
      "MISSING_DEPENDENCY",
      "SELF_DEPENDENCY",
      "UNREGISTERED_AGENT",
      "NO_CAPABLE_AGENT",
      "NO_AVAILABLE_AGENT",
    ]);
  });

  it("refuses unknown missions and missions without a plan", () => {
    const reference = aReference(aPlan({ T1: [] }));

    expect(findMissionFaults("X", reference, everybodyRuns)).toMatchObject([
      { code: "UNKNOWN_MISSION", expected: "one of M" },
    ]);
    expect(findMissionFaults("M", { ...reference, plans: [] }, everybodyRuns)).toMatchObject([
      { code: "NO_PLAN" },
    ]);
  });

  it("refuses a runtime that is not known", () => {
    const reference = aReference(aPlan({ T1: [] }), [anAgent({ runtime: "robot" })]);

    expect(findMissionFaults("M", reference, () => false)).toMatchObject([
      { code: "UNKNOWN_RUNTIME", found: 'runtime "robot", which is not known' },
    ]);
  });

  it("calls no agent and opens no run while a fault stands", async () => {
    let calls = 0;
    const runtime: AgentRuntime = async () => {
      calls += 1;
      return { output: "done" };
    };
    const workspace = aWorkspace(aReference(aPlan({ T1: [], T2: ["T9"] })));
    const control = await aMissionControl({ workspace, runtimes: { A1: runtime } });

    await expect(control.start({ mission_id: "M" })).rejects.toMatchObject({
      code: "PLAN_FAULTS",
      details: { faults: [{ code: "MISSING_DEPENDENCY" }] },
    });
    const thread = { configurable: { thread_id: "direct" } };
    const state = await control.graph.invoke({ mission_id: "M" }, thread);

    expect(state).toMatchObject({ run_status: "failed", run_id: "" });
    expect(state.last_error).toContain("T9");
    expect(calls).toBe(0);
    expect(readRecorded(workspace, "mission_runs")).toEqual([]);
  });
});
