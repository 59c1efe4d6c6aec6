/** Which risk events a policy would have raised, against another policy and against the record. */

import type { RiskEvent } from "../model/mission-risk-events.ts";
import type { MissionRun } from "../model/mission-runs.ts";
import type { Policy } from "../model/policy.ts";
import { findRisks } from "../risk/find-risks.ts";
import { CONDITION_GONE, SUPERSEDED_BY } from "../risk/update-events.ts";
import { type RunCase, factsUnder } from "./backtest-cases.ts";

/** An event that a policy raises on recorded history. */
export interface TestedEvent extends Pick<
  RiskEvent,
  "run_id" | "mission_id" | "task_id" | "risk_type" | "severity"
> {
  readonly rule_id: string;
}

/** Shares in [0, 1], to 0.0001; null where nothing could have been right. */
export interface Accuracy {
  /** Of what was found, how much is on record. */
  readonly precision: number | null;
  /** Of what is on record, how much was found. */
  readonly recall: number | null;
}

/** The part of a policy that risk events follow from. */
export type RiskPolicy = Pick<Policy, "risk" | "approvals">;

/** The events of all cases, by the function that node E calls; in the order of the cases. */
export function findEvents(cases: readonly RunCase[], policy: RiskPolicy): readonly TestedEvent[] {
  return cases.flatMap((recorded) => findEventsOf(recorded, policy));
}

/** The events of one case. */
export function findEventsOf(
  recorded: RunCase,
  { risk, approvals }: RiskPolicy,
): readonly TestedEvent[] {
  const { run_id, mission_id } = recorded.run;
  return findRisks(factsUnder(approvals.due_minutes, recorded), risk.rules).map(
    ({ task_id, risk_type, severity, rule_id }) => ({
      run_id,
      mission_id,
      task_id,
      risk_type,
      severity,
      rule_id,
    }),
  );
}

/** An event of another severity vanishes and appears; one that another rule raises stays the same. */
export function compareEvents(
  under: readonly TestedEvent[],
  against: readonly TestedEvent[],
): {
  readonly appear: readonly TestedEvent[];
  readonly vanish: readonly TestedEvent[];
  readonly same: number;
} {
  const before = new Set(against.map(keyWithSeverity));
  const after = new Set(under.map(keyWithSeverity));
  const appear = under.filter((event) => !before.has(keyWithSeverity(event)));
  return {
    appear,
    vanish: against.filter((event) => !after.has(keyWithSeverity(event))),
    same: under.length - appear.length,
  };
}

/** Runs by id: those flagged on record, and those that the events would flag. */
export function compareFlags(
  runs: readonly MissionRun[],
  events: readonly TestedEvent[],
): { readonly recorded: readonly string[]; readonly now: readonly string[] } {
  const raised = new Set(events.map((event) => event.run_id));
  return {
    recorded: runs.filter((run) => run.risk_flagged).map((run) => run.run_id),
    now: runs.filter((run) => raised.has(run.run_id)).map((run) => run.run_id),
  };
}

/**
 * Events against those on record, by run, task and type; those about a run as a whole by run and
 * type, because the task they name was the worst when they were raised. Recorded ones whose
 * condition was gone before the run ended are left out: a look at the ended run cannot find them.
 */
export function matchRecorded(
  events: readonly TestedEvent[],
  { recorded, risk }: { recorded: readonly RiskEvent[]; risk: Policy["risk"] },
): Accuracy & { readonly recorded: number; readonly found: number } {
  const ofRuns = new Set(
    risk.rules.filter((rule) => rule.scope === "run").map((rule) => rule.risk_type),
  );
  const toKey = (event: RiskEvent | TestedEvent) =>
    keyOf(ofRuns.has(event.risk_type) ? { ...event, task_id: "" } : event);
  const lasting = recorded.filter(
    ({ closed_because = "" }) =>
      closed_because !== CONDITION_GONE && !closed_because.startsWith(SUPERSEDED_BY),
  );
  const onRecord = [...new Set(lasting.map(toKey))];
  const raised = new Set(events.map(toKey));
  return {
    recorded: onRecord.length,
    found: onRecord.filter((key) => raised.has(key)).length,
    ...measureAccuracy([...raised], onRecord),
  };
}

export function measureAccuracy(found: readonly string[], recorded: readonly string[]): Accuracy {
  const onRecord = new Set(recorded);
  const right = found.filter((id) => onRecord.has(id)).length;
  return toAccuracy(right, { found: found.length, onRecord: onRecord.size });
}

/** Null for nothing out of nothing. */
export function toAccuracy(
  right: number,
  { found, onRecord }: { found: number; onRecord: number },
): Accuracy {
  return { precision: toShare(right, found), recall: toShare(right, onRecord) };
}

function toShare(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000;
}

function keyOf({
  run_id,
  task_id,
  risk_type,
}: Pick<RiskEvent, "run_id" | "task_id" | "risk_type">) {
  return `${run_id}/${task_id}/${risk_type}`;
}

function keyWithSeverity(event: TestedEvent): string {
  return `${keyOf(event)}/${event.severity}`;
}
