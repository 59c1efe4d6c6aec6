/** Evaluates risk rules over one run: pure, a function of the facts and of now. */

import { COUNTED_KPI } from "../kpi/evaluate-kpis.ts";
import type { RiskBasis } from "../kpi/run-figures.ts";
import type { RiskEvent } from "../model/mission-risk-events.ts";
import { compareText, groupBy } from "../model/order.ts";
import type { RiskRule } from "../model/risk-rules.ts";
import { type CompiledRule, compileRules, holds } from "./compile-rules.ts";
import { describeTasks } from "./describe-tasks.ts";
import { parseKpiMetric } from "./metric.ts";
import { type TaskSubject, longestWait, totalDuration } from "./task-metrics.ts";

/** A rule that holds. */
export interface RiskFinding extends Pick<RiskEvent, "task_id" | "risk_type" | "severity"> {
  readonly rule_id: string;
  readonly scope: RiskRule["scope"];
  readonly description: string;
  /** Risk types that stand back behind this one at the same task. */
  readonly supersedes: readonly string[];
}

/** A rule that holds, and what it holds for. */
export interface RiskHit {
  readonly compiled: CompiledRule;
  readonly task_id: string;
  /** Undefined where the rule is about the run as a whole. */
  readonly task: TaskSubject | undefined;
}

/**
 * What the rules find, superseded findings taken out; at most one finding for each task and type,
 * the first rule's.
 */
export function findRisks(facts: RiskBasis, rules: readonly RiskRule[]): readonly RiskFinding[] {
  return findHits(facts, rules).map((hit) => toFinding(hit, facts));
}

/** As {@link findRisks}, without putting it into words. */
export function findHits(facts: RiskBasis, rules: readonly RiskRule[]): readonly RiskHit[] {
  if (rules.length === 0 || facts.tasks.length === 0) return [];
  const tasks = describeTasks(facts);
  const hits: RiskHit[] = [];
  for (const compiled of compileRules(rules)) {
    const { missions, scope } = compiled.rule;
    if (missions !== undefined && !missions.includes(facts.run.mission_id)) continue;
    if (scope === "run") {
      if (!holds(compiled, facts, undefined)) continue;
      hits.push({ compiled, task_id: worstTask(tasks), task: undefined });
    } else {
      for (const task of tasks) {
        if (holds(compiled, facts, task)) hits.push({ compiled, task_id: task.plan.task_id, task });
      }
    }
  }
  return hits.length < 2 ? hits : withoutSuperseded(hits);
}

/**
 * The KPIs that the rules of each type rest on. What was not measured cannot show that a risk is over.
 * The one that is counted from the log always is measured.
 */
export function kpisByType(rules: readonly RiskRule[]): ReadonlyMap<string, readonly string[]> {
  const names = rules.flatMap(({ risk_type, when }) =>
    when.all.flatMap(({ metric }) => {
      const kpi = parseKpiMetric(metric)?.kpi;
      return kpi === undefined || kpi === COUNTED_KPI ? [] : [{ risk_type, kpi }];
    }),
  );
  return new Map(
    [...groupBy(names, ({ risk_type }) => risk_type)].map(([type, own]) => [
      type,
      [...new Set(own.map(({ kpi }) => kpi))],
    ]),
  );
}

/** One for each type at a task, the first; none that another at the same task stands for. */
function withoutSuperseded(hits: readonly RiskHit[]): readonly RiskHit[] {
  const first = new Map<string, RiskHit[]>();
  for (const hit of hits) {
    const atTask = first.get(hit.task_id);
    if (atTask === undefined) first.set(hit.task_id, [hit]);
    else if (!atTask.some((other) => typeOf(other) === typeOf(hit))) atTask.push(hit);
  }
  return hits.filter((hit) => {
    const atTask = first.get(hit.task_id) ?? [];
    if (!atTask.includes(hit)) return false;
    return !atTask.some(({ compiled }) => compiled.rule.supersedes?.includes(typeOf(hit)));
  });
}

function typeOf({ compiled }: RiskHit): string {
  return compiled.rule.risk_type;
}

/** The event's text: the rule's own sentence, then the figures that made it hold. */
function toFinding(
  { compiled: { rule, conditions }, task_id, task }: RiskHit,
  facts: RiskBasis,
): RiskFinding {
  const evidence = conditions.map(
    ({ metric, op, value, measure }) => `${metric} is ${measure(facts, task)} (${op} ${value})`,
  );
  const { rule_id, risk_type, scope, severity, supersedes = [] } = rule;
  const description = `${rule.description} ${evidence.join(", ")}.`;
  return { rule_id, risk_type, scope, severity, supersedes, task_id, description };
}

/** The task with the longest approval delay, else the longest duration; ties by id. */
function worstTask(tasks: readonly TaskSubject[]): string {
  const [worst] = tasks.toSorted(
    (a, b) =>
      (longestWait(b) ?? 0) - (longestWait(a) ?? 0) ||
      totalDuration(b) - totalDuration(a) ||
      compareText(a.plan.task_id, b.plan.task_id),
  );
  return worst?.plan.task_id ?? "";
}
