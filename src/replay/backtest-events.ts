/** Which risk events a policy would have raised, against another policy and against the record. */

import { canonicalJson } from "../model/canonical-json.ts";
import type { RiskEvent } from "../model/mission-risk-events.ts";
import type { Policy } from "../model/policy.ts";
import { findHits } from "../risk/find-risks.ts";
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

/** Most runs have none. */
const NONE: readonly TestedEvent[] = [];

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
  const hits = findHits(factsUnder(approvals.due_minutes, recorded), risk.rules);
  if (hits.length === 0) return NONE;
  const { run_id, mission_id } = recorded.run;
  return hits.map(({ task_id, rule: { rule_id, risk_type, severity } }) => ({
    run_id,
    mission_id,
    task_id,
    risk_type,
    severity,
    rule_id,
  }));
}

export interface EventComparison {
  /** Under the tested policy, and not under the other. */
  readonly appear: readonly TestedEvent[];
  /** Under the other policy, and not under the tested one. */
  readonly vanish: readonly TestedEvent[];
  readonly same: number;
}

/**
 * Compares the events of each case. One of another severity vanishes and appears; one that another
 * rule raises stays the same.
 */
export function compareEvents(
  cases: readonly RunCase[],
  { under, against }: { under: RiskPolicy; against: RiskPolicy },
): { readonly events: EventComparison; readonly raised: readonly TestedEvent[] } {
  const isAlike = judgesAlike(under, against);
  const appear: TestedEvent[] = [];
  const vanish: TestedEvent[] = [];
  const raised: TestedEvent[] = [];
  for (const recorded of cases) {
    const now = findEventsOf(recorded, under);
    raised.push(...now);
    if (isAlike) continue;
    const before = findEventsOf(recorded, against);
    appear.push(...now.filter((event) => !before.some((other) => isSame(event, other))));
    vanish.push(...before.filter((event) => !now.some((other) => isSame(event, other))));
  }
  return { events: { appear, vanish, same: raised.length - appear.length }, raised };
}

function judgesAlike(under: RiskPolicy, against: RiskPolicy): boolean {
  const { due_minutes } = under.approvals;
  return (
    due_minutes === against.approvals.due_minutes &&
    canonicalJson(under.risk) === canonicalJson(against.risk)
  );
}

/** Of events of one run. */
function isSame(a: TestedEvent, b: TestedEvent): boolean {
  return a.task_id === b.task_id && a.risk_type === b.risk_type && a.severity === b.severity;
}

/** Runs by id: those flagged on record, and those that the events flag. */
export function compareFlags(
  cases: readonly RunCase[],
  events: readonly TestedEvent[],
): Accuracy & {
  readonly flagged: { readonly recorded: readonly string[]; readonly now: readonly string[] };
} {
  const raised = new Set(events.map((event) => event.run_id));
  const recorded: string[] = [];
  const now: string[] = [];
  let right = 0;
  for (const { run } of cases) {
    const isFlagged = raised.has(run.run_id);
    if (run.risk_flagged) recorded.push(run.run_id);
    if (isFlagged) now.push(run.run_id);
    if (isFlagged && run.risk_flagged) right += 1;
  }
  const accuracy = toAccuracy(right, { found: now.length, onRecord: recorded.length });
  return { flagged: { recorded, now }, ...accuracy };
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
