/** What runs may use up: reserved before each attempt, settled by its row. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import fc from "fast-check";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { z } from "zod";

import type { AgentRuntime, MissionControl, MissionControlOptions } from "../../src/index.ts";
import { aPlan, aReference, anAgent } from "../support/builders.ts";
import { runCli } from "../support/command-line.ts";
import { aModel } from "../support/model-server.ts";
import { runBuiltCli } from "../support/processes.ts";
import { aMissionControl, aStoreOf, aWorkspace, readRecorded } from "../support/workspace.ts";

const ana = { decided_by: "ana" } as const;
const AT_LEISURE = aPlan({ T1: [], T2: ["T1"], T3: ["T2"] });

/** What is recorded agrees with itself, and with a replay. */
async function expectSound(control: MissionControl): Promise<void> {
  expect((await control.audit()).findings).toEqual([]);
  expect((await control.replay()).runs.filter(({ status }) => status === "differs")).toEqual([]);
}

/** Costs what it says, and notes that it was called. */
function anAgentThatCosts(cost: number, tokens = 0) {
  const calls: string[] = [];
  const runtime: AgentRuntime = async ({ task, agent }) => {
    calls.push(`${agent.agent_id} ${task.task_id}`);
    return { output: 1, work_minutes: 1, usage: { cost, input_tokens: tokens } };
  };
  return { runtime, calls };
}

async function aBusiness(
  policy: MissionControlOptions["policy"],
  {
    cost = 4,
    at_most = 4,
    agents = [anAgent({ at_most: { cost: at_most } })],
    tasks = AT_LEISURE,
  } = {},
) {
  const { runtime, calls } = anAgentThatCosts(cost);
  const workspace = aWorkspace(aReference(tasks, agents));
  const runtimes = Object.fromEntries(agents.map(({ agent_id }) => [agent_id, runtime]));
  const control = await aMissionControl({ workspace, policy: policy ?? {}, runtimes });
  return { control, calls, workspace };
}

