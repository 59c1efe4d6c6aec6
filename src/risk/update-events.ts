/** From what the rules find to what the record of risk events should say. */

import type { RiskEvent } from "../model/mission-risk-events.ts";
import { type MissionRun, isEnded } from "../model/mission-runs.ts";
import type { RiskRecord } from "../model/risk-record.ts";
import type { RiskFinding } from "./find-risks.ts";

/** Why an event is closed that a later look at the same run no longer finds. */
export const CONDITION_GONE = "The condition no longer holds.";
export const SUPERSEDED_BY = "Superseded by ";

/** The run that was looked at, and what was found in it. */
export interface Assessment {
  readonly run: MissionRun;
  readonly findings: readonly RiskFinding[];
  /** Risk types that the policy's rules can raise: events of other types are not ours to close. */
  readonly ruledTypes: ReadonlySet<string>;
  readonly now: string;
}

/**
 * The events to write: new ones, and open ones that are over. An event is matched by (run, task,
 * type), one about a run as a whole by (run, type); it keeps its id and status, and is never opened again. Doing this twice adds nothing.
 */
export function updateEvents(
  { own, earlier, completedWithout, next }: RiskRecord,
  assessment: Assessment,
): readonly RiskEvent[] {
  const { run, findings, now } = assessment;
  const isKnown = (finding: RiskFinding) => own.some((event) => isSame(event, finding));
  const raised = findings
    .filter((finding) => !isKnown(finding))
    .map((finding, position) => toEvent(finding, next + position, assessment));
  const all = [...own, ...raised];
  const types = new Set(all.map((event) => event.risk_type));
  const close = (event: RiskEvent, reason: string | undefined) =>
    event.status === "closed" || reason === undefined
      ? []
      : [{ ...event, status: "closed" as const, closed_at: now, closed_because: reason }];
  const closed = [
    ...all.flatMap((event) => close(event, whyOver(event, assessment) ?? outdone(event))),
    ...earlier.flatMap((event) =>
      close(event, run.status === "completed" ? outdoneBy(event, run.run_id) : undefined),
    ),
  ];
  const changed = new Map([...raised, ...closed].map((event) => [event.event_id, event]));
  return [...changed.values()];

  /** A later run may have ended before this one; what is the matter with a run that goes on, it tells nothing of. */
  function outdone(event: RiskEvent): string | undefined {
    if (!isEnded(run)) return undefined;
    const later = completedWithout(event.risk_type);
    return later === undefined ? undefined : `${later} completed without it.`;
  }

  function outdoneBy(event: RiskEvent, runId: string): string | undefined {
    return types.has(event.risk_type) ? undefined : `${runId} completed without it.`;
  }
}

/** Why an event of the run is over by what is found in it now; undefined while it stands. */
function whyOver(event: RiskEvent, { findings, ruledTypes }: Assessment): string | undefined {
  if (!ruledTypes.has(event.risk_type)) return undefined;
  if (findings.some((finding) => isSame(event, finding))) return undefined;
  const instead = findings.find(
    ({ task_id, supersedes }) => task_id === event.task_id && supersedes.includes(event.risk_type),
  );
  return instead === undefined ? CONDITION_GONE : `${SUPERSEDED_BY}${instead.risk_type}.`;
}

/** What is found of a run as a whole may name another task at each look, and is one event all the same. */
function isSame(event: RiskEvent, { risk_type, task_id, scope }: RiskFinding): boolean {
  return event.risk_type === risk_type && (scope === "run" || event.task_id === task_id);
}

function toEvent(finding: RiskFinding, number: number, { run, now }: Assessment): RiskEvent {
  const { task_id, risk_type, severity, description, rule_id } = finding;
  return {
    event_id: `RISK_${String(number).padStart(3, "0")}`,
    run_id: run.run_id,
    mission_id: run.mission_id,
    task_id,
    risk_type,
    severity,
    description,
    detected_at: now,
    status: "open",
    rule_id,
  };
}
