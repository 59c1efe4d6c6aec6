/** What a task needs next: a pure function of what is recorded about it, so that any crash or pause is harmless. */

import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { PlanTask } from "../model/decomposed-mission-tasks.ts";
import { defined } from "../model/defined.ts";
import type { FailureDecision, TaskLog } from "../model/task-execution-logs.ts";
import { asksOf, consentOf, lapsedConsent, nextAttempt, openRequest } from "./bearing-requests.ts";
import { chooseAgent, sinceReopened } from "./choose-agent.ts";
import type { Situation } from "./situation.ts";
import type { Step } from "./step.ts";
import { budgetQuestions, withinBudget } from "./within-budget.ts";

/** Decides what to do next about a task. */
export function nextStep(known: Situation): Step {
  const step = stepOnMerits(known);
  if (step.kind !== "call") return step;
  const situation = { ...known, rows: sinceReopened(known.rows) };
  const engageOther = (agentId: string, attempt: number) =>
    engage(agentId, attempt, { situation, before: known.rows.at(-1) });
  return withinBudget(step, known, engageOther);
}

/** The step as it is while nothing is in its way. */
function stepOnMerits(known: Situation): Step {
  const attempt = nextAttempt(known);
  const situation = { ...known, rows: sinceReopened(known.rows) };
  const last = situation.rows.at(-1);
  if (last !== undefined && isDone(last)) return { kind: "completed", row: last };
  if (last?.outcome === "rejected" && last.stage === "failure") return fail(last, "given up");
  const kept = last?.further_decisions?.findLast(({ stage }) => stage === "budget");
  if (last?.outcome === "rejected" && kept?.decision === "reject") {
    return fail({ ...last, ...kept }, "its budget was kept");
  }
  if (last?.over_budget === true && situation.budgets.at_limit === "stop") {
    return fail(last, "stopped");
  }
  if (last?.failure_decision?.decision === "reject") return giveUp(last, last.failure_decision);

  const open = openRequest(situation, attempt);
  const budget = budgetQuestions(situation.requests, attempt).at(-1);
  // Whoever is available by then: it is about the task.
  if (budget?.status === "decided" && budget.decision !== "approve") {
    const outcome = budget.decision === "skip" ? "skipped" : "rejected";
    const consent = open?.status === "decided" && open.stage === "before" ? open : undefined;
    return { kind: "conclude", attempt, outcome, decided: budget, ...defined({ consent }) };
  }
  const asks = asksOf(situation.requests, attempt);
  if (asks.length > 0 && open?.stage !== "after") {
    return followAsks(asks, { attempt, open, situation, before: known.rows.at(-1) });
  }
  const lapsed = lapsedConsent(known, attempt);
  if (lapsed !== undefined) return { kind: "lapsed", ...lapsed };
  if (open !== undefined) return followRequest(open, attempt, situation);

  const choice = chooseAgent(situation);
  switch (choice.kind) {
    case "give-up":
      return fail(choice.row, choice.reason);
    case "escalate": {
      const { row } = choice;
      return ask("failure", row.attempt ?? 1, row.agent_id, row.error);
    }
    case "nobody":
      return { kind: "unavailable", attempt, agent_id: situation.preferred };
    case "agent":
      return engage(choice.agent_id, attempt, { situation, before: known.rows.at(-1) });
  }
}

/** Calls the agent, or first asks a person where the plan wants that and nobody has said yes to just this. */
function engage(
  agentId: string,
  attempt: number,
  { situation, before }: { situation: Situation; before: TaskLog | undefined },
): Step {
  const { task } = situation;
  const feedback = feedbackOf(before);
  const approved = consentOf(agentId, situation);
  if (needsApprovalBefore(task) && approved === undefined) {
    return ask("before", attempt, agentId, feedback);
  }
  return {
    kind: "call",
    attempt,
    agent_id: agentId,
    ...defined({ approved, feedback }),
  };
}

/** The agent that asked goes on when all is decided, whoever would be chosen now. */
function followAsks(
  asks: readonly ApprovalRequest[],
  {
    attempt,
    open,
    situation,
    before,
  }: {
    attempt: number;
    open: ApprovalRequest | undefined;
    situation: Situation;
    before: TaskLog | undefined;
  },
): Step {
  const [first, ...rest] = asks.filter((request) => request.status === "pending");
  if (first !== undefined) return { kind: "wait", requests: [first, ...rest] };
  const agent_id = asks[0]?.agent_id ?? situation.preferred;
  const decided = open?.stage === "before" ? open : undefined;
  if (!situation.available.includes(agent_id)) {
    return { kind: "unavailable", attempt, agent_id, ...defined({ decided }) };
  }
  const said = open?.stage === "failure" ? open.reason : undefined;
  const feedback = said ?? open?.feedback ?? feedbackOf(before);
  const approved = open ?? consentOf(agent_id, situation);
  return { kind: "call", attempt, agent_id, asks, ...defined({ decided, approved, feedback }) };
}

/** Why the attempt before came to nothing. */
function feedbackOf(before: TaskLog | undefined): string | undefined {
  const said = before?.outcome === "failed" ? before.error : before?.reason;
  return before?.reopened?.reason ?? said;
}

function followRequest(open: ApprovalRequest, attempt: number, situation: Situation): Step {
  if (open.status === "pending") return { kind: "wait", requests: [open] };
  const failed = situation.rows.at(-1);
  if (open.stage === "failure" && failed !== undefined && failed.failure_decision === undefined) {
    return { kind: "settle", row: failed, decided: open };
  }
  if (open.decision === "skip" || open.decision === "reject") {
    const outcome = open.decision === "skip" ? "skipped" : "rejected";
    return { kind: "conclude", attempt, outcome, decided: open };
  }
  if (open.stage === "after")
    return { kind: "conclude", attempt, outcome: "approved", decided: open };
  const { agent_id } = open;
  if (!situation.available.includes(agent_id)) {
    return { kind: "unavailable", attempt, agent_id };
  }
  const feedback = open.stage === "failure" ? (open.reason ?? open.feedback) : open.feedback;
  return {
    kind: "call",
    attempt,
    agent_id,
    // A decision about a failure stands in the row that failed already.
    ...(open.stage === "failure" ? {} : { decided: open }),
    approved: open,
    ...defined({ feedback }),
  };
}

export function needsApprovalBefore(task: PlanTask): boolean {
  return task.requires_human_approval && task.approval_stage !== "after";
}

export function needsApprovalAfter(task: PlanTask): boolean {
  return task.requires_human_approval && task.approval_stage === "after";
}

function isDone({ outcome }: TaskLog): boolean {
  return outcome !== "rejected" && outcome !== "failed";
}

function ask(
  stage: "before" | "failure",
  attempt: number,
  agentId: string,
  feedback?: string,
): Step {
  return {
    kind: "ask",
    stage,
    attempt,
    agent_id: agentId,
    ...defined({ feedback }),
  };
}

function giveUp(row: TaskLog, { decided_by, reason }: FailureDecision): Step {
  const said = reason === undefined ? "" : `: ${reason}`;
  const error = row.error === undefined ? "" : `: ${row.error}`;
  return { kind: "failed", row, reason: `failed${error} (given up by ${decided_by}${said})` };
}

function fail(row: TaskLog, why: string): Step {
  const by = row.decided_by === undefined ? "" : ` by ${row.decided_by}`;
  const said = row.reason ?? row.error;
  const reason = `${row.outcome}${by}${said === undefined ? "" : `: ${said}`} (${why})`;
  return { kind: "failed", row, reason };
}
