/** One threshold of a policy over a range of values: what would have been flagged at each. */

import type { Policy } from "../../model/policy.ts";
import type { RiskCondition, RiskRule } from "../../model/risk-rules.ts";
import { findHits } from "../../risk/find-risks.ts";
import { type Accuracy, toAccuracy } from "./accuracy.ts";
import { type RunCase, judgeBy, listCases } from "./backtest-cases.ts";
import { type RiskPolicy, type TestedEvent, findEventsOf } from "./backtest-events.ts";
import type { BacktestRecord } from "./backtest.ts";
import { type SweepRange, atValue } from "./sweep-range.ts";

export interface SweepPoint extends Accuracy {
  readonly value: number;
  readonly events: number;
  /** Runs with an event. */
  readonly flagged: number;
}

export interface ThresholdSweep {
  readonly rule_id: string;
  readonly metric: string;
  readonly op: RiskCondition["op"];
  /** The threshold that the policy itself has. */
  readonly policy_value: number;
  /** Runs flagged on record. */
  readonly recorded: number;
  readonly points: readonly SweepPoint[];
}

/** Sums over runs, by position in the range. */
interface Tally {
  readonly events: number[];
  readonly flagged: number[];
  readonly right: number[];
}

/** Precision and recall are those of the flagged runs, as in a back-test. */
export function sweepThreshold(
  record: BacktestRecord,
  { range, policy }: { range: SweepRange; policy: Policy },
): ThresholdSweep {
  const { rule, metric, values } = range;
  const zeros = () => values.map(() => 0);
  const tally: Tally = { events: zeros(), flagged: zeros(), right: zeros() };
  const policies = values.map((value) => withRule(policy, rule, atValue(range, value)));
  let onRecord = 0;
  for (const recorded of listCases(record.history, { ...record, policy })) {
    if (recorded.tasks.length === 0) continue;
    if (recorded.run.risk_flagged) onRecord += 1;
    const spans = createSpans(recorded, { range, policy, policies });
    for (const { from, to, events } of spans(0, values.length - 1)) {
      addSpan(tally, { from, to, events, isRecorded: recorded.run.risk_flagged });
    }
  }
  const condition = rule.when.all.find((candidate) => candidate.metric === metric);
  if (condition === undefined) throw new Error(`${rule.rule_id} has no condition on ${metric}`);
  return {
    rule_id: rule.rule_id,
    metric,
    op: condition.op,
    policy_value: condition.value,
    recorded: onRecord,
    points: values.map((value, position) => {
      const [events = 0, flagged = 0, right = 0] = [
        tally.events[position],
        tally.flagged[position],
        tally.right[position],
      ];
      return { value, events, flagged, ...toAccuracy(right, { found: flagged, onRecord }) };
    }),
  };
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly events: readonly TestedEvent[];
}

/**
 * Divides the range of one run where the rule starts or stops to hold, and nowhere else. Whether a
 * condition holds changes once at most along the values ("==" is both "<=" and ">=", and each of
 * these changes once), so where both ends of a span agree, all of it does.
 */
function createSpans(
  recorded: RunCase,
  {
    range,
    policy,
    policies,
  }: { range: SweepRange; policy: RiskPolicy; policies: readonly RiskPolicy[] },
): (from: number, to: number) => readonly Span[] {
  const facts = judgeBy(policy.approvals.due_minutes, recorded);
  const isEqual = range.rule.when.all.some(
    ({ metric, op }) => metric === range.metric && op === "==",
  );
  const changes = isEqual ? ([{ op: ">=" }, { op: "<=" }] as const) : [{}];
  const known = new Map<number, string>();
  const whereItHolds = (position: number): string => {
    const before = known.get(position);
    if (before !== undefined) return before;
    const value = range.values[position] ?? 0;
    const holds = changes
      .map((change) =>
        findHits(facts, [atValue(range, value, change)])
          .map((hit) => hit.task_id)
          .join("/"),
      )
      .join("|");
    known.set(position, holds);
    return holds;
  };
  const divide = (from: number, to: number): readonly Span[] => {
    if (whereItHolds(from) === whereItHolds(to)) {
      const at = policies[from];
      return [{ from, to, events: at === undefined ? [] : findEventsOf(recorded, at) }];
    }
    const middle = Math.floor((from + to) / 2);
    return [...divide(from, middle), ...divide(middle + 1, to)];
  };
  return divide;
}

function addSpan(
  { events: eventCounts, flagged, right }: Tally,
  { from, to, events, isRecorded }: Span & { isRecorded: boolean },
): void {
  if (events.length === 0) return;
  for (let position = from; position <= to; position += 1) {
    eventCounts[position] = (eventCounts[position] ?? 0) + events.length;
    flagged[position] = (flagged[position] ?? 0) + 1;
    if (isRecorded) right[position] = (right[position] ?? 0) + 1;
  }
}

function withRule(policy: RiskPolicy, old: RiskRule, changed: RiskRule): RiskPolicy {
  const rules = policy.risk.rules.map((rule) => (rule === old ? changed : rule));
  return { ...policy, risk: { rules } };
}
