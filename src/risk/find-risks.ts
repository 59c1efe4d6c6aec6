/** Evaluates risk rules over one run: pure, a function of the facts and of now. */

import { compareText } from "../model/canonical-json.ts";
import type { RiskEvent } from "../model/mission-risk-events.ts";
import type { RiskRule } from "../model/risk-rules.ts";
import { type CompiledRule, type Subject, compileRules, holds } from "./compile-rules.ts";
import { type RiskFacts, describeRun, describeTasks } from "./risk-facts.ts";
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
export interface RiskHit extends CompiledRule {
  readonly task_id: string;
  readonly subject: Subject;
}

/**
 * What the rules find, superseded findings taken out; at most one finding for each task and type,
 * the first rule's.
 */
export function findRisks(facts: RiskFacts, rules: readonly RiskRule[]): readonly RiskFinding[] {
  return findHits(facts, rules).map(toFinding);
}

/** As {@link findRisks}, without putting it into words. */
export function findHits(facts: RiskFacts, rules: readonly RiskRule[]): readonly RiskHit[] {
  if (rules.length === 0 || facts.tasks.length === 0) return [];
  const run = describeRun(facts);
  const tasks = describeTasks(facts);
  const ofRun: Subject = { facts, run, task: undefined };
  const ofTasks = tasks.map((task): Subject => ({ facts, run, task }));
  const hits: RiskHit[] = [];
  for (const compiled of compileRules(rules)) {
    const { missions, scope } = compiled.rule;
    if (missions !== undefined && !missions.includes(facts.run.mission_id)) continue;
    if (scope === "run") {
      if (!holds(compiled, ofRun)) continue;
      hits.push({ ...compiled, task_id: worstTask(tasks), subject: ofRun });
    } else {
      for (const subject of ofTasks) {
        if (!holds(compiled, subject)) continue;
        hits.push({ ...compiled, task_id: subject.task?.plan.task_id ?? "", subject });
      }
    }
  }
  return hits.length < 2 ? hits : withoutSuperseded(hits);
}

function withoutSuperseded(hits: readonly RiskHit[]): readonly RiskHit[] {
  const first = new Map<string, RiskHit>();
  for (const hit of hits) {
    const key = keyOf(hit.task_id, hit.rule.risk_type);
    if (!first.has(key)) first.set(key, hit);
  }
  const superseded = new Set(
    [...first.values()].flatMap(({ task_id, rule: { supersedes = [] } }) =>
      supersedes.map((type) => keyOf(task_id, type)),
    ),
  );
  return [...first].flatMap(([key, hit]) => (superseded.has(key) ? [] : [hit]));
}

function keyOf(taskId: string, riskType: string): string {
  return `${taskId}/${riskType}`;
}

/** The event's text: the rule's own sentence, then the figures that made it hold. */
function toFinding({ rule, conditions, task_id, subject }: RiskHit): RiskFinding {
  const evidence = conditions.map(
    ({ metric, op, value, measure }) => `${metric} is ${measure(subject)} (${op} ${value})`,
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
