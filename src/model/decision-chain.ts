/**
 * The chain of a run's decisions: each has the hash of the one before it in its own, and the run's
 * record has the last. Who changes, drops or moves one has to change all after it and the record too.
 */

import { amend } from "./amend.ts";
import type { ApprovalRequest } from "./approval-requests.ts";
import { canonicalJson } from "./canonical-json.ts";

type Hash = (text: string) => string;

/** A decided request, linked to the one decided before it in its run. */
export function linkDecision(
  request: ApprovalRequest,
  previous: Pick<ApprovalRequest, "decision_number" | "decision_hash"> | undefined,
  hash: Hash,
): ApprovalRequest {
  const decision_number = (previous?.decision_number ?? 0) + 1;
  const numbered = amend(request, { decision_number });
  const decision_hash = hashDecision(numbered, previous?.decision_hash, hash);
  return amend(numbered, { decision_hash });
}

/** Who decided what, when and on which content, after which decision. */
export function hashDecision(
  request: ApprovalRequest,
  previous: string | undefined,
  hash: Hash,
): string {
  const { run_id, approval_id, task_id, content_hash, decision_number } = request;
  const { decision, decided_by, decided_at, reason, edits, value, source } = request;
  return hash(
    canonicalJson({
      run_id,
      approval_id,
      task_id,
      content_hash,
      decision_number,
      decision,
      decided_by,
      decided_at,
      reason,
      edits,
      value,
      source,
      previous,
    }),
  );
}
