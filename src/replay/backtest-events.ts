/** Which risk events a policy would have raised, against another policy and against the record. */

import { canonicalJson } from "../model/canonical-json.ts";
import { groupBy } from "../model/group-by.ts";
import type { RiskEvent } from "../model/mission-risk-events.ts";
import type { Policy } from "../model/policy.ts";
import { findHits } from "../risk/find-risks.ts";
import { CONDITION_GONE, SUPERSEDED_BY } from "../risk/update-events.ts";
import { CaseFacts, type RunCase } from "./backtest-cases.ts";

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

/** Most runs have none. */
const NONE: readonly TestedEvent[] = [];

/** The part of a policy that risk events follow from. */
export type RiskPolicy = Pick<Policy, "risk" | "approvals">;

/** The events of one case. */
export function findEventsOf(
  recorded: RunCase,
  { risk, approvals }: RiskPolicy,
): readonly TestedEvent[] {
  const hits = findHits(new CaseFacts(approvals.due_minutes, recorded), risk.rules);
  if (hits.length === 0) return NONE;
  const { run_id, mission_id } = recorded.run;
  return hits.map(({ task_id, compiled: { rule } }) => ({
    run_id,
    mission_id,
    task_id,
    risk_type: rule.risk_type,
    severity: rule.severity,
    rule_id: rule.rule_id,
  }));
}

interface EventComparison {
  /** Under the tested policy, and not under the other. */
  readonly appear: readonly TestedEvent[];
  /** Under the other policy, and not under the tested one. */
  readonly vanish: readonly TestedEvent[];
  readonly same: number;
}

export interface EventFigures extends Accuracy {
  readonly events: EventComparison;
  readonly flagged: { readonly recorded: readonly string[]; readonly now: readonly string[] };
  /** The tested policy's events against the recorded ones. */
  readonly recorded_events: Accuracy & { readonly recorded: number; readonly found: number };
}

/**
 * Compares the events of each case, and the runs they flag with those flagged on record. An event of
 * another severity vanishes and appears; one that another rule raises stays the same.
 */
export function createEventTally(
  recordedEvents: readonly RiskEvent[],
  { under, against }: { under: RiskPolicy; against: RiskPolicy },
) {
  const isAlike = judgesAlike(under, against);
  const recordedOf = groupBy(recordedEvents, (event) => event.run_id);
  const appear: TestedEvent[] = [];
  const vanish: TestedEvent[] = [];
  const raised: TestedEvent[] = [];
  const onRecord: RiskEvent[] = [];
  const flagged = { recorded: new Array<string>(), now: new Array<string>() };
  let right = 0;
  return {
    add(recorded: RunCase): void {
      const { run_id, risk_flagged } = recorded.run;
      const now = findEventsOf(recorded, under);
      raised.push(...now);
      onRecord.push(...(recordedOf.get(run_id) ?? []));
      if (risk_flagged) flagged.recorded.push(run_id);
      if (now.length > 0) flagged.now.push(run_id);
      if (risk_flagged && now.length > 0) right += 1;
      if (isAlike) return;
      const before = findEventsOf(recorded, against);
      for (const event of now) if (!isAmong(before, event)) appear.push(event);
      for (const event of before) if (!isAmong(now, event)) vanish.push(event);
    },
    figures: (): EventFigures => ({
      events: { appear, vanish, same: raised.length - appear.length },
      flagged,
      ...toAccuracy(right, { found: flagged.now.length, onRecord: flagged.recorded.length }),
      recorded_events: matchRecorded(raised, { recorded: onRecord, risk: under.risk }),
    }),
  };
}

function judgesAlike(under: RiskPolicy, against: RiskPolicy): boolean {
  const { due_minutes } = under.approvals;
  return (
    due_minutes === against.approvals.due_minutes &&
    canonicalJson(under.risk) === canonicalJson(against.risk)
  );
}

/** Among events of the same run. */
function isAmong(events: readonly TestedEvent[], { task_id, risk_type, severity }: TestedEvent) {
  for (const other of events) {
    const isSame = other.task_id === task_id && other.risk_type === risk_type;
    if (isSame && other.severity === severity) return true;
  }
  return false;
}

/**
 * Events against those on record, by run, task and type; those about a run as a whole by run and
 * type, because the task they name was the worst when they were raised. Recorded ones whose
 * condition was gone before the run ended are left out: a look at the ended run cannot find them.
 */
function matchRecorded(
  events: readonly TestedEvent[],
  { recorded, risk }: { recorded: readonly RiskEvent[]; risk: Policy["risk"] },
): EventFigures["recorded_events"] {
  const ofRuns = new Set(
    risk.rules.filter((rule) => rule.scope === "run").map((rule) => rule.risk_type),
  );
  const keyOf = ({ run_id, task_id, risk_type }: RiskEvent | TestedEvent) =>
    `${run_id}/${ofRuns.has(risk_type) ? "" : task_id}/${risk_type}`;
  const lasting = recorded.filter(
    ({ closed_because = "" }) =>
      closed_because !== CONDITION_GONE && !closed_because.startsWith(SUPERSEDED_BY),
  );
  const onRecord = new Set(lasting.map(keyOf));
  const raised = new Set(events.map(keyOf));
  const found = [...onRecord].filter((key) => raised.has(key)).length;
  const sizes = { found: raised.size, onRecord: onRecord.size };
  return { recorded: onRecord.size, found, ...toAccuracy(found, sizes) };
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
