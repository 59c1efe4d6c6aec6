import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { DEFAULT_POLICY } from "../../src/model/default-policy.ts";
import type { TaskLog } from "../../src/model/task-execution-logs.ts";
import { computeAgentStats, recentAttempts } from "../../src/routing/agent-stats.ts";
import { estimatesOf, gatherEvidence } from "../../src/routing/evidence.ts";
import { rankRoutes } from "../../src/routing/rank-routes.ts";
import { NOON, aRow, aTask, anAgent } from "../support/builders.ts";

const plans = [{ mission_id: "M", tasks: [aTask({ estimated_duration_minutes: 10 })] }];
const facts = { plans, date: "2026-11-22", current: [] };

describe("computeAgentStats", () => {
  it("counts work without waiting, and only failures that went to a person", () => {
    const rows = [
      aRow({
        actual_duration_minutes: 12,
        human_delay_minutes: 2,
        outcome: "approved",
        human_approval_required: true,
        escalation: "overdue",
      }),
      aRow({ attempt: 2, actual_duration_minutes: 3, outcome: "failed", escalation: "failure" }),
      aRow({
        attempt: 3,
        actual_duration_minutes: 1,
        human_delay_minutes: 1,
        outcome: "rejected",
        stage: "before",
        human_approval_required: true,
      }),
    ];

    expect(computeAgentStats(recentAttempts(rows, 100), facts)).toEqual([
      {
        agent_id: "A1",
        avg_task_duration_minutes: 7.5,
        approval_rate: 0.5,
        escalation_rate: 0.5,
        executions: 2,
        escalated_executions: 1,
        failed_executions: 1,
        work_ratio: 1,
        last_updated: "2026-11-22",
      },
    ]);
  });

  it("counts a retry that a person approved as approved, and one given up or skipped as not", () => {
    const about = (decision: "approve" | "edit" | "reject" | "skip") =>
      aRow({
        outcome: "failed",
        human_approval_required: true,
        failure_decision: {
          approval_request_time: NOON,
          decided_at: NOON,
          decided_by: "ana",
          decision,
          delay_minutes: 0,
        },
      });
    const rateOf = (...rows: TaskLog[]) =>
      computeAgentStats(recentAttempts(rows, 100), facts)[0]?.approval_rate;

    expect(rateOf(about("approve"))).toBe(1);
    expect(rateOf(about("edit"))).toBe(1);
    expect(rateOf(about("reject"))).toBe(0);
    expect(rateOf(about("skip"))).toBe(0);
    expect(rateOf(about("approve"), aRow({ outcome: "failed" }), about("reject"))).toBe(0.5);
  });

  it.each([
    [2, 2],
    [3, 3],
    [4, 3],
  ])("looks at the last %d rows of three: %d executions", (window, executions) => {
    const rows = [1, 2, 3].map((attempt) => aRow({ attempt }));

    expect(computeAgentStats(recentAttempts(rows, window), facts)).toMatchObject([{ executions }]);
  });

  it("keeps the date while no figure has changed, and says nothing of agents without rows", () => {
    const recent = recentAttempts([aRow()], 100);
    const [first] = computeAgentStats(recent, facts);
    const later = { ...facts, date: "2026-12-24", current: first === undefined ? [] : [first] };

    expect(computeAgentStats(recent, later)).toEqual([first]);
    expect(computeAgentStats(recentAttempts([], 100), facts)).toEqual([]);
  });
});

describe("recentAttempts", () => {
  it("has the last attempts of each agent, newest first, skipped ones left out", () => {
    const rows = [
      aRow({ attempt: 1 }),
      aRow({ attempt: 2, agent_id: "A2" }),
      aRow({ attempt: 3 }),
      aRow({ attempt: 4, outcome: "skipped" }),
      aRow({ attempt: 5 }),
      aRow({ attempt: 6, agent_id: "A3", outcome: "skipped" }),
    ];

    const recent = recentAttempts(rows, 2);

    const attempts = [...recent].map(([id, own]) => [id, own.map((row) => row.attempt)]);
    expect(Object.fromEntries(attempts)).toEqual({ A1: [5, 3], A2: [2] });
  });
});

describe("gatherEvidence", () => {
  const stats = {
    agent_id: "A1",
    avg_task_duration_minutes: 5,
    approval_rate: 1,
    escalation_rate: 0.5,
    last_updated: "2026-01-01",
  };
  const recent = recentAttempts([aRow(), aRow({ attempt: 2 })], 100);
  const known = { recent, waiting: new Map([["A1", 3]]) };
  const estimates = estimatesOf(plans);

  it("counts a bare rate with n = the agent's rows", () => {
    expect(gatherEvidence(["A1"], { ...known, stats: [stats] }, estimates)).toMatchObject([
      { executions: 2, escalated_executions: 1, work_ratio: 0.5 },
    ]);
  });

  it("takes what the statistics do not say from the attempts, and who waits from the requests", () => {
    expect(gatherEvidence(["A1"], { ...known, stats: [] }, estimates)).toEqual([
      {
        agent_id: "A1",
        executions: 2,
        escalated_executions: 0,
        failed_executions: 0,
        work_ratio: 0.5,
        waiting_requests: 3,
      },
    ]);
  });

  it("lets counts win over bare rates and over the rows", () => {
    const counted = { ...stats, executions: 40, escalated_executions: 4, work_ratio: 0.9 };

    expect(gatherEvidence(["A1"], { ...known, stats: [counted] }, estimates)).toMatchObject([
      { executions: 40, escalated_executions: 4, work_ratio: 0.9 },
    ]);
  });

  it("knows nothing of an agent without rows and statistics", () => {
    expect(gatherEvidence(["A9"], { ...known, stats: [] }, estimates)).toEqual([
      {
        agent_id: "A9",
        executions: 0,
        escalated_executions: 0,
        failed_executions: 0,
        waiting_requests: 0,
      },
    ]);
  });
});

describe("rankRoutes, for any evidence", () => {
  const evidence = fc.record({
    executions: fc.nat(500),
    escalated_executions: fc.nat(500),
    work_ratio: fc.double({ min: 0, max: 20, noNaN: true }),
    waiting_requests: fc.nat(50),
  });

  it("scores within the weights, and does not depend on the order of agents", () => {
    fc.assert(
      fc.property(fc.array(evidence, { minLength: 1, maxLength: 8 }), (list) => {
        const agents = list.map((_, number) => anAgent({ agent_id: `A${number}` }));
        const known = new Map(
          list.map((entry, number) => {
            const escalated_executions = Math.min(entry.escalated_executions, entry.executions);
            return [`A${number}`, { ...entry, escalated_executions, agent_id: `A${number}` }];
          }),
        );
        const { routing } = DEFAULT_POLICY;
        const ranked = rankRoutes(agents, { evidence: known, routing });

        expect(rankRoutes(agents.toReversed(), { evidence: known, routing })).toEqual(ranked);
        for (const { score, terms } of ranked) {
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(1);
          for (const term of Object.values(terms)) expect(term >= 0 && term <= 1).toBe(true);
        }
      }),
    );
  });
});
