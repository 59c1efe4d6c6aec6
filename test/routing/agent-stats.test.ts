import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { DEFAULT_POLICY } from "../../src/model/policy.ts";
import { computeAgentStats } from "../../src/routing/agent-stats.ts";
import { gatherEvidence } from "../../src/routing/evidence.ts";
import { rankRoutes } from "../../src/routing/rank-routes.ts";
import { aRow, anAgent } from "../support/builders.ts";

const estimates = new Map([["M", new Map([["T1", 10]])]]);
const facts = { agents: new Set(["A1"]), estimates, window: 100, date: "2026-11-22", current: [] };

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

    expect(computeAgentStats(rows, facts)).toEqual([
      {
        agent_id: "A1",
        avg_task_duration_minutes: 7.5,
        approval_rate: 0.5,
        escalation_rate: 0.5,
        executions: 2,
        escalated_executions: 1,
        work_ratio: 1,
        last_updated: "2026-11-22",
      },
    ]);
  });

  it.each([
    [2, 2],
    [3, 3],
    [4, 3],
  ])("looks at the last %d rows of three: %d executions", (window, executions) => {
    const rows = [1, 2, 3].map((attempt) => aRow({ attempt }));

    expect(computeAgentStats(rows, { ...facts, window })).toMatchObject([{ executions }]);
  });

  it("keeps the date while no figure has changed, and says nothing of agents without rows", () => {
    const [first] = computeAgentStats([aRow()], facts);
    const later = { ...facts, date: "2026-12-24", current: first === undefined ? [] : [first] };

    expect(computeAgentStats([aRow()], later)).toEqual([first]);
    expect(computeAgentStats([], facts)).toEqual([]);
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
  const rows = [aRow(), aRow({ attempt: 2 })];
  const known = { rows, pending: [], estimates, window: 100 };

  it("counts a bare rate with n = the agent's rows", () => {
    expect(gatherEvidence(["A1"], { ...known, stats: [stats] })).toMatchObject([
      { executions: 2, escalated_executions: 1, work_ratio: 0.5 },
    ]);
  });

  it("lets counts win over bare rates and over the rows", () => {
    const counted = { ...stats, executions: 40, escalated_executions: 4, work_ratio: 0.9 };

    expect(gatherEvidence(["A1"], { ...known, stats: [counted] })).toMatchObject([
      { executions: 40, escalated_executions: 4, work_ratio: 0.9 },
    ]);
  });

  it("knows nothing of an agent without rows and statistics", () => {
    expect(gatherEvidence(["A9"], { ...known, stats: [] })).toEqual([
      { agent_id: "A9", executions: 0, escalated_executions: 0, waiting_requests: 0 },
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
