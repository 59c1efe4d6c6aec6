/** Who tries next: retry, then reroute to the next-ranked agent, then a person, then failure. */

import { compareText } from "../model/order.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import type { Situation } from "./situation.ts";

export type Choice =
  | { readonly kind: "agent"; readonly agent_id: string }
  /** Agents could not do it: a person must say how to go on. */
  | { readonly kind: "escalate"; readonly row: TaskLog }
  /** A person refused, and there is nobody and nothing left to try. */
  | { readonly kind: "give-up"; readonly row: TaskLog; readonly reason: string }
  /** Not even a first attempt is possible: every capable agent is unavailable. */
  | { readonly kind: "nobody" };

type Tried = Pick<TaskLog, "agent_id" | "outcome" | "stage" | "retryable" | "over_budget">;

/** The attempts since a person last had the failed task tried again. */
export function sinceReopened(rows: readonly TaskLog[]): readonly TaskLog[] {
  return rows.slice(rows.findLastIndex((row) => row.reopened !== undefined) + 1);
}

/** Chooses the agent of the next attempt by the ranking and by what happened so far. */
export function chooseAgent(situation: Situation): Choice {
  const { available, rows, execution } = situation;
  const last = rows.at(-1);
  const able = available.filter((id) => !isUsedUp(id, rows, execution.retry.retries_per_agent));
  const left = last?.over_budget === true ? cheapestFirst(able, situation) : able;
  const [best] = left;
  // What no agent is to try again.
  if (
    last?.outcome === "failed" &&
    last.escalation === "failure" &&
    last.failure_decision === undefined
  )
    return { kind: "escalate", row: last };
  if (last === undefined) return best === undefined ? { kind: "nobody" } : agent(best);

  const begun = rows.filter(hasBegun).length;
  const isExhausted = begun >= execution.max_attempts;
  if (isExhausted || best === undefined) {
    if (last.outcome === "failed") return { kind: "escalate", row: last };
    const used = `${begun} of ${execution.max_attempts} attempts used`;
    return { kind: "give-up", row: last, reason: isExhausted ? used : "no other capable agent" };
  }
  // A retry and a rework stay with their agent; after a refusal it is used up.
  return agent(left.includes(last.agent_id) ? last.agent_id : best);
}

/** True when a refusal of this attempt leaves nobody and nothing to try. */
export function isLastChance(
  { available, rows, execution }: Situation,
  refused: Pick<Tried, "agent_id" | "stage">,
): boolean {
  const after: readonly Tried[] = [...sinceReopened(rows), { ...refused, outcome: "rejected" }];
  const { max_attempts, retry } = execution;
  return (
    after.filter(hasBegun).length >= max_attempts ||
    available.every((id) => isUsedUp(id, after, retry.retries_per_agent))
  );
}

/** Refused before its work, failed in a way that it says will come again, or failed more often than it may be retried. */
export function isUsedUp(agentId: string, rows: readonly Tried[], retries: number): boolean {
  const own = rows.filter((row) => row.agent_id === agentId);
  const isRefused = own.some((row) => row.outcome === "rejected" && row.stage === "before");
  const isHopeless = own.some((row) => row.retryable === false || row.over_budget === true);
  return isRefused || isHopeless || own.filter((row) => row.outcome === "failed").length > retries;
}

function hasBegun({ over_budget }: Pick<Tried, "over_budget">): boolean {
  return over_budget === undefined;
}

/** By what an attempt of each may cost; ties by id. */
export function cheapestFirst(
  agents: readonly string[],
  { costs }: Pick<Situation, "costs">,
): readonly string[] {
  return agents.toSorted((a, b) => (costs.get(a) ?? 0) - (costs.get(b) ?? 0) || compareText(a, b));
}

function agent(agentId: string): Choice {
  return { kind: "agent", agent_id: agentId };
}
