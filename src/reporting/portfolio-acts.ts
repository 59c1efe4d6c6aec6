/** Who must act at an instant: people who are waited for, then owners of missions at risk. */

import { compareText } from "../model/canonical-json.ts";
import type { History } from "../model/history.ts";
import { SEVERITIES } from "../model/mission-risk-events.ts";
import type { Policy } from "../model/policy.ts";
import { compareInstants, createUntil } from "../model/time.ts";
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

/** Requests that waited at the instant, the oldest first; then open events, the most severe first. */
export function listActs(
  instant: number,
  { requests, runs }: Pick<History, "requests" | "runs">,
  { missions, policy }: { missions: readonly PortfolioMission[]; policy: Policy },
): readonly Act[] {
  const isUntil = createUntil(instant);
  const owners = new Map(missions.map((mission) => [mission.mission_id, mission.owner]));
  const approvers = policy.approvals.approvers?.join(" or ");
  const pending = requests.filter(
    (request) =>
      isUntil(request.approval_request_time) &&
      (request.status === "pending" ||
        (request.decided_at !== undefined && !isUntil(request.decided_at))),
  );
  const wanted = new Set(pending.map((request) => request.run_id));
  // A run that was cut short or cancelled leaves requests that nobody has to decide any more.
  const waiting = new Set(
    wanted.size === 0
      ? []
      : runs
          .filter((run) => wanted.has(run.run_id))
          .filter(({ end_time, status }) =>
            end_time === undefined
              ? status === "running" || status === "awaiting_approval"
              : !isUntil(end_time) || status === "completed",
          )
          .map((run) => run.run_id),
  );
  const decisions = pending
    .filter((request) => waiting.has(request.run_id))
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
