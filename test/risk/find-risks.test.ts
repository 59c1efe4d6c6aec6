import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { evaluateKpi } from "../../src/kpi/evaluate-kpis.ts";
import type { RiskBasis } from "../../src/kpi/run-figures.ts";
import { DEFAULT_POLICY } from "../../src/model/default-policy.ts";
import type { RiskRule } from "../../src/model/risk-rules.ts";
import type { TaskLog } from "../../src/model/task-execution-logs.ts";
import { findRisks } from "../../src/risk/find-risks.ts";
import { afterNoon } from "../kpi/histories.ts";
import { aPlan, aRequest, aRow, aRun, aTask } from "../support/builders.ts";
import { aRule, factsArbitrary, rulesArbitrary, someFacts } from "./facts.ts";
import { SAMPLE_FACTS, SAMPLE_HISTORY } from "./sample.ts";

const DEFAULT_RULES = DEFAULT_POLICY.risk.rules;

/** Findings as `task type severity`. */
const found = (facts: RiskBasis, rules: readonly RiskRule[] = DEFAULT_RULES) =>
  findRisks(facts, rules).map(
    ({ task_id, risk_type, severity }) => `${task_id} ${risk_type} ${severity}`,
  );

const when = (metric: string, op: ">" | ">=" | "<" | "<=" | "==", value: number) => ({
  when: { all: [{ metric, op, value }] },
});

/** A row of T1 that took so many minutes, so many of them waiting for a person. */
const took = (actual_duration_minutes: number, human_delay_minutes = 0) =>
  aRow({
    actual_duration_minutes,
    human_delay_minutes,
    human_approval_required: human_delay_minutes > 0,
  });

const estimated = (estimated_duration_minutes: number) => [aTask({ estimated_duration_minutes })];

