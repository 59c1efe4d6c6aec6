/** Which of a task's requests bear on its next attempt. */

import { contentHash } from "../approvals/content.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import type { Situation } from "./situation.ts";

/** What a person allowed the agent in an earlier attempt, where it is still the same. */
export function consentOf(agentId: string, situation: Situation): ApprovalRequest | undefined {
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

/** True of what is asked within an attempt. */
function isAside({ stage }: ApprovalRequest): boolean {
  return stage === "agent" || stage === "budget";
}

/** The request that the next attempt rests on. A failure's request bears the failed attempt's number. */
export function openRequest(situation: Situation, attempt: number): ApprovalRequest | undefined {
  const last = situation.rows.at(-1);
  const isOpen = (request: ApprovalRequest) =>
    !isAside(request) &&
    (request.stage === "failure"
      ? last?.outcome === "failed" && request.attempt === (last.attempt ?? 1)
      : request.attempt === attempt);
  return situation.requests.findLast((request) => request.status !== "void" && isOpen(request));
}

/** That of the newest question while it holds; else one more than the last attempt and question. */
export function nextAttempt(situation: Situation): number {
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
