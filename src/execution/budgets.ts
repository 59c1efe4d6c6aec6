/**
 * Budgets: what an attempt may use up at most is reserved before it begins, and settled by its row.
 *
 * Where an agent does not say what it cost, what was reserved counts.
 */

import type { AgentCall } from "../model/agent-call.ts";
import {
  type Amounts,
  type Budget,
  type Lost,
  MEASURES,
  type Measure,
  type Reserved,
  type Scope,
} from "../model/budget.ts";
import type { PlanTask } from "../model/decomposed-mission-tasks.ts";
import type { MissionRun } from "../model/mission-runs.ts";
import type { Policy } from "../model/policy.ts";
import type { SpecializedAgent } from "../model/specialized-agents.ts";

/** A limit, and whose attempts count. */
export interface Limit {
  readonly scope: Scope;
  readonly budget: Budget;
}

/** What stands in the way of an attempt. */
export interface Overrun {
  readonly scope: Scope;
  readonly measure: Measure;
  readonly limit: number;
  /** Used up, or reserved by attempts that are under way. */
  readonly spent: number;
  /** What the attempt may use up. */
  readonly wanted: number;
}

const MAXIMUM = {
  cost: "max_cost",
  tokens: "max_tokens",
  agent_minutes: "max_agent_minutes",
  attempts: "max_attempts",
} as const satisfies Record<Measure, keyof Budget>;

/** The limits of a run, its own first: of what was said at its start and what the policy says, the smaller counts. */
export function limitsOf(
  { budget = {} }: Pick<MissionRun, "budget">,
  { budgets }: Pick<Policy, "budgets">,
): readonly Limit[] {
  const own = Object.fromEntries(
    Object.values(MAXIMUM).flatMap((name) => {
      const said = [budget[name], budgets.run[name]].filter((limit) => limit !== undefined);
      return said.length === 0 ? [] : [[name, Math.min(...said)] as const];
    }),
  );
  const limits: readonly Limit[] = [
    { scope: "run", budget: own },
    { scope: "mission", budget: budgets.mission },
    { scope: "month", budget: budgets.month },
  ];
  return limits.filter((limit) => Object.keys(limit.budget).length > 0);
}

/** What an attempt may use up: what the registry says at most, else what it says, else what is planned. */
export function reserveFor(
  { at_most = {}, cost_per_task = 0 }: Pick<SpecializedAgent, "at_most" | "cost_per_task">,
  { estimated_duration_minutes }: Pick<PlanTask, "estimated_duration_minutes">,
  bound: { readonly cost?: number | undefined; readonly tokens?: number | undefined } = {},
): Reserved {
  return {
    cost: at_most.cost ?? bound.cost ?? cost_per_task,
    tokens: at_most.tokens ?? bound.tokens ?? 0,
    agent_minutes: at_most.minutes ?? estimated_duration_minutes,
    attempts: 1,
  };
}

/** What is used up by calls that nobody knows the end of: what this one had reserved, and those before it. */
export function loseCall({
  reserved,
  lost,
}: Pick<AgentCall, "reserved" | "lost">): Lost | undefined {
  if (reserved === undefined || lost === undefined) return reserved ?? lost;
  return {
    cost: lost.cost + reserved.cost,
    tokens: lost.tokens + reserved.tokens,
    agent_minutes: lost.agent_minutes + reserved.agent_minutes,
    attempts: lost.attempts + reserved.attempts,
  };
}

/**
 * The first limit that an attempt could pass; undefined when it may begin.
 *
 * @param spent what is used up or reserved under each limit, in their order.
 */
export function findOverrun(
  limits: readonly Limit[],
  spent: readonly Amounts[],
  wanted: Amounts,
): Overrun | undefined {
  for (const [position, { scope, budget }] of limits.entries()) {
    for (const measure of MEASURES) {
      const limit = budget[MAXIMUM[measure]];
      const sum = spent[position]?.[measure] ?? 0;
      if (limit === undefined || sum + wanted[measure] <= limit + TOLERANCE) continue;
      return { scope, measure, limit, spent: sum, wanted: wanted[measure] };
    }
  }
  return undefined;
}

/** Sums of money and minutes are exact to more digits than anybody writes. */
const TOLERANCE = 1e-9;

const WORDS: Record<Measure, string> = {
  cost: "money",
  tokens: "tokens",
  agent_minutes: "minutes of agents' work",
  attempts: "calls of agents",
};

const WHOSE: Record<Scope, string> = {
  run: "this run",
  mission: "this mission this month",
  month: "all missions this month",
};

/** The figures as values, for who decides. */
export function describeOverrun({ scope, measure, ...figures }: Overrun) {
  return { budget: `${MAXIMUM[measure]} of ${WHOSE[scope]}`, ...figures };
}

function figure(value: number): string {
  return String(Math.round(value * 1e6) / 1e6);
}

/** The figures in a sentence. */
export function sayOverrun({ scope, measure, limit, spent, wanted }: Overrun): string {
  const use = `${figure(spent)} of ${figure(limit)} ${WORDS[measure]} of ${WHOSE[scope]}`;
  return `${use} ${spent === 1 ? "is" : "are"} used or reserved, and this attempt may need ${figure(wanted)} (${MAXIMUM[measure]})`;
}
