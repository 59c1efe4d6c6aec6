/** The routing score (§7): capability is a hard gate, the rest is weighed evidence. */

import { compareText } from "../model/order.ts";
import type { Policy } from "../model/policy.ts";
import type { Evidence } from "../model/run-record.ts";
import type { SpecializedAgent } from "../model/specialized-agents.ts";
import type { RouteCandidate } from "../model/task-execution-logs.ts";

/** Digits kept of scores and terms, so that equal evidence gives equal text. */
const PRECISION = 10_000;

const NO_HISTORY: Omit<Evidence, "agent_id"> = {
  executions: 0,
  escalated_executions: 0,
  waiting_requests: 0,
};

/** The hard gate: of the agents that are registered and available, those able to do a task. */
export function eligibleAgents(
  capable: readonly string[],
  available: readonly SpecializedAgent[],
): readonly SpecializedAgent[] {
  return available.filter(({ agent_id }) => capable.includes(agent_id));
}

export interface RankingFacts {
  /** What is known, by agent; an agent that is not in it has no history. */
  readonly evidence: ReadonlyMap<string, Evidence>;
  readonly routing: Policy["routing"];
}

/**
 * Ranks agents, best first; ties go to the smaller agent id.
 *
 * score = Σ weight × term. speed = 1 ÷ (1 + work ratio), escalation = 1 − escalation rate,
 * quality = approval rate, load = 1 ÷ (1 + waiting requests), cost = 1 ÷ (1 + cost per task).
 * Ratio and rates are drawn to the prior, which counts as `prior.strength` executions: three clean
 * runs of three prove less than 57 of 60, and an agent without history is judged as the prior.
 */
export function rankRoutes(
  agents: readonly SpecializedAgent[],
  facts: RankingFacts,
): readonly RouteCandidate[] {
  return agents
    .map((agent) => scoreAgent(agent, facts))
    .toSorted((a, b) => b.score - a.score || compareText(a.agent_id, b.agent_id));
}

function scoreAgent(agent: SpecializedAgent, facts: RankingFacts): RouteCandidate {
  const { prior, weights } = facts.routing;
  const evidence: Omit<Evidence, "agent_id"> = facts.evidence.get(agent.agent_id) ?? NO_HISTORY;
  const n = evidence.executions;
  const drawn = (value: number | undefined, assumed: number) => {
    const seen = value === undefined ? 0 : n;
    const counted = seen + prior.strength;
    return counted === 0 ? assumed : ((value ?? 0) * seen + assumed * prior.strength) / counted;
  };
  const rate = n === 0 ? undefined : evidence.escalated_executions / n;
  const workRatio = drawn(evidence.work_ratio, prior.work_ratio);
  const escalationRate = drawn(rate, prior.escalation_rate);
  const terms = {
    speed: 1 / (1 + workRatio),
    escalation: 1 - escalationRate,
    quality: drawn(evidence.approval_rate, prior.approval_rate),
    load: 1 / (1 + evidence.waiting_requests),
    cost: 1 / (1 + (agent.cost_per_task ?? 0)),
  };
  const score =
    weights.speed * terms.speed +
    weights.escalation * terms.escalation +
    weights.quality * terms.quality +
    weights.load * terms.load +
    weights.cost * terms.cost;
  return {
    agent_id: agent.agent_id,
    score: round(score),
    n,
    work_ratio: round(workRatio),
    escalation_rate: round(escalationRate),
    terms: Object.fromEntries(Object.entries(terms).map(([name, term]) => [name, round(term)])),
  };
}

function round(value: number): number {
  return Math.round(value * PRECISION) / PRECISION;
}
