/** What a task needs next: a pure function of what is recorded about it, so that any crash or pause is harmless. */

import { contentHash } from "../approvals/content.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { PlanTask } from "../model/decomposed-mission-tasks.ts";
import { defined } from "../model/defined.ts";
import type { FailureDecision, TaskLog } from "../model/task-execution-logs.ts";
import { chooseAgent, sinceReopened } from "./choose-agent.ts";
import type { Situation } from "./situation.ts";
import type { Step } from "./step.ts";
import { withinBudget } from "./within-budget.ts";

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
  const asks = asksOf(situation.requests, attempt);
  if (asks.length > 0 && open?.stage !== "after") {
    return followAsks(asks, { attempt, open, situation, before: known.rows.at(-1) });
  }
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

/** What a person allowed the agent in an earlier attempt, where it is still the same. */
function consentOf(agentId: string, situation: Situation): ApprovalRequest | undefined {
  return situation.requests.findLast(
    (request) =>
      isConsent(request) &&
      request.agent_id === agentId &&
      fits(request, situation) &&
      wasUsed(request, situation.rows),
  );
}

/** What the agent asked itself in an attempt, in order. */
export function asksOf(
  requests: readonly ApprovalRequest[],
  attempt: number,
): readonly ApprovalRequest[] {
  return requests.filter(
    (request) =>
      request.stage === "agent" && request.attempt === attempt && request.status !== "void",
  );
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
    return {
      kind: "unavailable",
      attempt,
      agent_id,
      ...(open.stage === "failure" ? {} : { decided: open }),
    };
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

/** True of what is asked within an attempt. */
function isAside({ stage }: ApprovalRequest): boolean {
  return stage === "agent" || stage === "budget";
}

/** The request that the next attempt rests on. A failure's request bears the failed attempt's number. */
function openRequest(situation: Situation, attempt: number): ApprovalRequest | undefined {
  const last = situation.rows.at(-1);
  const isOpen = (request: ApprovalRequest) =>
    !isAside(request) &&
    (request.stage === "failure"
      ? last?.outcome === "failed" && request.attempt === (last.attempt ?? 1)
      : request.attempt === attempt);
  return situation.requests.findLast((request) => request.status !== "void" && isOpen(request));
}

/** That of the newest question while it holds; else one more than the last attempt and question. */
function nextAttempt(situation: Situation): number {
  const last = Math.max(0, ...situation.rows.map((row) => row.attempt ?? 1));
  const newest = situation.requests
    .filter((request) => request.stage !== "failure")
    .toSorted((a, b) => a.attempt - b.attempt)
    .at(-1);
  if (newest === undefined || newest.attempt <= last) return last + 1;
  return hasLapsed(newest, situation) ? newest.attempt + 1 : newest.attempt;
}

/** A consent lapses when its agent is gone or what it was given for has changed. */
function hasLapsed(request: ApprovalRequest, situation: Situation): boolean {
  if (request.stage !== "before") return false;
  if (request.status === "void") return true;
  if (!isConsent(request)) return false;
  return !situation.available.includes(request.agent_id) || !fits(request, situation);
}

function fits(request: ApprovalRequest, situation: Situation): boolean {
  const { task, inputs, mission_inputs, hash } = situation;
  const { agent_id, stage } = request;
  if (stage !== "before" && stage !== "failure") return false;
  const subject = { task_id: task.task_id, agent_id, stage, content: inputs, mission_inputs };
  return request.content_hash === contentHash(subject, hash);
}

/** A consent that lapsed before it was used does not come back with its agent. */
function wasUsed({ stage, attempt }: ApprovalRequest, rows: readonly TaskLog[]): boolean {
  const used = stage === "failure" ? attempt + 1 : attempt;
  return rows.some((row) => (row.attempt ?? 1) === used);
}

function isConsent({ status, decision }: ApprovalRequest): boolean {
  return status === "decided" && (decision === "approve" || decision === "edit");
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
