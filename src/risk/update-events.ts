/** From what the rules find to what the record of risk events should say. */

import type { RiskEvent } from "../model/mission-risk-events.ts";
import type { MissionRun } from "../model/mission-runs.ts";
import { toMs } from "../model/time.ts";
import type { RiskFinding } from "./find-risks.ts";

/** Why an event is closed that a later look at the same run no longer finds. */
export const CONDITION_GONE = "The condition no longer holds.";
export const SUPERSEDED_BY = "Superseded by ";

/** The run that was looked at, what was found in it, and what is known besides. */
export interface Assessment {
  readonly run: MissionRun;
  readonly findings: readonly RiskFinding[];
  /** Risk types that the policy's rules can raise: events of other types are not ours to close. */
  readonly ruledTypes: ReadonlySet<string>;
  /** Runs of the mission; this one with the status that it ends with. */
  readonly missionRuns: readonly MissionRun[];
  readonly now: string;
}

/**
 * The events to write: new ones, and open ones that are over. An event is matched by (run, task,
 * type), one about a run as a whole by (run, type); it keeps its id and status, and is never opened again. Doing this twice adds nothing.
 *
 * @param events all events there are.
 */
export function updateEvents(
  events: readonly RiskEvent[],
  assessment: Assessment,
): readonly RiskEvent[] {
  const { run, findings } = assessment;
  const own = events.filter((event) => event.run_id === run.run_id);
  const isKnown = (finding: RiskFinding) => own.some((event) => isSame(event, finding));
  const first = 1 + events.reduce((last, event) => Math.max(last, numberOf(event.event_id)), 0);
  const raised = findings
    .filter((finding) => !isKnown(finding))
    .map((finding, position) => toEvent(finding, first + position, assessment));
  const all = [...events, ...raised];
  const closed = all.flatMap((event) => {
    const reason = event.status === "open" ? whyOver(event, all, assessment) : undefined;
    if (reason === undefined) return [];
    return [
      { ...event, status: "closed" as const, closed_at: assessment.now, closed_because: reason },
    ];
  });
  const changed = new Map([...raised, ...closed].map((event) => [event.event_id, event]));
  return [...changed.values()];
}

/** Undefined while the event stands. */
function whyOver(
  event: RiskEvent,
  events: readonly RiskEvent[],
  { run, findings, ruledTypes, missionRuns }: Assessment,
): string | undefined {
  if (event.mission_id !== run.mission_id) return undefined;
  if (event.run_id === run.run_id && ruledTypes.has(event.risk_type)) {
    if (!findings.some((finding) => isSame(event, finding))) {
      const instead = findings.find(
        ({ task_id, supersedes }) =>
          task_id === event.task_id && supersedes.includes(event.risk_type),
      );
      return instead === undefined ? CONDITION_GONE : `${SUPERSEDED_BY}${instead.risk_type}.`;
    }
  }
  const origin = missionRuns.find((candidate) => candidate.run_id === event.run_id);
  if (origin === undefined) return undefined;
  const later = missionRuns.find(
    (candidate) =>
      candidate.status === "completed" &&
      toMs(candidate.start_time) > toMs(origin.start_time) &&
      !events.some(
        (other) => other.run_id === candidate.run_id && other.risk_type === event.risk_type,
      ),
  );
  return later === undefined ? undefined : `${later.run_id} completed without it.`;
}

/** What is found of a run as a whole may name another task at each look, and is one event all the same. */
function isSame(event: RiskEvent, { risk_type, task_id, scope }: RiskFinding): boolean {
  return event.risk_type === risk_type && (scope === "run" || event.task_id === task_id);
}

/** The number that an id ends with; 0 when it has none. */
function numberOf(eventId: string): number {
  return Number(/^RISK_(\d{1,15})$/.exec(eventId)?.[1] ?? 0);
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