describe("a budget", () => {
  it("asks a person before the attempt that could pass it, with the figures", async () => {
    const { control, calls, workspace } = await aBusiness({ budgets: { run: { max_cost: 10 } } });

    const { pending_approvals } = await control.start({ mission_id: "M", run_id: "R1" });

    expect(calls).toEqual(["A1 T1", "A1 T2"]);
    expect(pending_approvals).toMatchObject([
      {
        approval_id: "APR-R1-T3-1-budget-1",
        stage: "budget",
        allowed: ["approve", "reject", "skip"],
        args: { agent: "A1", budget: "max_cost of this run", limit: 10, spent: 8, wanted: 4 },
      },
    ]);
    const { status } = await control.decide("R1", { T3: { ...ana, type: "approve" } });
    expect(status).toBe("completed");
    expect(readRecorded(workspace, "task_execution_logs")[2]).toMatchObject({
      task_id: "T3",
      cost: 4,
      further_decisions: [{ stage: "budget", decision: "approve", decided_by: "ana" }],
    });
    expect((await control.audit()).findings).toEqual([]);
    expect((await control.replay(["R1"])).runs).toMatchObject([{ status: "agrees" }]);
  });

  it.each([
    { type: "skip", status: "completed", outcome: "skipped" } as const,
    { type: "reject", status: "failed", outcome: "rejected" } as const,
  ])("may be kept: $type", async ({ type, status, outcome }) => {
    const { control, calls, workspace } = await aBusiness({ budgets: { run: { max_cost: 10 } } });
    await control.start({ mission_id: "M", run_id: "R1" });

    const ended = await control.decide("R1", { T3: { ...ana, type, reason: "too dear" } });

    expect(ended.status).toBe(status);
    expect(calls).toHaveLength(2);
    expect(readRecorded(workspace, "task_execution_logs")[2]).toMatchObject({
      outcome,
      further_decisions: [{ stage: "budget", decision: type, reason: "too dear" }],
    });
    expect((await control.audit()).findings).toEqual([]);
    expect((await control.replay(["R1"])).runs).toMatchObject([{ status: "agrees" }]);
  });

  it("stops the task where the policy says so, and punishes nobody for it", async () => {
    const { control, calls, workspace } = await aBusiness({
      budgets: { run: { max_cost: 10 }, at_limit: "stop" },
    });

    const { status } = await control.start({ mission_id: "M", run_id: "R1" });

    expect(status).toBe("failed");
    expect(calls).toHaveLength(2);
    expect(readRecorded(workspace, "task_execution_logs")[2]).toMatchObject({
      outcome: "failed",
      over_budget: true,
      error:
        "over budget: 8 of 10 money of this run are used or reserved, and this attempt may need 4 (max_cost)",
    });
    expect(await control.stats()).toMatchObject([
      { agent_id: "A1", executions: 2, failed_executions: 0, escalation_rate: 0 },
    ]);
    expect((await control.replay(["R1"])).runs).toMatchObject([{ status: "agrees" }]);
  });

  it("gives the task to the cheapest of the other able agents, or asks where none is cheap enough", async () => {
    const agents = [
      anAgent({ at_most: { cost: 4 } }),
      anAgent({ agent_id: "A2", cost_per_task: 3 }),
      anAgent({ agent_id: "A3", cost_per_task: 2 }),
    ];
    const { control, calls } = await aBusiness(
      { budgets: { run: { max_cost: 10 }, at_limit: "cheaper" } },
      { agents },
    );

    await control.start({ mission_id: "M", run_id: "R1" });
    const { pending_approvals } = await control.start({
      mission_id: "M",
      run_id: "R2",
      budget: { max_cost: 1 },
    });

    expect(calls).toEqual(["A1 T1", "A1 T2", "A3 T3"]);
    expect(pending_approvals).toMatchObject([{ stage: "budget", agent_id: "A1" }]);
  });

  it("asks anew about another agent where a person must agree to who works", async () => {
    const agents = [
      anAgent({ at_most: { cost: 4 } }),
      anAgent({ agent_id: "A2", cost_per_task: 1 }),
    ];
    const tasks = aPlan({ T1: [] }, { T1: { requires_human_approval: true } });
    const { control, calls, workspace } = await aBusiness(
      { budgets: { run: { max_cost: 2 }, at_limit: "cheaper" } },
      { agents, tasks },
    );
    await control.start({ mission_id: "M", run_id: "R1" });

    const asked = await control.decide("R1", { T1: { ...ana, type: "approve" } });
    const ended = await control.decide("R1", { T1: { ...ana, type: "approve" } });

    expect(asked.pending_approvals).toMatchObject([{ stage: "before", agent_id: "A2" }]);
    expect(ended.status).toBe("completed");
    expect(calls).toEqual(["A2 T1"]);
    expect(readRecorded(workspace, "task_execution_logs")).toMatchObject([
      { agent_id: "A1", outcome: "failed", over_budget: true, decision: "approve" },
      { agent_id: "A2", outcome: "approved", decision: "approve" },
    ]);
    await expectSound(control);
  });

  it.each([
    { type: "reject", outcome: "rejected" } as const,
    { type: "skip", outcome: "skipped" } as const,
    { type: "approve", outcome: "approved" } as const,
  ])("forgets no consent when it is decided: $type", async ({ type, outcome }) => {
    const tasks = aPlan({ T1: [] }, { T1: { requires_human_approval: true } });
    const { control, workspace } = await aBusiness(
      { budgets: { run: { max_cost: 2 } } },
      { tasks },
    );
    await control.start({ mission_id: "M", run_id: "R1" });
    await control.decide("R1", { T1: { ...ana, type: "approve" } });

    await control.decide("R1", { T1: { decided_by: "bob", type, reason: "so be it" } });

    expect(readRecorded(workspace, "task_execution_logs")).toMatchObject([
      {
        outcome,
        decision: "approve",
        decided_by: "ana",
        further_decisions: [{ stage: "budget", decision: type, decided_by: "bob" }],
      },
    ]);
    await expectSound(control);
  });

  it("is passed by who has a task tried again that it had stopped", async () => {
    const { control, calls } = await aBusiness({
      budgets: { run: { max_cost: 6 }, at_limit: "stop" },
    });
    await control.start({ mission_id: "M", run_id: "R1" });

    await control.retry("R1", "T2", { by: "ana" });
    const { status } = await control.retry("R1", "T3", { by: "ana" });

    expect(status).toBe("completed");
    expect(calls).toEqual(["A1 T1", "A1 T2", "A1 T3"]);
  });

  it("counts what an agent has used up when it asks, and all that was reserved where it never says the rest", async () => {
    const tasks = aPlan({ T1: [], T2: [], T3: ["T2"] });
    const asks = {
      kind: "needs_input" as const,
      requests: [{ key: "a", title: "Sure?", allowed: ["approve" as const] }],
      continuation: 1,
      usage: { cost: 9 },
    };
    const workspace = aWorkspace(aReference(tasks, [anAgent({ at_most: { cost: 4 } })]));
    const control = await aMissionControl({
      workspace,
      policy: {
        budgets: { run: { max_cost: 20 } },
        execution: { max_concurrency: 1, retry: { retries_per_agent: 0 } },
      },
      runtimes: {
        A1: async ({ task }, _signal, { continuation }) => {
          if (task.task_id !== "T1") return { output: 1, usage: { cost: 1 } };
          if (continuation === undefined) return asks;
          throw new Error("no");
        },
      },
    });
    await control.start({ mission_id: "M", run_id: "R1" });
    const { pending_approvals } = await control.start({
      mission_id: "M",
      run_id: "R2",
      budget: { max_cost: 12 },
    });
    await control.decide("R1", { T1: { ...ana, type: "approve" } });

    expect(pending_approvals.map(({ stage }) => stage).toSorted()).toEqual(["agent", "budget"]);
    const row = (await control.figures("R1")).rows.find(({ task_id }) => task_id === "T1");
    expect(row).toMatchObject({ outcome: "failed", reserved: { cost: 4 } });
    expect(row?.cost).toBeUndefined();
    expect(row?.warnings).toEqual([
      "It said of a part only what it cost: that counts as what was reserved.",
    ]);
  });

  it.each([
    { name: "money", budget: { max_cost: 7 }, measure: "max_cost" },
    { name: "tokens", budget: { max_tokens: 15 }, measure: "max_tokens" },
    { name: "minutes of work", budget: { max_agent_minutes: 4 }, measure: "max_agent_minutes" },
    { name: "calls", budget: { max_attempts: 1 }, measure: "max_attempts" },
  ])("may be of $name, and is said at the start as well", async ({ budget, measure }) => {
    const agents = [anAgent({ at_most: { cost: 4, tokens: 10, minutes: 3 } })];
    const { runtime, calls } = anAgentThatCosts(4, 10);
    const workspace = aWorkspace(aReference(AT_LEISURE, agents));
    const control = await aMissionControl({ workspace, runtimes: { A1: runtime } });

    const { pending_approvals } = await control.start({ mission_id: "M", budget });

    expect(pending_approvals).toMatchObject([
      { stage: "budget", args: { budget: `${measure} of this run` } },
    ]);
    // Three minutes are reserved, one is used: the third attempt may need too much.
    expect(calls).toHaveLength(measure === "max_agent_minutes" ? 2 : 1);
  });

  it("counts all runs of a mission, or all runs, that start in a month, in every process", async () => {
    const policy = { budgets: { mission: { max_cost: 20 }, month: { max_cost: 100 } } };
    const { control, workspace } = await aBusiness(policy);
    await control.start({ mission_id: "M", run_id: "R1" });
    const { runtime } = anAgentThatCosts(4);
    const other = await aMissionControl({ workspace, policy, runtimes: { A1: runtime } });

    const { pending_approvals } = await other.start({ mission_id: "M", run_id: "R2" });
    const next = await control.start({ mission_id: "M", run_id: "R3" });

    expect(pending_approvals).toMatchObject([
      { task_id: "T3", args: { budget: "max_cost of this mission this month", spent: 20 } },
    ]);
    expect(next.pending_approvals).toMatchObject([{ task_id: "T1", args: { spent: 20 } }]);
  });

  it("counts what was reserved where an agent does not say what it cost, and where a process died", async () => {
    const agents = [anAgent({ at_most: { cost: 6 } })];
    const workspace = aWorkspace(aReference(AT_LEISURE, agents));
    const options = { workspace, policy: { budgets: { run: { max_cost: 10 } } } };
    const dying = await aMissionControl({
      ...options,
      runtimes: { A1: async () => ({ output: 1 }) },
    });

    const { pending_approvals } = await dying.start({ mission_id: "M", run_id: "R1" });

    expect(pending_approvals).toMatchObject([{ task_id: "T2", args: { spent: 6, wanted: 6 } }]);
    const store = aStoreOf(workspace);
    await store.keepCall(
      { run_id: "R1", task_id: "T9", attempt: 1 },
      { reserved: { cost: 3, tokens: 0, agent_minutes: 0, attempts: 1 } },
    );
    await store.close();
    const other = await dying.start({ mission_id: "M", run_id: "R2", budget: { max_cost: 6 } });
    expect(other.pending_approvals).toMatchObject([{ task_id: "T2", args: { limit: 6 } }]);
  });

  it("reserves once for an attempt that has to be begun again", async () => {
    const agents = [anAgent({ runtime: "simulated", at_most: { cost: 6 } })];
    const workspace = aWorkspace(aReference(aPlan({ T1: [] }), agents));
    const budget = { max_cost: 10 };
    const store = aStoreOf(workspace);
    const control = await aMissionControl({ workspace });
    const { ended } = await control.begin({ mission_id: "M", run_id: "R1", budget });
    await ended;
    // As a process leaves it that dies in the middle of the attempt.
    const reserved = { cost: 6, tokens: 0, agent_minutes: 0, attempts: 1 } as const;
    await store.keepCall({ run_id: "R2", task_id: "T1", attempt: 1 }, { reserved });
    await store.close();

    const { status } = await control.start({ mission_id: "M", run_id: "R2", budget });

    expect(status).toBe("completed");
    expect((await control.figures("R2")).rows[0]?.warnings).toBeUndefined();
  });

  it("counts each call that a process died with, and stops or asks before the next that could pass it", async () => {
    const agents = [anAgent({ runtime: { kind: "module", module: "./dies.mjs" } })];
    const workspace = aWorkspace(aReference(aPlan({ T1: [] }), agents));
    writeFileSync(
      join(workspace, "dies.mjs"),
      `import { appendFileSync } from "node:fs";
      export default async () => {
        appendFileSync(new URL("./calls.txt", import.meta.url), "called\\n");
        process.kill(process.pid, "SIGKILL");
      };`,
    );
    const cli = (...args: string[]) => runBuiltCli(["--workspace", workspace, ...args]);

    const codes = [(await cli("run", "M", "--max-attempts", "2")).code];
    codes.push((await cli("resume", "latest")).code, (await cli("resume", "latest")).code);

    expect(codes).toEqual([null, null, 3]);
    expect(readFileSync(join(workspace, "calls.txt"), "utf8")).toBe("called\n".repeat(2));
    expect(readRecorded(workspace, "approval_requests")).toMatchObject([
      { stage: "budget", args: { budget: "max_attempts of this run", limit: 2, spent: 2 } },
    ]);
    await cli("skip", "latest", "T1", "--by", "ana");
    const store = aStoreOf(workspace);
    const [run] = await store.listRuns();
    const lost = { cost: 0, tokens: 0, agent_minutes: expect.any(Number), attempts: 2 };
    const spent: unknown[] = [];
    await store.reserve(
      { run_id: run?.run_id ?? "", task_id: "T9", attempt: 1 },
      {},
      [{ run_id: run?.run_id ?? "" }],
      (amounts) => spent.push(...amounts),
    );
    await store.close();
    expect(spent).toEqual([lost]);
  });

  it("is told of in the report of a run that was cancelled while its agent asked", async () => {
    const reference = aReference(aPlan({ T1: [] }), [anAgent({ at_most: { cost: 7 } })]);
    const control = await aMissionControl({
      workspace: aWorkspace(reference),
      policy: { budgets: { month: { max_cost: 100 } } },
      runtimes: {
        A1: async () => ({
          kind: "needs_input" as const,
          requests: [{ key: "sure", title: "Sure?", allowed: ["approve" as const] }],
          continuation: null,
          usage: { cost: 5 },
        }),
      },
    });
    const { run_id } = await control.start({ mission_id: "M" });

    const { report } = await control.cancel(run_id, { reason: "no need", by: "ana" });

    const [run] = await control.runs();
    expect(run?.unsettled).toMatchObject({ cost: 7, attempts: 1 });
    expect(report).toMatch(
      /\| Used or reserved by calls without a result \| 1 call, 7 money, \d+ minutes \|/,
    );
    await expectSound(control);
  });

  it("caps a model's answer, and reserves what the whole call can cost", async () => {
    const { base_url, seen } = await aModel("ok", { key: "LANG" });
    const runtime = {
      kind: "openai" as const,
      model: "m-1",
      base_url,
      token_env: "MODEL_KEY",
      instructions: "You verify.",
      max_output_tokens: 50,
      prices: { input: 1_000_000, output: 2_000_000 },
    };
    const workspace = aWorkspace(aReference(aPlan({ T1: [] }), [anAgent({ runtime })]));
    const run = (...args: string[]) =>
      runCli(["--workspace", workspace, "--json", "run", "M", ...args]);
    vi.stubEnv("MODEL_KEY", "LANG");
    onTestFinished(() => void vi.unstubAllEnvs());

    const asked = await run("--max-cost", "10");
    const done = await run("--max-cost", "100000", "--max-tokens", "5000");

    expect(asked.code).toBe(3);
    expect(asked.stdout).toContain("max_cost of this run");
    expect(done.code).toBe(0);
    expect(seen).toHaveLength(1);
    expect(seen[0]?.body).toMatchObject({ max_tokens: 50 });
    const [row] = readRecorded(workspace, "task_execution_logs");
    const reserved = z.object({ reserved: z.object({ tokens: z.int() }) }).parse(row).reserved;
    expect(reserved.tokens).toBeGreaterThan(JSON.stringify(seen[0]?.body.messages).length);
  });

  it("is never passed by more than agents use beyond what they said, whatever runs at once", async () => {
    const tasks = aPlan({ T1: [], T2: [], T3: [], T4: [], T5: ["T1"], T6: ["T2", "T3"] });
    const agents = [
      anAgent({ at_most: { cost: 5 } }),
      anAgent({ agent_id: "A2", cost_per_task: 2 }),
    ];
    const workspace = aWorkspace(aReference(tasks, agents));
    let cost: () => number = () => 0;
    const work: AgentRuntime = async ({ agent, task }) => {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      if (task.task_id === "T2" && agent.agent_id === "A2") throw new Error("no");
      return { output: 1, work_minutes: 1, usage: { cost: cost() } };
    };
    const control = await aMissionControl({ workspace, runtimes: { A1: work, A2: work } });
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          limit: fc.integer({ min: 0, max: 30 }),
          prices: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 12 }),
          isCapped: fc.boolean(),
          at_limit: fc.constantFrom("ask" as const, "cheaper" as const, "stop" as const),
        }),
        async ({ limit, prices, isCapped, at_limit }) => {
          let drawn = 0;
          const reserved: number[] = [];
          cost = () => {
            const price = prices[drawn % prices.length] ?? 0;
            drawn += 1;
            return isCapped ? Math.min(price, 2) : price;
          };
          runs += 1;
          const run_id = `B${runs}`;
          const policed = await aMissionControl({
            workspace,
            policy: { budgets: { run: { max_cost: limit }, at_limit } },
            runtimes: { A1: work, A2: work },
          });
          await policed.start({ mission_id: "M", run_id });
          const { rows } = await policed.figures(run_id);
          await policed.close();
          const spent = rows.reduce((sum, row) => sum + (row.cost ?? row.reserved?.cost ?? 0), 0);
          const beyond = rows.reduce((sum, row) => {
            reserved.push(row.reserved?.cost ?? 0);
            return sum + Math.max(0, (row.cost ?? 0) - (row.reserved?.cost ?? 0));
          }, 0);
          expect(spent).toBeLessThanOrEqual(limit + beyond);
          expect(isCapped ? spent : 0).toBeLessThanOrEqual(limit);
        },
      ),
      { numRuns: Number(process.env["BUDGET_RUNS"] ?? 30) },
    );
    expect((await control.runs()).length).toBe(runs);
  });
});