describe("findRisks with the default rules", () => {
  it("raises exactly the recorded events on the sample's rows", () => {
    const raised = SAMPLE_FACTS.flatMap((facts) =>
      found(facts).map((finding) => `${facts.run.run_id} ${finding}`),
    );

    const recorded = SAMPLE_HISTORY.events.map(
      ({ run_id, task_id, risk_type, severity }) => `${run_id} ${task_id} ${risk_type} ${severity}`,
    );
    expect(raised.toSorted()).toEqual(recorded.toSorted());
    expect(recorded).toHaveLength(5);
  });

  it.each([
    ["just under 40 %", 10, took(13.99), []],
    ["at 40 %", 10, took(14), ["T1 task_overrun low"]],
    ["over 40 %", 10, took(14.01), ["T1 task_overrun low"]],
    ["just under 3 minutes", 5, took(7.99), []],
    ["at 3 minutes", 5, took(8), ["T1 task_overrun low"]],
    ["over 3 minutes", 5, took(8.01), ["T1 task_overrun low"]],
  ] as const)("task-overrun: %s over an estimate of %d minutes", (_what, estimate, row, risks) => {
    expect(found(someFacts({ tasks: estimated(estimate), rows: [row] }))).toEqual(risks);
  });

  it.each([
    ["just before it is due", took(9, 4.99), []],
    ["when it is due", took(9, 5), ["T1 approval_delay high"]],
    ["after it was due", took(9, 5.01), ["T1 approval_delay high"]],
  ] as const)("approval-delay: decided %s", (_what, row, risks) => {
    expect(found(someFacts({ rows: [row] }))).toEqual(risks);
  });

  it("approval-delay: follows the policy's due minutes, and an open request as well", () => {
    const rows = [took(9, 6)];
    const requests = [aRequest({ approval_request_time: afterNoon(53) })];

    expect(found(someFacts({ rows, dueMinutes: 6.01 }))).toEqual([]);
    expect(found(someFacts({ rows, dueMinutes: 6 }))).toEqual(["T1 approval_delay high"]);
    expect(found(someFacts({ requests, dueMinutes: 7 }))).toEqual(["T1 approval_delay high"]);
    expect(found(someFacts({ requests, dueMinutes: 7.01 }))).toEqual([]);
  });

  it("approval-delay: a decided request waits no longer", () => {
    const requests = [aRequest({ status: "decided" }), aRequest({ status: "void" })];

    expect(found(someFacts({ requests }))).toEqual([]);
  });

  it.each([
    ["just under 5 minutes", 10, took(14.99, 5), ["T1 approval_delay high"]],
    ["at 5 minutes", 10, took(15, 5), ["T1 sla_breach_risk medium"]],
    ["over 5 minutes", 10, took(15.01, 5), ["T1 sla_breach_risk medium"]],
    ["just under 40 %", 20, took(27.99, 5), ["T1 approval_delay high"]],
    ["at 40 %", 20, took(28, 5), ["T1 sla_breach_risk medium"]],
    ["over 40 %", 20, took(28.01, 5), ["T1 sla_breach_risk medium"]],
    ["decided just in time", 10, took(15, 4.99), ["T1 task_overrun low"]],
    ["decided late", 10, took(15, 5.01), ["T1 sla_breach_risk medium"]],
  ] as const)("sla-breach: %s over an estimate of %d minutes", (_what, estimate, row, risks) => {
    expect(found(someFacts({ tasks: estimated(estimate), rows: [row] }))).toEqual(risks);
  });

  it.each([
    [1, []],
    [2, ["T1 repeated_rework medium"]],
    [3, ["T1 repeated_rework medium"]],
  ])("repeated-rework: sent back %d times", (times, risks) => {
    expect(found(someFacts({ rows: attempts("rejected", times) }))).toEqual(risks);
  });

  it("repeated-rework: two tasks sent back once each were not sent back twice", () => {
    const rows = ["T1", "T2"].map((task_id) => aRow({ task_id, outcome: "rejected" }));

    expect(found(someFacts({ rows }))).toEqual([]);
  });

  it("task-failure: stands for the rework before it", () => {
    const rows = attempts("rejected", 2);

    expect(found(someFacts({ rows, statuses: { T1: "failed", T2: "blocked" } }))).toEqual([
      "T1 task_failure high",
    ]);
    expect(found(someFacts({ rows, statuses: { T1: "running", T2: "pending" } }))).toEqual([
      "T1 repeated_rework medium",
    ]);
  });

  it.each([
    [2, []],
    [3, ["T1 too_many_failures medium"]],
    [4, ["T1 too_many_failures medium"]],
  ])("many-failures: %d attempts failed in a run", (times, risks) => {
    expect(found(someFacts({ rows: attempts("failed", times) }))).toEqual(risks);
  });

  it.each([
    [1, []],
    [2, ["T1 too_many_escalations medium"]],
    [3, ["T1 too_many_escalations medium"]],
  ])("many-escalations: people had to step in %d times", (times, risks) => {
    const rows = attempts("completed", times, { escalation: "failure" });

    expect(found(someFacts({ rows }))).toEqual(risks);
  });

  it.each([
    [99.99, []],
    [100, []],
    [100.01, ["T1 time_budget_exceeded high"]],
  ])("time-budget: %d minutes of 100", (total_duration_minutes, risks) => {
    const run = aRun({ status: "completed", total_duration_minutes });

    expect(found(someFacts({ run, budgetMinutes: 100 }))).toEqual(risks);
    expect(found(someFacts({ run }))).toEqual([]);
  });

  it.each([
    ["csat", "higher", 3.99, ["T1 csat_risk high"]],
    ["csat", "higher", 4, []],
    ["csat", "higher", 4.01, []],
    ["csat", "higher", undefined, []],
    ["resolution_time_hours", "lower", 3.99, []],
    ["resolution_time_hours", "lower", 4, []],
    ["resolution_time_hours", "lower", 4.01, ["T1 resolution_time_breach medium"]],
    ["resolution_time_hours", "lower", undefined, []],
  ] as const)("%s, which should be %s than 4, at %d", (kpi, direction, observed, risks) => {
    const definition = { kpi, label: kpi, unit: "", baseline: null, target: 4, direction };

    expect(found(someFacts({ kpis: [evaluateKpi(definition, observed)] }))).toEqual(risks);
  });

  it("csat: stands for the delay and the overrun at the same task only", () => {
    const kpis = [
      evaluateKpi(
        { kpi: "csat", label: "csat", unit: "", baseline: null, target: 4, direction: "higher" },
        3.5,
      ),
    ];
    const rows = [took(16, 4), { ...took(9, 7), task_id: "T2" }];

    expect(found(someFacts({ kpis, rows }))).toEqual(["T1 task_overrun low", "T2 csat_risk high"]);
  });
});

