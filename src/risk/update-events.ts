/** From what the rules find to what the record of risk events should say. */

import { defined } from "../model/defined.ts";
import type { RiskEvent } from "../model/mission-risk-events.ts";
import { type MissionRun, isEnded } from "../model/mission-runs.ts";
import type { RiskRecord } from "../model/risk-record.ts";
import { laterOf, toMs } from "../model/time.ts";
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
  /** KPIs that the rules of a type rest on. */
  readonly kpisByType: ReadonlyMap<string, readonly string[]>;
  /** KPIs that were measured in the run. */
  readonly measured: ReadonlySet<string>;
  /** Risk types that tell of runs as a whole. */
  readonly runWide: ReadonlySet<string>;
  /** Tasks that were done in the run: what was not needed, or skipped, proves nothing. */
  readonly done: ReadonlySet<string>;
  /** When a person had a task of the run tried again that had ended; the last time. */
  readonly reopened_at?: string | undefined;
  readonly now: string;
}

/**
 * The events to write: new ones, open ones that are over, and those of a run that ends as they finally
 * are. An event is matched by (run, task, type), one about a run as a whole by (run, type). It is never
 * opened again: a condition that was gone and has come back is a new event that names the earlier one.
 * Doing this twice adds nothing.
 */
export function updateEvents(
  { own, earlier, completedWithout, next }: RiskRecord,
  assessment: Assessment,
): readonly RiskEvent[] {
  const { run, findings, now, measured, kpisByType, runWide, done } = assessment;
  const raised = findings
    .map((finding) => ({ finding, last: own.findLast((event) => isSame(event, finding)) }))
    .filter(({ last }) => last === undefined || isGone(last) || isOfBefore(last, assessment))
    .map(({ finding, last }, position) => ({
      ...toEvent(finding, next + position, assessment),
      ...defined({ recurrence_of: last?.event_id }),
    }));
  const current = isEnded(run) ? own.map((event) => bringUpToDate(event, findings)) : own;
  const all = [...current, ...raised];
  const types = new Set(all.map((event) => event.risk_type));
  const close = (event: RiskEvent, reason: string | undefined) =>
    event.status === "closed" || reason === undefined
      ? []
      : [
          {
            ...event,
            status: "closed" as const,
            // By the clock of another process it may have been found, or its run begun, later than now.
            closed_at: laterOf(event.detected_at, now),
            closed_because: reason,
          },
        ];
  const closed = [
    ...all.flatMap((event) => close(event, whyOver(event, assessment) ?? outdone(event))),
    ...earlier.flatMap((event) =>
      close(event, run.status === "completed" ? outdoneBy(event, run.run_id) : undefined),
    ),
  ];
  const renewed = current.filter((event, position) => event !== own[position]);
  const changed = new Map(
    [...renewed, ...raised, ...closed].map((event) => [event.event_id, event]),
  );
  return [...changed.values()];

  /** A later run may have ended before this one; what is the matter with a run that goes on, it tells nothing of. */
  function outdone({ risk_type, task_id }: RiskEvent): string | undefined {
    if (!isEnded(run)) return undefined;
    const later = completedWithout({
      risk_type,
      kpis: kpisByType.get(risk_type) ?? [],
      task_id: runWide.has(risk_type) ? undefined : task_id,
      // What completed before it was tried again knows nothing of what came of that.
      after: assessment.reopened_at,
    });
    return later === undefined ? undefined : `${later} completed without it.`;
  }

  function outdoneBy({ risk_type, task_id }: RiskEvent, runId: string): string | undefined {
    if (types.has(risk_type) || !isJudged(risk_type, { kpisByType, measured })) return undefined;
    if (!runWide.has(risk_type) && !done.has(task_id)) return undefined;
    return `${runId} completed without it.`;
  }
}

/** False while the rules of a type cannot tell, because a KPI that they rest on was not measured. */
function isJudged(
  riskType: string,
  { kpisByType, measured }: Pick<Assessment, "kpisByType" | "measured">,
): boolean {
  return (kpisByType.get(riskType) ?? []).every((kpi) => measured.has(kpi));
}

/** True when the event was closed because what it tells of was not there any more. */
function isGone({ closed_because = "" }: RiskEvent): boolean {
  return closed_because === CONDITION_GONE || closed_because.startsWith(SUPERSEDED_BY);
}

/** True when a task of the run was tried again after the event had been closed. */
function isOfBefore(
  { closed_at }: RiskEvent,
  { reopened_at }: Pick<Assessment, "reopened_at">,
): boolean {
  return (
    closed_at !== undefined && reopened_at !== undefined && toMs(closed_at) <= toMs(reopened_at)
  );
}

/** An open event of a run that ends says what was found at its end. */
function bringUpToDate(event: RiskEvent, findings: readonly RiskFinding[]): RiskEvent {
  const found = findings.find((finding) => isSame(event, finding));
  if (event.status === "closed" || found === undefined) return event;
  const { severity, description, rule_id } = found;
  const isFinal =
    severity === event.severity && description === event.description && rule_id === event.rule_id;
  return isFinal ? event : { ...event, severity, description, rule_id };
}

/** Why an event of the run is over by what is found in it now; undefined while it stands. */
function whyOver(event: RiskEvent, assessment: Assessment): string | undefined {
  const { findings, ruledTypes } = assessment;
  if (!ruledTypes.has(event.risk_type)) return undefined;
  if (findings.some((finding) => isSame(event, finding))) return undefined;
  const instead = findings.find(
    ({ task_id, supersedes }) => task_id === event.task_id && supersedes.includes(event.risk_type),
  );
  if (instead !== undefined) return `${SUPERSEDED_BY}${instead.risk_type}.`;
  return isJudged(event.risk_type, assessment) ? CONDITION_GONE : undefined;
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
    detected_at: laterOf(run.start_time, now),
    status: "open",
    ...(finding.scope === "run" ? { scope: finding.scope } : {}),
    rule_id,
  };
}
