/** From decisions to what the store keeps of them. */

import type { ApprovalRequest } from "../model/approval-requests.ts";
import { canonicalJson } from "../model/canonical-json.ts";
import type { Decision, DecisionSource, RecordedDecision } from "../model/decision.ts";
import { defined } from "../model/defined.ts";

export function toRecords(
  decisions: ReadonlyMap<string, Decision>,
  { run_id, decided_at, source }: { run_id: string; decided_at: string; source: DecisionSource },
): readonly RecordedDecision[] {
  return [...decisions].map(
    ([approval_id, { type, decided_by = "unknown", reason, edits, value }]) => ({
      run_id,
      approval_id,
      decision: type,
      decided_at,
      decided_by,
      source,
      ...defined({ reason, edits, value }),
    }),
  );
}

/** True when the store has this very decision already: it is being delivered, not made. */
export function isDelivery(record: RecordedDecision, stored: ApprovalRequest | undefined): boolean {
  if (stored?.status !== "decided") return false;
  return words(record) === words(stored);
}

function words({
  decision,
  decided_by,
  reason,
  edits,
  value,
}: Pick<ApprovalRequest, "decision" | "decided_by" | "reason" | "edits" | "value">): string {
  return canonicalJson({ decision, decided_by, reason, edits, value });
}
