/** Whether an attempt may begin, as far as budgets go; else what the policy says about it. */

import type { ApprovalRequest } from "../model/approval-requests.ts";
import { compareText } from "../model/order.ts";
import { isUsedUp, sinceReopened } from "./choose-agent.ts";
import type { Situation } from "./situation.ts";
import type { Step } from "./step.ts";

type Call = Extract<Step, { kind: "call" }>;

/** The questions about the budget of an attempt, in order. */
export function budgetQuestions(
  requests: readonly ApprovalRequest[],
  attempt: number,
): readonly ApprovalRequest[] {
  return requests.filter(
    (request) =>
      request.stage === "budget" && request.attempt === attempt && request.status !== "void",
  );
}

/** @param engage calls another agent, or asks whether it may be called. */
export function withinBudget(
  step: Call,
  situation: Situation,
  engage: (agentId: string, attempt: number) => Step,
): Step {
  const { attempt, agent_id, decided } = step;
  const asked = budgetQuestions(situation.requests, attempt).at(-1);
  if (asked?.status === "pending") return { kind: "wait", requests: [asked] };
  if (asked?.agent_id === agent_id) {
    if (asked.decision === "approve") return { ...step, isLet: true };
    const outcome = asked.decision === "skip" ? "skipped" : "rejected";
    return { kind: "conclude", attempt, outcome, decided: asked };
  }
  const overrun = situation.overruns?.get(agent_id);
  if (overrun === undefined || step.asks !== undefined) return step;
  switch (situation.budgets.at_limit) {
    case "stop":
      return {
        kind: "overrun",
        attempt,
        agent_id,
        overrun,
        ...(decided === undefined ? {} : { decided }),
      };
    case "cheaper": {
      const other = cheapestOf(situation);
      if (other !== undefined) return engage(other, freeAttempt(situation, attempt));
      return { kind: "ask-budget", attempt, agent_id, overrun };
    }
    case "ask":
      return { kind: "ask-budget", attempt, agent_id, overrun };
  }
}

/** Of those that could still try and are not known to pass a limit. */
function cheapestOf(situation: Situation): string | undefined {
  const { available, rows, execution, overruns, costs } = situation;
  const tried = sinceReopened(rows);
  const [cheapest] = available
    .filter((id) => !isUsedUp(id, tried, execution.retry.retries_per_agent))
    .filter((id) => overruns?.has(id) !== true)
    .toSorted((a, b) => (costs.get(a) ?? 0) - (costs.get(b) ?? 0) || compareText(a, b));
  return cheapest;
}

/** A consent is for one agent: another is asked about as another attempt. */
function freeAttempt({ requests }: Situation, attempt: number): number {
  const isTaken = requests.some(
    (request) => request.stage === "before" && request.attempt === attempt,
  );
  return isTaken ? attempt + 1 : attempt;
}
