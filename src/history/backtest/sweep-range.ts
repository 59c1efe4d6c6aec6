/** `RULE.METRIC=FROM..TO:STEP`: which threshold of a policy is swept, and over which values. */

import { MissionError } from "../../errors.ts";
import type { Policy } from "../../model/policy.ts";
import type { RiskRule } from "../../model/risk-rules.ts";

/** More values than this make no curve clearer. */
export const MOST_VALUES = 1000;

/** Values are rounded to so many parts of one, so that 0.1 + 0.2 is 0.3. */
const PRECISION = 1e9;

const RANGE = /^(.+)=(-?\d+(?:\.\d+)?)\.\.(-?\d+(?:\.\d+)?):(-?\d+(?:\.\d+)?)$/;
const EXAMPLE = "task-overrun.task.overrun_pct=20..100:10";

export interface SweepRange {
  readonly rule: RiskRule;
  readonly metric: string;
  /** Ascending, at least one. */
  readonly values: readonly number[];
}

/** @throws MissionError `USAGE` with the rules or metrics there are. */
export function parseSweep(text: string, { rules }: Policy["risk"]): SweepRange {
  const [, name, from, to, step] = RANGE.exec(text) ?? [];
  if (name === undefined || from === undefined || to === undefined || step === undefined) {
    throw new MissionError(
      "USAGE",
      `--sweep ${JSON.stringify(text)} is not RULE.METRIC=FROM..TO:STEP, for example ${EXAMPLE}.`,
    );
  }
  const target = findThreshold(name, rules);
  return { ...target, values: listValues(Number(from), Number(to), Number(step)) };
}

/** The policy's rules with the threshold at another value. */
export function atValue(
  { rule, metric }: SweepRange,
  value: number,
  change: Partial<RiskRule["when"]["all"][number]> = {},
): RiskRule {
  const all = rule.when.all.map((condition) =>
    condition.metric === metric ? { ...condition, value, ...change } : condition,
  );
  return { ...rule, when: { all } };
}

/** Rule ids and metrics may both contain dots: the longest id that fits is meant. */
function findThreshold(name: string, rules: readonly RiskRule[]): Omit<SweepRange, "values"> {
  const [rule] = rules
    .filter(({ rule_id }) => name.startsWith(`${rule_id}.`))
    .toSorted((a, b) => b.rule_id.length - a.rule_id.length);
  if (rule === undefined) {
    const known = rules.map(({ rule_id }) => rule_id);
    const list = known.length === 0 ? "none" : known.join(", ");
    throw new MissionError(
      "USAGE",
      `--sweep ${JSON.stringify(name)} names no rule of the policy. Its rules: ${list}.`,
      { details: { known } },
    );
  }
  const metric = name.slice(rule.rule_id.length + 1);
  const conditions = rule.when.all.filter((condition) => condition.metric === metric);
  if (conditions.length === 1) return { rule, metric };
  const known = [...new Set(rule.when.all.map((condition) => condition.metric))];
  const what =
    conditions.length === 0
      ? `has no condition on ${JSON.stringify(metric)}`
      : `has ${conditions.length} conditions on ${metric}: it is not clear which one is meant`;
  throw new MissionError(
    "USAGE",
    `Rule ${rule.rule_id} ${what}. Its metrics: ${known.join(", ")}.`,
    { details: { known } },
  );
}

function listValues(from: number, to: number, step: number): readonly number[] {
  if (step <= 0) throw new MissionError("USAGE", `A sweep needs a step above 0, not ${step}.`);
  if (from > to) throw new MissionError("USAGE", `A sweep goes upwards: ${from} is above ${to}.`);
  const count = Math.floor((to - from) / step + 1 / PRECISION) + 1;
  if (count > MOST_VALUES) {
    const message = `A sweep has ${MOST_VALUES} values at most, and this one would have ${count}.`;
    throw new MissionError("USAGE", message, { details: { most: MOST_VALUES, count } });
  }
  return Array.from(
    { length: count },
    (_, index) => Math.round((from + index * step) * PRECISION) / PRECISION,
  );
}
