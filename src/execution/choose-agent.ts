/** Who tries next: retry, then reroute to the next-ranked agent, then a person, then failure. */

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

type Tried = Pick<TaskLog, "agent_id" | "outcome" | "stage" | "retryable">;

/** The attempts since a person last had the failed task tried again. */
export function sinceReopened(rows: readonly TaskLog[]): readonly TaskLog[] {
  return rows.slice(rows.findLastIndex((row) => row.reopened !== undefined) + 1);
}

/** Chooses the agent of the next attempt by the ranking and by what happened so far. */
export function chooseAgent({ available, rows, execution }: Situation): Choice {
  const last = rows.at(-1);
  const left = available.filter((id) => !isUsedUp(id, rows, execution.retry.retries_per_agent));
  const [best] = left;
  // What no agent is to try again.
  if (
    last?.outcome === "failed" &&
    last.escalation === "failure" &&
    last.failure_decision === undefined
  )
    return { kind: "escalate", row: last };
  if (last === undefined) return best === undefined ? { kind: "nobody" } : agent(best);

  const isExhausted = rows.length >= execution.max_attempts;
  if (isExhausted || best === undefined) {
    if (last.outcome === "failed") return { kind: "escalate", row: last };
    const used = `${rows.length} of ${execution.max_attempts} attempts used`;
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
    after.length >= max_attempts ||
    available.every((id) => isUsedUp(id, after, retry.retries_per_agent))
  );
}

/** Refused before its work, failed in a way that it says will come again, or failed more often than it may be retried. */
export function isUsedUp(agentId: string, rows: readonly Tried[], retries: number): boolean {
  const own = rows.filter((row) => row.agent_id === agentId);
  const isRefused = own.some((row) => row.outcome === "rejected" && row.stage === "before");
  const isHopeless = own.some((row) => row.retryable === false);
  return isRefused || isHopeless || own.filter((row) => row.outcome === "failed").length > retries;
}

function agent(agentId: string): Choice {
  return { kind: "agent", agent_id: agentId };
}
