/** Risk rules with their metrics looked up by name, once for all runs that they are held against. */

import type { RiskBasis } from "../kpi/run-figures.ts";
import type { RiskCondition, RiskRule } from "../model/risk-rules.ts";
import { lookUp, parseKpiMetric } from "./metric.ts";
import { KPI_METRICS, RUN_METRICS } from "./run-metrics.ts";
import { TASK_METRICS, type TaskSubject } from "./task-metrics.ts";

export interface CompiledCondition extends RiskCondition {
  /**
   * Undefined when the metric has no value: no condition on it holds.
   *
   * @param task undefined where the rule is about the run as a whole.
   */
  readonly measure: (facts: RiskBasis, task: TaskSubject | undefined) => number | undefined;
}

export interface CompiledRule {
  readonly rule: RiskRule;
  readonly conditions: readonly CompiledCondition[];
}

const compiled = new WeakMap<readonly RiskRule[], readonly CompiledRule[]>();

export function compileRules(rules: readonly RiskRule[]): readonly CompiledRule[] {
  const known = compiled.get(rules);
  if (known !== undefined) return known;
  const fresh = rules.map((rule) => ({
    rule,
    conditions: rule.when.all.map((condition) => ({
      ...condition,
      measure: findMeasure(condition.metric),
    })),
  }));
  compiled.set(rules, fresh);
  return fresh;
}

export function holds(
  { conditions }: CompiledRule,
  facts: RiskBasis,
  task: TaskSubject | undefined,
): boolean {
  for (const { measure, op, value } of conditions) {
    const measured = measure(facts, task);
    if (measured === undefined || !compare(measured, op, value)) return false;
  }
  return true;
}

function findMeasure(metric: string): CompiledCondition["measure"] {
  const ofTask = lookUp(TASK_METRICS, metric);
  if (ofTask !== undefined) {
    return (_facts, task) => (task === undefined ? undefined : ofTask.of(task));
  }
  const ofRun = lookUp(RUN_METRICS, metric);
  if (ofRun !== undefined) return (facts) => ofRun.of(facts);
  const name = parseKpiMetric(metric);
  const ofKpi = name === undefined ? undefined : lookUp(KPI_METRICS, name.part);
  if (name === undefined || ofKpi === undefined) return () => undefined;
  return (facts) => {
    const result = facts.kpis.find(({ kpi }) => kpi === name.kpi);
    return result === undefined ? undefined : ofKpi.of(result);
  };
}

function compare(measured: number, op: RiskCondition["op"], value: number): boolean {
  switch (op) {
    case ">":
      return measured > value;
    case ">=":
      return measured >= value;
    case "<":
      return measured < value;
    case "<=":
      return measured <= value;
    case "==":
      return measured === value;
  }
}
