/** Trials: a share of first attempts goes to others than the favourite, and is said to. */

import { describe, expect, it } from "vitest";

import type { AgentRuntime } from "../../src/index.ts";
import { policySchema } from "../../src/model/policy.ts";
import { aPlan, aReference, aTask, anAgent } from "../support/builders.ts";
import { aMissionControl, aWorkspace, readRecorded, writeDocument } from "../support/workspace.ts";

const RUNS = 60;
const agents = ["A1", "A2", "A3"].map((agent_id) => anAgent({ agent_id }));

const works: AgentRuntime = async () => ({ output: "done", work_minutes: 5 });
const fails: AgentRuntime = async () => {
  throw new Error("down");
};

async function aHistory({
  share,
  runs = RUNS,
  gate = false,
  runtimes = { A1: works, A2: works, A3: works },
}: {
  share: number;
  runs?: number;
  gate?: boolean;
  runtimes?: Record<string, AgentRuntime>;
}) {
  const workspace = aWorkspace(aReference([aTask({ requires_human_approval: gate })], agents));
  if (share > 0) writeDocument(workspace, "policy", { routing: { trial_share: share } });
  const control = await aMissionControl({ workspace, runtimes });
  for (let run = 0; run < runs; run += 1) await control.start({ mission_id: "M" });
  return { workspace, control, rows: readRecorded(workspace, "task_execution_logs") };
}

describe("trials", () => {
  it("are not made unless the policy has a share for them, and every row says so", async () => {
    const { rows } = await aHistory({ share: 0, runs: 5 });

    expect(policySchema.parse({}).routing.trial_share).toBe(0);
    expect(rows).toHaveLength(5);
    expect(rows.every((row) => row["propensity"] === 1)).toBe(true);
    expect(JSON.stringify(rows.map((row) => row["route"]))).not.toContain("propensity");
  });

  it("have the share of the first attempts that they are given, and each row its chance", async () => {
    const { rows } = await aHistory({ share: 0.5 });

    const trials = rows.filter((row) => row["propensity"] === 0.25);
    // Half of 60; 99.99 % of all histories are within 15 of it. The ids of the runs are always the same.
    expect(Math.abs(trials.length - RUNS / 2)).toBeLessThan(15);
    expect(rows.filter((row) => row["propensity"] === 0.5)).toHaveLength(RUNS - trials.length);
  });

  it("are drawn alike for the same run", async () => {
    const [first, second] = await Promise.all([
      aHistory({ share: 0.5, runs: 8 }),
      aHistory({ share: 0.5, runs: 8 }),
    ]);

    expect(first.rows.map((row) => row["agent_id"])).toEqual(
      second.rows.map((row) => row["agent_id"]),
    );
  });

  it("are never made where a person decides", async () => {
    const { control } = await aHistory({ share: 1, gate: true, runs: 5 });

    const asked = (await control.pendingApprovals()).map(({ agent_id }) => agent_id);
    expect(asked).toEqual(["A1", "A1", "A1", "A1", "A1"]);
  });

  it("do not keep a trial that failed from being made good by the favourite", async () => {
    const { rows, control } = await aHistory({
      share: 0.5,
      runs: 30,
      runtimes: { A1: works, A2: fails, A3: fails },
    });

    const later = rows.filter((row) => Number(row["attempt"]) > 1);
    expect(rows.filter((row) => row["outcome"] === "failed").length).toBeGreaterThan(5);
    expect(later.every((row) => row["propensity"] === 1)).toBe(true);
    expect((await control.runs()).every(({ status }) => status === "completed")).toBe(true);
  });

  it("are replayed as they were, and the records balance", async () => {
    const { control } = await aHistory({ share: 0.5, runs: 10 });

    const { totals } = await control.replay();
    expect(totals).toMatchObject({ runs: 10, agree: 10, rows: 10, equal_rows: 10 });
    expect((await control.audit()).findings).toEqual([]);
  });
});

describe("agents that were never tried", () => {
  it("are named, with the trials it takes, the runs that is, and the work", async () => {
    const workspace = aWorkspace(
      aReference(
        aPlan(
          { T1: [], T2: ["T1"] },
          { T1: { estimated_duration_minutes: 10 }, T2: { requires_human_approval: true } },
        ),
        agents.slice(0, 2),
      ),
    );
    const control = await aMissionControl({ workspace, runtimes: { A1: works, A2: works } });
    expect(await control.untried()).toHaveLength(4);
    await control.start({ mission_id: "M" });

    const untried = await control.untried();

    expect(untried).toMatchObject([
      // Ten trials, of every tenth run. An estimate of 10 minutes against 5 that the favourite takes.
      {
        task_id: "T1",
        agent_id: "A2",
        favourite: "A1",
        may_try: true,
        trials: 10,
        runs: 100,
        extra_minutes: 50,
      },
      { task_id: "T2", agent_id: "A1", favourite: null, may_try: false, runs: null },
      { task_id: "T2", agent_id: "A2", favourite: null, may_try: false, runs: null },
    ]);
  });
});