describe("findRisks", () => {
  const rows = [took(5), { ...took(5), task_id: "T2" }];

  it.each([
    [">", 2, []],
    [">", 1, ["T1 risk low"]],
    [">=", 2, ["T1 risk low"]],
    [">=", 3, []],
    ["<", 2, []],
    ["<", 3, ["T1 risk low"]],
    ["<=", 2, ["T1 risk low"]],
    ["<=", 1, []],
    ["==", 2, ["T1 risk low"]],
    ["==", 1, []],
  ] as const)("compares 2 attempts %s %d", (op, value, risks) => {
    const rule = aRule({ scope: "run", ...when("run.attempts", op, value) });

    expect(found(someFacts({ rows }), [rule])).toEqual(risks);
  });

  it("needs all conditions of a rule", () => {
    const both = (value: number) => ({
      all: [
        { metric: "task.attempts", op: ">=" as const, value: 1 },
        { metric: "run.attempts", op: ">=" as const, value },
      ],
    });

    expect(found(someFacts({ rows }), [aRule({ when: both(2) })])).toHaveLength(2);
    expect(found(someFacts({ rows }), [aRule({ when: both(3) })])).toEqual([]);
  });

  it.each(["<", "<=", ">", ">=", "=="] as const)("never holds %s without a value", (op) => {
    const rules = ["task.overrun_minutes", "kpi.csat.value", "run.time_budget_pct"].map((metric) =>
      aRule({ risk_type: "x", ...when(metric, op, 0) }),
    );

    expect(found(someFacts(), rules)).toEqual([]);
  });

  it("applies a rule with missions to these only", () => {
    const facts = someFacts({ rows: [took(5)] });

    expect(found(facts, [aRule({ missions: ["X", "M"] })])).toEqual(["T1 risk low"]);
    expect(found(facts, [aRule({ missions: ["X"] })])).toEqual([]);
  });

  it("finds nothing without rules or without tasks", () => {
    const rules = [aRule(), aRule({ scope: "run", ...when("run.attempts", ">=", 1) })];

    expect(findRisks(someFacts({ rows }), [])).toEqual([]);
    expect(findRisks(someFacts({ rows, tasks: [] }), rules)).toEqual([]);
  });

  it("names rule and figures in what it finds", () => {
    expect(findRisks(someFacts({ rows: [took(16)] }), [aRule()])).toEqual([
      {
        rule_id: "rule",
        scope: "task",
        risk_type: "risk",
        severity: "low",
        supersedes: [],
        task_id: "T1",
        description: "Something is wrong. task.attempts is 1 (>= 1).",
      },
    ]);
  });

  it("keeps the first of two rules that raise the same type at the same task", () => {
    const rules = [
      aRule({ rule_id: "one", severity: "high" }),
      aRule({ rule_id: "two", severity: "low" }),
    ];

    expect(findRisks(someFacts({ rows: [took(5)] }), rules).map((risk) => risk.rule_id)).toEqual([
      "one",
    ]);
  });

  it("names the task that people were waited for longest, in a finding about the run", () => {
    const rule = aRule({ scope: "run", ...when("run.attempts", ">=", 1) });
    const long = { ...took(50), task_id: "T2" };
    const requests = [aRequest({ task_id: "T2", approval_request_time: afterNoon(58) })];

    expect(found(someFacts({ rows: [took(3, 2), long] }), [rule])).toEqual(["T1 risk low"]);
    expect(found(someFacts({ rows: [took(3, 1)], requests }), [rule])).toEqual(["T2 risk low"]);
  });

  it("names the longest task where delays are equal, then the smaller id", () => {
    const rule = aRule({ scope: "run", ...when("run.attempts", ">=", 1) });
    const facts = (t2: number) =>
      someFacts({
        rows: [took(5, 1), { ...took(t2, 1), task_id: "T2" }],
        tasks: aPlan({ T2: [], T1: [] }),
      });

    expect(found(facts(5.01), [rule])).toEqual(["T2 risk low"]);
    expect(found(facts(5), [rule])).toEqual(["T1 risk low"]);
    expect(found(facts(4.99), [rule])).toEqual(["T1 risk low"]);
  });

  it("adds up the attempts at a task to find the longest", () => {
    const rule = aRule({ scope: "run", ...when("run.attempts", ">=", 1) });
    const t2 = { ...took(3), task_id: "T2" };
    const twice = [took(4), t2, { ...t2, attempt: 2 }];

    expect(found(someFacts({ rows: twice }), [rule])).toEqual(["T2 risk low"]);
  });

  it("takes superseded findings out at the same task, and no other", () => {
    const rules = [
      aRule({ risk_type: "small" }),
      aRule({ risk_type: "large", supersedes: ["small"], ...when("task.overrun_pct", ">", 0) }),
    ];
    const facts = someFacts({ rows: [took(11), { ...took(10), task_id: "T2" }] });

    expect(found(facts, rules)).toEqual(["T2 small low", "T1 large low"]);
    expect(found(facts, rules.toReversed())).toEqual(["T1 large low", "T2 small low"]);
  });

  it("lets a finding that stands back still stand for others", () => {
    const rules = [
      aRule({ risk_type: "small" }),
      aRule({ risk_type: "middle", supersedes: ["small"] }),
      aRule({ risk_type: "large", supersedes: ["middle"] }),
    ];

    expect(found(someFacts({ rows: [took(11)] }), rules)).toEqual(["T1 large low"]);
  });

  it("lets a rule of a mission that it does not apply to supersede nothing", () => {
    const rules = [
      aRule({ risk_type: "small" }),
      aRule({ risk_type: "large", supersedes: ["small"], missions: ["X"] }),
    ];

    expect(found(someFacts({ rows: [took(11)] }), rules)).toEqual(["T1 small low"]);
  });

  it("counts the tasks that a failed one blocks, not the others", () => {
    const facts = someFacts({
      tasks: aPlan({ T1: [], T2: ["T1"], T3: ["T2"], T4: [], T5: ["T4"], T6: ["T1"] }),
      statuses: {
        T1: "failed",
        T2: "blocked",
        T3: "blocked",
        T4: "failed",
        T5: "blocked",
        T6: "pending",
      },
    });
    const blocks = (value: number) => aRule(when("task.blocked_tasks", "==", value));

    expect(found(facts, [blocks(2)])).toEqual(["T1 risk low"]);
    expect(found(facts, [blocks(1)])).toEqual(["T4 risk low"]);
  });

  it("counts the failed tasks of a run", () => {
    const rule = (value: number) =>
      aRule({ scope: "run", ...when("run.failed_tasks", "==", value) });
    const facts = someFacts({ statuses: { T1: "failed", T2: "blocked", T3: "blocked" } });

    expect(found(facts, [rule(1)])).toHaveLength(1);
    expect(found(facts, [rule(2)])).toEqual([]);
  });

  it("lets the clock of a run go on only while somebody is waited for", () => {
    const lasts = (value: number) =>
      aRule({ scope: "run", ...when("run.duration_minutes", "==", value) });
    const requests = [aRequest()];

    expect(found(someFacts({ rows: [took(5)] }), [lasts(5)])).toHaveLength(1);
    expect(found(someFacts({ rows: [took(5)], requests }), [lasts(60)])).toHaveLength(1);
    const early = someFacts({ rows: [took(5)], requests, now: afterNoon(2) });
    expect(found(early, [lasts(5)])).toHaveLength(1);
    const run = aRun({ total_duration_minutes: 7 });
    expect(found(someFacts({ run, rows: [took(5)], requests }), [lasts(7)])).toHaveLength(1);
  });

  it("is the same every time, for any order of the rows, and names no task and type twice", () => {
    const rules = fc.oneof(rulesArbitrary, fc.constant(DEFAULT_RULES));
    fc.assert(
      fc.property(factsArbitrary, rules, ({ facts, shuffled }, some) => {
        const findings = findRisks(facts, some);

        const keys = findings.map(({ task_id, risk_type }) => `${task_id} ${risk_type}`);
        expect(new Set(keys).size).toBe(keys.length);
        expect(findRisks(facts, some)).toEqual(findings);
        expect(findRisks(shuffled, some)).toEqual(findings);
      }),
      { numRuns: 300 },
    );
  });

  it("never shows a finding beside one that stands for it", () => {
    fc.assert(
      fc.property(factsArbitrary, rulesArbitrary, ({ facts }, rules) => {
        const findings = findRisks(facts, rules);

        for (const { task_id, supersedes } of findings) {
          const beside = findings.filter((other) => other.task_id === task_id);
          expect(beside.filter((other) => supersedes.includes(other.risk_type))).toEqual([]);
        }
      }),
    );
  });
});

function attempts(
  outcome: TaskLog["outcome"],
  times: number,
  fields: Partial<TaskLog> = {},
): TaskLog[] {
  return Array.from({ length: times }, (_, position) =>
    aRow({ outcome, attempt: position + 1, actual_duration_minutes: 1, ...fields }),
  );
}
