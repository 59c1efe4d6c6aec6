/** What a back-test cannot say, and why: nobody saw what was not done. */

import { canonicalJson } from "../../model/canonical-json.ts";
import type { PlanTask } from "../../model/decomposed-mission-tasks.ts";
import type { History } from "../../model/history.ts";
import { isEnded } from "../../model/mission-runs.ts";
import type { Policy } from "../../model/policy.ts";
import type { RiskRule } from "../../model/risk-rules.ts";
import type { TaskLog } from "../../model/task-execution-logs.ts";
import { parseKpiMetric } from "../../risk/metric.ts";
import type { RunCase } from "./backtest-cases.ts";
import type { GateComparison } from "./backtest-gates.ts";
import type { RouteComparison } from "./backtest-routes.ts";

export interface NotEvaluable {
  readonly what: string;
  readonly reason: string;
  /** How many of `what` there are. */
  readonly n: number;
}

interface Policies {
  readonly under: Policy;
  readonly against: Policy;
}

interface Tested extends Policies {
  readonly history: Pick<History, "rows">;
  readonly gates: GateComparison;
  readonly routes: RouteComparison;
}

/** Counts, case by case, what cannot be told; lists only what is there. */
export function createLimitTally(policies: Policies) {
  const planless = new Map<string, number>();
  const unobserved = kpiRulesOf(policies).map((each) => ({ ...each, n: 0 }));
  let runs = 0;
  let rows = 0;
  let unplanned = 0;
  let open = 0;
  return {
    add(recorded: RunCase): void {
      const { run, tasks } = recorded;
      runs += 1;
      rows += recorded.rows.length;
      if (!isEnded(run)) open += 1;
      if (tasks.length === 0) {
        planless.set(run.mission_id, (planless.get(run.mission_id) ?? 0) + 1);
      } else {
        for (const row of recorded.rows) if (!isPlanned(row, tasks)) unplanned += 1;
      }
      for (const each of unobserved) if (isUnobserved(each, recorded)) each.n += 1;
    },
    list({ history, gates, routes }: Omit<Tested, keyof Policies>): readonly NotEvaluable[] {
      const tested = { ...policies, history, gates, routes };
      return [
        ...[...planless].map(([missionId, n]) => ({
          what: `risk events of runs of ${missionId}`,
          reason: "the mission has no plan any more",
          n,
        })),
        {
          what: "task rows",
          reason: "their run is not on record",
          n: history.rows.length - rows,
        },
        {
          what: "task rows, as tasks of their own",
          reason: "their task is not in the plan any more",
          n: unplanned,
        },
        {
          what: "runs under way, beyond how they stand now",
          reason: "they have not ended",
          n: open,
        },
        ...unobserved.map(({ rule, kpi, n }) => ({
          what: `rule ${rule.rule_id} in runs that its KPI applies to`,
          reason: `${kpi} was not observed in them`,
          n,
        })),
        ...limitsOfGates(tested),
        ...limitsOfRoutes(tested),
        ...limitsOfSections(policies, runs),
      ].filter(({ n }) => n > 0);
    },
  };
}

function isPlanned({ task_id }: TaskLog, tasks: readonly PlanTask[]): boolean {
  return tasks.some((task) => task.task_id === task_id);
}

interface KpiRule {
  readonly rule: RiskRule;
  readonly kpi: string;
}

/** Each rule with each KPI that it looks at. */
function kpiRulesOf({ under, against }: Policies): readonly KpiRule[] {
  const found = new Map<string, KpiRule>();
  for (const rule of [...under.risk.rules, ...against.risk.rules]) {
    for (const { metric } of rule.when.all) {
      const ofKpi = parseKpiMetric(metric);
      const key = `${rule.rule_id}/${ofKpi?.kpi}`;
      if (ofKpi !== undefined && !found.has(key)) found.set(key, { rule, kpi: ofKpi.kpi });
    }
  }
  return [...found.values()];
}

/** A condition on a figure that nobody observed does not hold; that proves nothing. */
function isUnobserved({ rule, kpi }: KpiRule, recorded: RunCase): boolean {
  const { run, kpis } = recorded;
  if (rule.missions !== undefined && !rule.missions.includes(run.mission_id)) return false;
  return kpis.some((result) => result.kpi === kpi && result.observed === null);
}

function limitsOfGates({ under, against, gates }: Tested): readonly NotEvaluable[] {
  const { approvals: after } = under;
  const { approvals: before } = against;
  const isListed = after.approvers !== undefined || before.approvers !== undefined;
  return [
    {
      what: "decisions, against the list of approvers",
      reason: "the log does not say who decided",
      n: isListed ? gates.anonymous : 0,
    },
    {
      what: "how fast people would have decided under another deadline",
      reason: "the log has their waits under the deadline of that time",
      n: after.due_minutes === before.due_minutes ? 0 : gates.approvals,
    },
  ];
}

function limitsOfRoutes({ under, against, history, routes }: Tested): readonly NotEvaluable[] {
  const isOtherPrior =
    canonicalJson([under.routing.prior, under.routing.window]) !==
    canonicalJson([against.routing.prior, against.routing.window]);
  return [
    ...routes.changed.map(({ mission_id, task_id, to }) => ({
      what: `runs of ${mission_id} ${task_id} with ${to.agent_id} instead`,
      reason:
        to.executions_of_task === 0
          ? `${to.agent_id} never ran ${task_id}: nobody saw what it would have done`
          : `the log has what the chosen agent did; ${to.agent_id} ran ${task_id} ${to.executions_of_task} times elsewhere`,
      // A task that has not been run yet has no runs to redo, but its route is a guess all the same.
      n: Math.max(1, countRuns(history.rows, { mission_id, task_id })),
    })),
    {
      what: "logged rankings under another prior or window",
      reason: "their terms were drawn to the prior of that time already",
      n: isOtherPrior ? routes.recorded.weighed : 0,
    },
  ];
}

/** Runs in which a task was tried. */
function countRuns(
  rows: readonly TaskLog[],
  { mission_id, task_id }: { mission_id: string; task_id: string },
): number {
  const tried = rows.filter((row) => row.task_id === task_id && row.mission_id === mission_id);
  return new Set(tried.map((row) => row.run_id)).size;
}

function limitsOfSections({ under, against }: Policies, runs: number): readonly NotEvaluable[] {
  const isOther = (section: "execution" | "portfolio") =>
    canonicalJson(under[section]) !== canonicalJson(against[section]);
  return [
    {
      what: "runs under other limits of `execution`",
      reason: "attempts that were not made, and questions not asked, are not in the log",
      n: isOther("execution") ? runs : 0,
    },
    {
      what: "portfolio verdicts",
      reason: "they are judged by day: `portfolio --policy FILE --date D` shows them",
      n: isOther("portfolio") ? 1 : 0,
    },
  ];
}
