/** Facts of a run, for tests of risk rules to vary. */

import fc from "fast-check";

import { evaluateKpi } from "../../src/kpi/evaluate-kpis.ts";
import type { RiskBasis } from "../../src/kpi/run-figures.ts";
import { type RiskRule, OPERATORS } from "../../src/model/risk-rules.ts";
import { RUN_METRICS } from "../../src/risk/run-metrics.ts";
import { TASK_METRICS } from "../../src/risk/task-metrics.ts";
import { afterNoon, planArbitrary, quartersArbitrary, rowArbitrary } from "../kpi/histories.ts";
import { aPlan, aRequest, aRun } from "../support/builders.ts";

/** Two tasks of 10 minutes each, nothing done yet, one hour after the start. */
export function someFacts(fields: Partial<RiskBasis> = {}): RiskBasis {
  const ten = { estimated_duration_minutes: 10 };
  return {
    run: aRun(),
    tasks: aPlan({ T1: [], T2: ["T1"] }, { T1: ten, T2: ten }),
    statuses: { T1: "completed", T2: "completed" },
    rows: [],
    requests: [],
    kpis: [],
    dueMinutes: 5,
    budgetMinutes: undefined,
    now: afterNoon(60),
    ...fields,
  };
}

export function aRule(fields: Partial<RiskRule> = {}): RiskRule {
  return {
    rule_id: "rule",
    risk_type: "risk",
    scope: "task",
    severity: "low",
    when: { all: [{ metric: "task.attempts", op: ">=", value: 1 }] },
    description: "Something is wrong.",
    ...fields,
  };
}

const csat = {
  kpi: "csat",
  label: "csat",
  unit: "",
  baseline: null,
  target: 4,
  direction: "higher",
} as const;

/** Any history with figures that add up without rounding, its rows in two orders. */
export const factsArbitrary: fc.Arbitrary<{ facts: RiskBasis; shuffled: RiskBasis }> = fc
  .record({
    tasks: planArbitrary,
    pairs: fc.array(fc.tuple(rowArbitrary(quartersArbitrary), fc.nat()), { maxLength: 8 }),
    stand: fc.array(fc.constantFrom("completed", "failed", "blocked", "pending"), {
      minLength: 4,
      maxLength: 4,
    }),
    asked: fc.uniqueArray(fc.constantFrom("T1", "T2", "T9"), { maxLength: 2 }),
    observed: fc.option(fc.integer({ min: 30, max: 50 }), { nil: undefined }),
    budgetMinutes: fc.option(fc.integer({ min: 1, max: 300 }), { nil: undefined }),
  })
  .map(({ tasks, pairs, stand, asked, observed, budgetMinutes }) => {
    const kpi = evaluateKpi(csat, observed === undefined ? undefined : observed / 10);
    const facts = someFacts({
      tasks,
      rows: pairs.map(([row]) => row),
      statuses: Object.fromEntries(
        tasks.map(({ task_id }, position) => [task_id, stand[position] ?? "pending"]),
      ),
      requests: asked.map((task_id) => aRequest({ task_id })),
      kpis: [kpi],
      budgetMinutes,
    });
    const other = pairs.toSorted(([, a], [, b]) => a - b).map(([row]) => row);
    return { facts, shuffled: { ...facts, rows: other } };
  });

const TYPES = ["late", "slow", "bad"] as const;

/** Rules of few types that hold often, and stand for one another. */
export const rulesArbitrary: fc.Arbitrary<RiskRule[]> = fc.array(
  fc
    .record({
      risk_type: fc.constantFrom(...TYPES),
      scope: fc.constantFrom("task", "run"),
      severity: fc.constantFrom("low", "medium", "high"),
      supersedes: fc.uniqueArray(fc.constantFrom(...TYPES), { maxLength: 2 }),
      taskMetric: fc.constantFrom(...Object.keys(TASK_METRICS)),
      runMetric: fc.constantFrom(...Object.keys(RUN_METRICS), "kpi.csat.gap_pct"),
      op: fc.constantFrom(...OPERATORS),
      value: fc.integer({ min: -2, max: 10 }),
    })
    .map(({ scope, taskMetric, runMetric, op, value, supersedes, ...rule }) =>
      aRule({
        ...rule,
        scope,
        supersedes: supersedes.filter((type) => type !== rule.risk_type),
        when: { all: [{ metric: scope === "task" ? taskMetric : runMetric, op, value }] },
      }),
    ),
  { maxLength: 6 },
);
