/** §10.2 of the specification: routing. */

import { describe, expect, it } from "vitest";

import { DEFAULT_POLICY } from "../../src/model/default-policy.ts";
import { eligibleAgents, rankRoutes } from "../../src/routing/rank-routes.ts";
import { aReference, aTask, anAgent } from "../support/builders.ts";
import {
  aMissionControl,
  aWorkspace,
  readDocument,
  readRecorded,
  writeDocument,
} from "../support/workspace.ts";

const { routing } = DEFAULT_POLICY;
type Known =
  Parameters<typeof rankRoutes>[1]["evidence"] extends ReadonlyMap<string, infer E> ? E : never;

const known = (agent_id: string, fields: Partial<Known>): [string, Known] => [
  agent_id,
  { agent_id, executions: 0, escalated_executions: 0, waiting_requests: 0, ...fields },
];
const rank = (evidence: [string, Known][], weights = routing.weights) =>
  rankRoutes(
    evidence.map(([agent_id]) => anAgent({ agent_id })),
    { evidence: new Map(evidence), routing: { ...routing, weights } },
  );
const best = (evidence: [string, Known][]) => rank(evidence)[0]?.agent_id;

describe("routing", () => {
  it("lets only agents through that are capable of the task and among those given", () => {
    const agents = [anAgent({ agent_id: "A4" }), anAgent({ agent_id: "A5" })];

    expect(eligibleAgents(["A4", "A6", "A9"], agents)).toEqual([agents[0]]);
    expect(eligibleAgents([], agents)).toEqual([]);
  });

  it("ranks only agents that are capable, registered and available", async () => {
    const agents = [
      anAgent({ agent_id: "A4" }),
      anAgent({ agent_id: "A5" }),
      anAgent({ agent_id: "A6", status: "unavailable" }),
    ];
    const capabilities = [{ task_id: "T5", capable_agents: ["A4", "A6"] }];
    const reference = aReference([aTask({ task_id: "T5" })], agents);
    const workspace = aWorkspace({ ...reference, capabilities });
    const control = await aMissionControl({ workspace });

    await control.start({ mission_id: "M" });

    const [row] = readRecorded(workspace, "task_execution_logs");
    expect(row?.["route"]).toMatchObject([{ agent_id: "A4" }]);
    expect(row?.["route"]).toHaveLength(1);
  });

  it("ranks the sample's candidates for T5: no history beats a bad escalation rate, just", async () => {
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace });
    const { run_id } = await control.start({ mission_id: "M002" });
    await control.decide(run_id, { T5: { type: "approve", decided_by: "ana" } });

    const row = readRecorded(workspace, "task_execution_logs").find(
      (log) => log["run_id"] === run_id && log["task_id"] === "T5",
    );

    expect(row?.["route"]).toEqual([
      {
        agent_id: "A6",
        score: 0.6929,
        n: 0,
        work_ratio: 1,
        escalation_rate: 0.1143,
        terms: { speed: 0.5, escalation: 0.8857, quality: 0.9, load: 1, cost: 1 },
      },
      {
        agent_id: "A4",
        score: 0.6878,
        n: 4,
        work_ratio: 1,
        escalation_rate: 0.1245,
        terms: { speed: 0.5, escalation: 0.8755, quality: 0.9, load: 1, cost: 1 },
      },
    ]);
  });

  it("changes the ranking when the agent statistics change", async () => {
    const workspace = aWorkspace();
    const stats = readDocument(workspace, "agent_performance_stats");
    writeDocument(
      workspace,
      "agent_performance_stats",
      stats.map((row) => (row["agent_id"] === "A4" ? { ...row, escalation_rate: 0.02 } : row)),
    );
    const control = await aMissionControl({ workspace });

    const { pending_approvals } = await control.start({ mission_id: "M002" });

    expect(pending_approvals[0]?.agent_id).toBe("A4");
  });

  it("prefers 59 clean runs of 60 to 2 of 2", () => {
    const proven = known("B", { executions: 60, escalated_executions: 1, work_ratio: 1 });
    const lucky = known("A", { executions: 2, escalated_executions: 0, work_ratio: 1 });

    expect(best([lucky, proven])).toBe("B");
  });

  it("judges an agent without history as the prior", () => {
    const [candidate] = rank([known("A", {})]);

    expect(candidate).toMatchObject({ n: 0, work_ratio: 1, escalation_rate: 0.1, score: 0.7 });
  });

  it("does not call an agent slow for having long tasks", () => {
    const long = known("A", { executions: 20, work_ratio: 0.9 });
    const short = known("B", { executions: 20, work_ratio: 1.1 });

    expect(best([short, long])).toBe("A");
  });

  it("is not won by who fails at every call, also when every failure is saved by another", async () => {
    const calls: string[] = [];
    const runtimes = {
      A1: async () => {
        calls.push("A1");
        throw new Error("down");
      },
      A2: async () => {
        calls.push("A2");
        return { output: "done", work_minutes: 5 };
      },
    };
    const agents = [anAgent({ agent_id: "A1" }), anAgent({ agent_id: "A2" })];
    const workspace = aWorkspace(aReference([aTask()], agents));
    const control = await aMissionControl({ workspace, runtimes });

    for (let run = 0; run < 20; run += 1) await control.start({ mission_id: "M" });

    // At first nothing is known of either; then A1 has failed, was tried again, and never is.
    expect(calls.slice(0, 3)).toEqual(["A1", "A1", "A2"]);
    expect(new Set(calls.slice(3))).toEqual(new Set(["A2"]));
    expect(readRecorded(workspace, "agent_performance_stats")).toMatchObject([
      { agent_id: "A1", executions: 2, failed_executions: 2, escalated_executions: 0 },
      { agent_id: "A2", executions: 20, failed_executions: 0 },
    ]);
  });

  it("counts a failed execution once, whether it was handed to a person or not", () => {
    const rateOf = (fields: Partial<Known>) =>
      rank([known("A", { executions: 10, ...fields })])[0]?.escalation_rate;

    expect(rateOf({ failed_executions: 4 })).toBe(rateOf({ escalated_executions: 4 }));
    expect(rateOf({ failed_executions: 4, escalated_executions: 4 })).toBe(
      rateOf({ failed_executions: 4 }),
    );
  });

  it("holds a newcomer for as good as all who can do the task, together", () => {
    const troubled = known("A", { executions: 90, failed_executions: 45, work_ratio: 1 });

    const [first, second] = rank([troubled, known("B", {})]);

    // (45 + 0.1 × 10) of (90 + 10), and half of A's own.
    expect(first).toMatchObject({ agent_id: "B", escalation_rate: 0.46 });
    expect(second).toMatchObject({ agent_id: "A", escalation_rate: 0.496 });
  });

  it("gives ties to fewer executions", () => {
    const even = { work_ratio: 1, escalated_executions: 0 };
    const prior = { ...routing.prior, escalation_rate: 0 };
    const evidence = [
      known("A", { ...even, executions: 9 }),
      known("B", { ...even, executions: 2 }),
    ];
    const ranked = rankRoutes(
      evidence.map(([agent_id]) => anAgent({ agent_id })),
      { evidence: new Map(evidence), routing: { ...routing, prior } },
    );

    expect(ranked.map(({ agent_id, score }) => [agent_id, score])).toEqual([
      ["B", 0.75],
      ["A", 0.75],
    ]);
  });

  it("breaks ties by agent id, whatever the order they come in", () => {
    expect(rank([known("B", {}), known("A", {})]).map((route) => route.agent_id)).toEqual([
      "A",
      "B",
    ]);
    expect(rank([known("A", {}), known("B", {})]).map((route) => route.agent_id)).toEqual([
      "A",
      "B",
    ]);
  });

  it.each([
    ["quality", { approval_rate: 1, executions: 50 }, { approval_rate: 0.2, executions: 50 }],
    ["load", { waiting_requests: 0 }, { waiting_requests: 9 }],
  ] as const)("counts %s only when it has a weight", (term, good, bad) => {
    const evidence = [known("A", bad), known("B", good)];
    const only = { speed: 0, escalation: 0, quality: 0, load: 0, cost: 0 };

    expect(rank(evidence)[0]?.agent_id).toBe("A");
    expect(rank(evidence, { ...only, [term]: 1 })[0]?.agent_id).toBe("B");
  });

  it("counts cost only when it has a weight", () => {
    const agents = [anAgent({ agent_id: "A", cost_per_task: 9 }), anAgent({ agent_id: "B" })];
    const weights = { speed: 0, escalation: 0, quality: 0, load: 0, cost: 1 };

    expect(rankRoutes(agents, { evidence: new Map(), routing })[0]?.agent_id).toBe("A");
    const weighed = { ...routing, weights };
    expect(rankRoutes(agents, { evidence: new Map(), routing: weighed })[0]?.agent_id).toBe("B");
  });

  it("lets the next run route on what the last one showed", async () => {
    const workspace = aWorkspace();
    const control = await aMissionControl({ workspace });
    const approve = { type: "approve", decided_by: "ana" } as const;
    const first = await control.start({ mission_id: "M002" });
    await control.decide(first.run_id, { T5: approve });

    const second = await control.start({ mission_id: "M002" });

    // A4's bare rate of 0.15 has given way to its counted escalations, of which there are none.
    expect(first.pending_approvals[0]?.agent_id).toBe("A6");
    expect(second.pending_approvals[0]?.agent_id).toBe("A4");
  });
});
