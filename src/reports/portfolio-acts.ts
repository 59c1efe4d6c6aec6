/** Who must act at an instant: people who are waited for, then owners of missions at risk. */

import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { PlanTask } from "../model/decomposed-mission-tasks.ts";
import { compareSeverity } from "../model/mission-risk-events.ts";
import { compareText } from "../model/order.ts";
import type { Policy } from "../model/policy.ts";
import { compareInstants } from "../model/time.ts";
import { quote, sayRiskWithSeverity } from "../summary/phrases.ts";
import type { PortfolioMission } from "./portfolio-mission.ts";

export interface Act {
  /** Null when nobody is named. */
  readonly who: string | null;
  readonly mission_id: string;
  readonly run_id: string;
  readonly task_id: string;
  readonly what: string;
  /** What to type. */
  readonly command: string;
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
  {
    missions,
    policy,
    tasksOf,
  }: {
    missions: readonly PortfolioMission[];
    policy: Policy;
    tasksOf: (missionId: string) => readonly PlanTask[];
  },
): readonly Act[] {
  const owners = new Map(missions.map((mission) => [mission.mission_id, mission.owner]));
  const approvers = policy.approvals.approvers?.join(" or ");
  const decisions = requests
    .toSorted(
      (a, b) =>
        compareInstants(a.approval_request_time, b.approval_request_time) ||
        compareText(a.approval_id, b.approval_id),
    )
    .map((request) => ({
      who: approvers ?? owners.get(request.mission_id) ?? null,
      ...placeOf(request),
      what: `decide ${quote(request)}`,
      command: `mission-control approve ${request.run_id} ${request.task_id} --by NAME`,
      since: request.approval_request_time,
    }));
  const risks = missions
    .flatMap((mission) => mission.open_events)
    .toSorted(
      (a, b) =>
        compareSeverity(a, b) ||
        compareInstants(a.detected_at, b.detected_at) ||
        compareText(a.event_id, b.event_id),
    )
    .map((risk) => ({
      who: owners.get(risk.mission_id) ?? null,
      ...placeOf(risk),
      what: `look into the ${sayRiskWithSeverity(risk, tasksOf(risk.mission_id))}`,
      command: `mission-control show ${risk.run_id}`,
      since: risk.detected_at,
    }));
  return [...decisions, ...risks];
}

function placeOf({ mission_id, run_id, task_id }: Pick<Act, "mission_id" | "run_id" | "task_id">) {
  return { mission_id, run_id, task_id };
}
