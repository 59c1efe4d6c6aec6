/** Whether an attempt may begin, as far as budgets go; else what the policy says about it. */

import type { ApprovalRequest } from "../model/approval-requests.ts";
import { defined } from "../model/defined.ts";
import { cheapestFirst, isUsedUp, sinceReopened } from "./choose-agent.ts";
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
  if (asked?.agent_id === agent_id) return { ...step, isLet: true };
  const before = situation.rows.at(-1);
  // Who has it tried again after it was stopped knows why it was.
  if (before?.over_budget === true && before.reopened !== undefined)
    return { ...step, isLet: true };
  const overrun = situation.overruns?.get(agent_id);
  if (overrun === undefined || step.asks !== undefined) return step;
  const stopped = { kind: "overrun", attempt, agent_id, overrun, ...defined({ decided }) } as const;
  switch (situation.budgets.at_limit) {
    case "stop":
      return stopped;
    case "cheaper": {
      const other = cheapestOf(situation);
      if (other === undefined) return { kind: "ask-budget", attempt, agent_id, overrun };
      // A consent is for one agent: what was agreed to stands in the row of an attempt that did not begin.
      return decided === undefined ? engage(other, attempt) : stopped;
    }
    case "ask":
      return { kind: "ask-budget", attempt, agent_id, overrun };
  }
}

/** Of those that could still try and are not known to pass a limit. */
function cheapestOf(situation: Situation): string | undefined {
  const { available, rows, execution, overruns } = situation;
  const tried = sinceReopened(rows);
  const left = available.filter(
    (id) => !isUsedUp(id, tried, execution.retry.retries_per_agent) && overruns?.has(id) !== true,
  );
  return cheapestFirst(left, situation)[0];
}
