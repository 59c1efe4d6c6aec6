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

/** That of the newest question while it stands; else one more than the last attempt and question. */
export function nextAttempt(situation: Situation): number {
  const last = lastAttempt(situation);
  const newest = situation.requests
    .filter((request) => request.stage !== "failure")
    .toSorted((a, b) => a.attempt - b.attempt)
    .at(-1);
  if (newest === undefined || newest.attempt <= last) return last + 1;
  const isTakenBack = newest.stage === "before" && newest.status === "void";
  return isTakenBack ? newest.attempt + 1 : newest.attempt;
}

function lastAttempt({ rows }: Situation): number {
  return Math.max(0, ...rows.map((row) => row.attempt ?? 1));
}

/**
 * The first consent that no row has, and that lapsed: its agent is gone, or what it was given for has changed.
 *
 * @param attempt the next; who was asked about it after a consent was given could not use that.
 */
export function lapsedConsent(
  situation: Situation,
  attempt: number,
): { decided: ApprovalRequest; error: string; retryable?: false } | undefined {
  const last = lastAttempt(situation);
  const decided = situation.requests
    .filter((request) => request.stage === "before" && isConsent(request) && request.attempt > last)
    .toSorted((a, b) => a.attempt - b.attempt)[0];
  if (decided === undefined) return undefined;
  if (!fits(decided, situation)) {
    return { decided, error: "what was agreed to has changed since" };
  }
  const { agent_id } = decided;
  const isStanding = decided.attempt === attempt && situation.available.includes(agent_id);
  // Another agent's turn, and nobody's fault.
  if (!isStanding) return { decided, error: `${agent_id} is not available`, retryable: false };
  return undefined;
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
