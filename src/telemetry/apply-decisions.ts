import { MissionError } from "../errors.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { RecordedDecision } from "../model/decision.ts";

/**
 * The requests as they are once decided, all or none: what every adapter does inside its
 * transaction, so that the first decision wins.
 *
 * @throws MissionError `UNKNOWN_APPROVAL`, `ALREADY_DECIDED`.
 */
export function applyDecisions(
  decisions: readonly RecordedDecision[],
  find: (decision: RecordedDecision) => ApprovalRequest | undefined,
): ApprovalRequest[] {
  return decisions.map((decision) => {
    const request = find(decision);
    if (request === undefined) {
      throw new MissionError("UNKNOWN_APPROVAL", `There is no approval ${decision.approval_id}.`, {
        details: { approval_id: decision.approval_id },
      });
    }
    if (request.status === "pending") return { ...request, ...decision, status: "decided" };
    throw new MissionError("ALREADY_DECIDED", describeDecided(request), {
      details: {
        approval_id: request.approval_id,
        decision: request.decision,
        decided_by: request.decided_by,
        decided_at: request.decided_at,
      },
    });
  });
}

/** Who decided what and when, in a sentence; or that the request is no longer asked. */
export function describeDecided(request: ApprovalRequest): string {
  if (request.status === "void") return `${request.approval_id} is void: it is no longer asked.`;
  const { approval_id, decision, decided_by, decided_at } = request;
  return `${approval_id} is decided already: ${decision} by ${decided_by} at ${decided_at}.`;
}
