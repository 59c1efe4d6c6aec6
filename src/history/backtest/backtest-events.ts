/** Which risk events a policy would have raised, against another policy and against the record. */

import { measuresOf } from "../../kpi/plan-measures.ts";
import { canonicalJson } from "../../model/canonical-json.ts";
import type { RiskEvent } from "../../model/mission-risk-events.ts";
import { groupBy } from "../../model/order.ts";
import type { Policy } from "../../model/policy.ts";
import type { RiskRule } from "../../model/risk-rules.ts";
import type { RunPlan } from "../../model/run-record.ts";
import { type RiskHit, findHits } from "../../risk/find-risks.ts";
import { parseKpiMetric } from "../../risk/metric.ts";
import { CONDITION_GONE, SUPERSEDED_BY } from "../../risk/update-events.ts";
import { type Accuracy, toAccuracy } from "./accuracy.ts";
import { type RunCase, judgeBy } from "./backtest-cases.ts";

/** An event that a policy raises on recorded history. */
export interface TestedEvent extends Pick<
  RiskEvent,
  "run_id" | "mission_id" | "task_id" | "risk_type" | "severity"
> {
  readonly rule_id: string;
}

/** The part of a policy that risk events follow from. */
export type RiskPolicy = Pick<Policy, "risk" | "approvals">;

/** The events of one case, by the function that node E calls. */
export function findEventsOf(
  recorded: RunCase,
  { risk, approvals }: RiskPolicy,
): readonly TestedEvent[] {
  const facts = judgeBy(approvals.due_minutes, recorded);
  return findHits(facts, risk.rules).map((hit) => toEvent(hit, recorded));
}

/** Finds the hits of many cases, holding against each only rules whose KPIs its mission has. */
function createFinder({ risk, approvals }: RiskPolicy): (recorded: RunCase) => readonly RiskHit[] {
  const rulesOf = new Map<RunPlan, readonly RiskRule[]>();
  return (recorded) => {
    const { plan } = recorded;
    let rules = rulesOf.get(plan);
    if (rules === undefined) {
      rules = risk.rules.filter((rule) => appliesTo(plan, rule));
      rulesOf.set(plan, rules);
    }
    return findHits(judgeBy(approvals.due_minutes, recorded), rules);
  };
}

/** A condition on a KPI that the mission does not have never holds. */
function appliesTo(plan: RunPlan, { when }: RiskRule): boolean {
  const { definitions } = measuresOf(plan);
  return when.all.every(({ metric }) => {
    const ofKpi = parseKpiMetric(metric);
    return ofKpi === undefined || definitions.some(({ kpi }) => kpi === ofKpi.kpi);
  });
}

function toEvent({ task_id, compiled: { rule } }: RiskHit, { run }: RunCase): TestedEvent {
  return {
    run_id: run.run_id,
    mission_id: run.mission_id,
    task_id,
    risk_type: rule.risk_type,
    severity: rule.severity,
    rule_id: rule.rule_id,
  };
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
  const findNow = createFinder(under);
  const findBefore = createFinder(against);
  const recordedOf = groupBy(recordedEvents.filter(isLasting), (event) => event.run_id);
  const ofRuns = new Set(
    under.risk.rules.filter(({ scope }) => scope === "run").map(({ risk_type }) => risk_type),
  );
  const appear: TestedEvent[] = [];
  const vanish: TestedEvent[] = [];
  const flagged = { recorded: new Array<string>(), now: new Array<string>() };
  let raised = 0;
  let rightFlags = 0;
  const matched = { raised: 0, recorded: 0, found: 0 };
  return {
    add(recorded: RunCase): void {
      const { run_id, risk_flagged } = recorded.run;
      const now = findNow(recorded);
      raised += now.length;
      if (risk_flagged) flagged.recorded.push(run_id);
      if (now.length > 0) flagged.now.push(run_id);
      if (risk_flagged && now.length > 0) rightFlags += 1;
      const match = matchRecorded(now, { recorded: recordedOf.get(run_id), ofRuns });
      matched.raised += match.raised;
      matched.recorded += match.recorded;
      matched.found += match.found;
      if (isAlike) return;
      const before = findBefore(recorded);
      for (const hit of now) if (!isAmong(before, hit)) appear.push(toEvent(hit, recorded));
      for (const hit of before) if (!isAmong(now, hit)) vanish.push(toEvent(hit, recorded));
    },
    figures(): EventFigures {
      const { recorded, found } = matched;
      return {
        events: { appear, vanish, same: raised - appear.length },
        flagged,
        ...toAccuracy(rightFlags, { found: flagged.now.length, onRecord: flagged.recorded.length }),
        recorded_events: {
          recorded,
          found,
          ...toAccuracy(found, { found: matched.raised, onRecord: recorded }),
        },
      };
    },
  };
}

function judgesAlike(under: RiskPolicy, against: RiskPolicy): boolean {
  const { due_minutes } = under.approvals;
  return (
    due_minutes === against.approvals.due_minutes &&
    canonicalJson(under.risk) === canonicalJson(against.risk)
  );
}

/** Among hits of the same run. */
function isAmong(hits: readonly RiskHit[], { task_id, compiled: { rule } }: RiskHit): boolean {
  for (const other of hits) {
    const { risk_type, severity } = other.compiled.rule;
    const isSame = other.task_id === task_id && risk_type === rule.risk_type;
    if (isSame && severity === rule.severity) return true;
  }
  return false;
}

/** Not one whose condition was gone before the run ended: a look at the ended run cannot find it. */
function isLasting({ closed_because = "" }: RiskEvent): boolean {
  return closed_because !== CONDITION_GONE && !closed_because.startsWith(SUPERSEDED_BY);
}

/**
 * A run's events against those on record, by task and type; those about a run as a whole by type
 * alone, because the task they name was the worst when they were raised.
 */
function matchRecorded(
  hits: readonly RiskHit[],
  {
    recorded = [],
    ofRuns,
  }: { recorded: readonly RiskEvent[] | undefined; ofRuns: ReadonlySet<string> },
): { readonly raised: number; readonly recorded: number; readonly found: number } {
  // Of one type at one task there is one hit at most.
  if (recorded.length === 0 && hits.length < 2) {
    return { raised: hits.length, recorded: 0, found: 0 };
  }
  const keyOf = (taskId: string, type: string) => (ofRuns.has(type) ? type : `${taskId}/${type}`);
  const raised = new Set(hits.map((hit) => keyOf(hit.task_id, hit.compiled.rule.risk_type)));
  const onRecord = new Set(recorded.map((event) => keyOf(event.task_id, event.risk_type)));
  const found = [...onRecord].filter((key) => raised.has(key)).length;
  return { raised: raised.size, recorded: onRecord.size, found };
}
