/** Evaluates risk rules over one run: pure, a function of the facts and of now. */

import type { TaskStatuses } from "../execution/plan-progress.ts";
import { aggregateRun } from "../execution/run-aggregates.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import { compareText } from "../model/canonical-json.ts";
import type { PlanTask } from "../model/decomposed-mission-tasks.ts";
import { groupBy } from "../model/group-by.ts";
import type { KpiResult } from "../model/kpi-result.ts";
import type { RiskEvent } from "../model/mission-risk-events.ts";
import { type MissionRun, isEnded } from "../model/mission-runs.ts";
import type { RiskCondition, RiskRule } from "../model/risk-rules.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import { laterOf, minutesBetween } from "../model/time.ts";
import {
  KPI_METRICS,
  RUN_METRICS,
  type RunSubject,
  TASK_METRICS,
  type TaskSubject,
  longestWait,
  lookUp,
  parseKpiMetric,
  totalDuration,
} from "./metrics.ts";

/** Everything that bears on a run's risks. */
export interface RiskFacts {
  readonly run: MissionRun;
  /** In dependency order. */
  readonly tasks: readonly PlanTask[];
  readonly statuses: TaskStatuses;
  readonly rows: readonly TaskLog[];
  readonly requests: readonly ApprovalRequest[];
  readonly kpis: readonly KpiResult[];
  readonly dueMinutes: number;
  readonly budgetMinutes: number | undefined;
  readonly now: string;
}

/** A rule that holds. */
export interface RiskFinding extends Pick<RiskEvent, "task_id" | "risk_type" | "severity"> {
  readonly rule_id: string;
  readonly scope: RiskRule["scope"];
  readonly description: string;
  /** Risk types that stand back behind this one at the same task. */
  readonly supersedes: readonly string[];
}

/** What a rule's conditions are looked up in. */
type Lookup = (metric: string) => number | undefined;

/**
 * What the rules find, superseded findings taken out; at most one finding for each task and type,
 * the first rule's.
 */
export function findRisks(facts: RiskFacts, rules: readonly RiskRule[]): readonly RiskFinding[] {
  const ruled = rules.filter(
    ({ missions }) => missions === undefined || missions.includes(facts.run.mission_id),
  );
  if (ruled.length === 0 || facts.tasks.length === 0) return [];
  const subjects = describeTasks(facts);
  const ofRun = createRunLookup(facts);
  const found = ruled.flatMap((rule) => {
    if (rule.scope === "run") {
      return holds(rule, ofRun) ? [toFinding(rule, worstTask(subjects), ofRun)] : [];
    }
    return subjects.flatMap((subject) => {
      const ofTask: Lookup = (metric) => lookUp(TASK_METRICS, metric)?.of(subject) ?? ofRun(metric);
      return holds(rule, ofTask) ? [toFinding(rule, subject.plan.task_id, ofTask)] : [];
    });
  });
  const distinct = [...new Map(found.toReversed().map((each) => [keyOf(each), each])).values()];
  const superseded = new Set(
    distinct.flatMap(({ task_id, supersedes }) =>
      supersedes.map((risk_type) => keyOf({ task_id, risk_type })),
    ),
  );
  return distinct.toReversed().filter((finding) => !superseded.has(keyOf(finding)));
}

function keyOf({ task_id, risk_type }: { task_id: string; risk_type: string }): string {
  return `${task_id}/${risk_type}`;
}

function holds(rule: RiskRule, lookup: Lookup): boolean {
  return rule.when.all.every(({ metric, op, value }) => {
    const measured = lookup(metric);
    return measured !== undefined && compare(measured, op, value);
  });
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

/** The event's text: the rule's own sentence, then the figures that made it hold. */
function toFinding(rule: RiskRule, task_id: string, lookup: Lookup): RiskFinding {
  const evidence = rule.when.all.map(
    ({ metric, op, value }) => `${metric} is ${lookup(metric)} (${op} ${value})`,
  );
  const { rule_id, risk_type, scope, severity, supersedes = [] } = rule;
  const description = `${rule.description} ${evidence.join(", ")}.`;
  return { rule_id, risk_type, scope, severity, supersedes, task_id, description };
}

function createRunLookup(facts: RiskFacts): Lookup {
  const kpis = new Map(facts.kpis.map((kpi) => [kpi.kpi, kpi]));
  const run = describeRun(facts);
  return (metric) => {
    const ofKpi = parseKpiMetric(metric);
    if (ofKpi === undefined) return lookUp(RUN_METRICS, metric)?.of(run);
    const kpi = kpis.get(ofKpi.kpi);
    return kpi === undefined ? undefined : lookUp(KPI_METRICS, ofKpi.part)?.of(kpi);
  };
}

function describeTasks(facts: RiskFacts): readonly TaskSubject[] {
  const { tasks, statuses, dueMinutes, now } = facts;
  const rows = groupBy(facts.rows, (row) => row.task_id);
  const waiting = waitingIn(facts);
  const asked = facts.requests.filter(
    (request) => request.decided_at !== undefined || waiting.includes(request),
  );
  const requests = groupBy(asked, (request) => request.task_id);
  return tasks.map((plan) => ({
    plan,
    status: statuses[plan.task_id],
    rows: rows.get(plan.task_id) ?? [],
    requests: requests.get(plan.task_id) ?? [],
    blockedTasks: statuses[plan.task_id] === "failed" ? countBlocked(plan.task_id, facts) : 0,
    dueMinutes,
    now,
  }));
}

/** What waits for a person: in a run that has ended, nothing. */
function waitingIn({ run, requests }: RiskFacts): readonly ApprovalRequest[] {
  return isEnded(run) ? [] : requests.filter((request) => request.status === "pending");
}

/** How many blocked tasks come after a task. */
function countBlocked(taskId: string, { tasks, statuses }: RiskFacts): number {
  const after = new Set([taskId]);
  for (const task of tasks) {
    if (task.depends_on.some((id) => after.has(id))) after.add(task.task_id);
  }
  return tasks.filter(({ task_id }) => after.has(task_id) && statuses[task_id] === "blocked")
    .length;
}

function describeRun(facts: RiskFacts): RunSubject {
  const { run, rows, statuses, dueMinutes, budgetMinutes, now } = facts;
  const { end_time } = aggregateRun(rows, { startTime: run.start_time, dueMinutes });
  const isWaiting = waitingIn(facts).length > 0;
  const until = isWaiting ? laterOf(end_time, now) : end_time;
  return {
    rows,
    failedTasks: Object.values(statuses).filter((status) => status === "failed").length,
    elapsedMinutes:
      run.total_duration_minutes ?? Math.max(0, minutesBetween(run.start_time, until)),
    budgetMinutes,
    dueMinutes,
  };
}

/** The task with the longest approval delay, else the longest duration; ties by id. */
function worstTask(subjects: readonly TaskSubject[]): string {
  const [worst] = subjects.toSorted(
    (a, b) =>
      (longestWait(b) ?? 0) - (longestWait(a) ?? 0) ||
      totalDuration(b) - totalDuration(a) ||
      compareText(a.plan.task_id, b.plan.task_id),
  );
  return worst?.plan.task_id ?? "";
}
