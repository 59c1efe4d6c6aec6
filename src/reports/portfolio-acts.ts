/** Who must act at an instant: people who are waited for, then owners of missions at risk. */

import type { ApprovalRequest } from "../model/approval-requests.ts";
import { SEVERITIES } from "../model/mission-risk-events.ts";
import { compareText } from "../model/order.ts";
import type { Policy } from "../model/policy.ts";
import { compareInstants } from "../model/time.ts";
import type { PortfolioMission } from "./portfolio-mission.ts";

export interface Act {
  /** Null when nobody is named. */
  readonly who: string | null;
  readonly mission_id: string;
  readonly run_id: string;
  readonly task_id: string;
  readonly what: string;
  /** Waiting, or at risk, since. */
  readonly since: string;
}

/**
 * Requests that waited at an instant, the oldest first; then open events, the most severe first.
 *
 * @param requests those that waited, of runs that had not ended.
 */
export function listActs(
  requests: readonly ApprovalRequest[],
  { missions, policy }: { missions: readonly PortfolioMission[]; policy: Policy },
): readonly Act[] {
  const owners = new Map(missions.map((mission) => [mission.mission_id, mission.owner]));
  const approvers = policy.approvals.approvers?.join(" or ");
  const decisions = requests
    .toSorted(
      (a, b) =>
        compareInstants(a.approval_request_time, b.approval_request_time) ||
        compareText(a.approval_id, b.approval_id),
    )
    .map(({ mission_id, run_id, task_id, task, approval_request_time }) => ({
      who: approvers ?? owners.get(mission_id) ?? null,
      mission_id,
      run_id,
      task_id,
      what: `decide ${task_id} (${task}) of ${run_id}`,
      since: approval_request_time,
    }));
  const risks = missions
    .flatMap((mission) => mission.open_events)
    .toSorted(
      (a, b) =>
        SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
        compareInstants(a.detected_at, b.detected_at) ||
        compareText(a.event_id, b.event_id),
    )
    .map(({ mission_id, run_id, task_id, risk_type, severity, detected_at }) => ({
      who: owners.get(mission_id) ?? null,
      mission_id,
      run_id,
      task_id,
      what: `look into ${risk_type} (${severity}) at ${task_id} of ${run_id}`,
      since: detected_at,
    }));
  return [...decisions, ...risks];
}
