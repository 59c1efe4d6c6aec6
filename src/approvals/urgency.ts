/** Which approval a person should look at first. */

import type { ApprovalRequest } from "../model/approval-requests.ts";
import { compareText } from "../model/order.ts";
import { toMs } from "../model/time.ts";

/**
 * Overdue first, then what holds up most of the plan, then the oldest; ties by id. Across runs, the
 * store's list has the more important run first, and is in this order among equals.
 */
export function orderByUrgency(
  requests: readonly ApprovalRequest[],
  now: string,
): readonly ApprovalRequest[] {
  return requests.toSorted((a, b) => compareUrgency(a, b, now));
}

export function isOverdue(request: ApprovalRequest, now: string): boolean {
  return toMs(now) >= toMs(request.due_at);
}

function compareUrgency(a: ApprovalRequest, b: ApprovalRequest, now: string): number {
  return (
    Number(isOverdue(b, now)) - Number(isOverdue(a, now)) ||
    b.blocked_minutes - a.blocked_minutes ||
    toMs(a.approval_request_time) - toMs(b.approval_request_time) ||
    compareText(a.approval_id, b.approval_id)
  );
}
