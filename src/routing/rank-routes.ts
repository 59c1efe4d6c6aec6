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
 * Ranks agents, best first; ties go to the one with fewer executions, then to the smaller agent id.
 *
 * score = Σ weight × term. speed = 1 ÷ (1 + work ratio), escalation = 1 − share of executions that
 * failed or were escalated, quality = approval rate, load = 1 ÷ (1 + waiting requests and calls under way), cost = 1 ÷ (1 +
 * what an attempt has cost on average, or is said to cost). Ratio and rates are drawn to what is assumed of a new agent, which counts as
 * `prior.strength` executions: two clean runs of two prove less than 59 of 60. The rates assumed are
 * those of all candidates together, themselves drawn to the policy's: so a newcomer is behind nobody
 * for being new.
 */
export function rankRoutes(
  agents: readonly SpecializedAgent[],
  facts: RankingFacts,
): readonly RouteCandidate[] {
  const assumed = assumeRates(agents, facts);
  return agents
    .map((agent) => scoreAgent(agent, assumed, facts))
    .toSorted((a, b) => b.score - a.score || a.n - b.n || compareText(a.agent_id, b.agent_id));
}

interface Rates {
  readonly escalation_rate: number;
  readonly approval_rate: number;
}

function assumeRates(
  agents: readonly SpecializedAgent[],
  { evidence, routing: { prior } }: RankingFacts,
): Rates {
  const known = agents.flatMap(({ agent_id }) => evidence.get(agent_id) ?? []);
  const rated = known.filter(({ approval_rate }) => approval_rate !== undefined);
  const approved = rated.map(({ approval_rate = 0, executions }) => approval_rate * executions);
  return {
    escalation_rate: draw(
      sum(known.map(troubledOf)),
      sum(known.map(({ executions }) => executions)),
      { rate: prior.escalation_rate, strength: prior.strength },
    ),
    approval_rate: draw(sum(approved), sum(rated.map(({ executions }) => executions)), {
      rate: prior.approval_rate,
      strength: prior.strength,
    }),
  };
}

/** Executions that failed or were handed to a person. Who failed and was escalated counts once. */
function troubledOf({
  failed_executions = 0,
  escalated_executions,
}: Omit<Evidence, "agent_id">): number {
  return Math.max(failed_executions, escalated_executions);
}

/** `count` of `n`, drawn to a rate that counts as so many more. */
function draw(count: number, n: number, { rate, strength }: { rate: number; strength: number }) {
  return n + strength === 0 ? rate : (count + rate * strength) / (n + strength);
}

function scoreAgent(
  agent: SpecializedAgent,
  assumed: Rates,
  { evidence: known, routing: { prior, weights } }: RankingFacts,
): RouteCandidate {
  const { strength } = prior;
  const evidence: Omit<Evidence, "agent_id"> = known.get(agent.agent_id) ?? NO_HISTORY;
  const n = evidence.executions;
  const drawn = (value: number | undefined, rate: number) =>
    draw((value ?? 0) * n, value === undefined ? 0 : n, { rate, strength });
  const workRatio = drawn(evidence.work_ratio, prior.work_ratio);
  const escalationRate = draw(troubledOf(evidence), n, { rate: assumed.escalation_rate, strength });
  const terms = {
    speed: 1 / (1 + workRatio),
    escalation: 1 - escalationRate,
    quality: drawn(evidence.approval_rate, assumed.approval_rate),
    load: 1 / (1 + evidence.waiting_requests),
    cost: 1 / (1 + (evidence.avg_cost ?? agent.cost_per_task ?? 0)),
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

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function round(value: number): number {
  return Math.round(value * PRECISION) / PRECISION;
}
