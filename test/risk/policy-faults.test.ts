import { describe, expect, it } from "vitest";

import { DEFAULT_POLICY } from "../../src/model/default-policy.ts";
import type { RiskCondition, RiskRule } from "../../src/model/risk-rules.ts";
import { findRuleFaults } from "../../src/risk/policy-faults.ts";
import { KPI_METRICS, RUN_METRICS } from "../../src/risk/run-metrics.ts";
import { TASK_METRICS } from "../../src/risk/task-metrics.ts";
import { aRule } from "./facts.ts";

type Operator = RiskCondition["op"];

const find = (rules: readonly RiskRule[], kpis: readonly string[] = ["csat", "cost"]) =>
  findRuleFaults(rules, { kpis: new Set(kpis), document: "policy.json" });

const aRuleOn = (metric: string, fields: Partial<RiskRule> = {}) =>
  aRule({ when: { all: [{ metric, op: ">", value: 5 }] }, ...fields });

describe("findRuleFaults", () => {
  it.each([[[]], [["cost"]]])("finds the default rules sound where the KPIs are %j", (kpis) => {
    expect(find(DEFAULT_POLICY.risk.rules, kpis)).toEqual([]);
  });

  it("finds a changed default rule at fault where its KPI is missing", () => {
    const rules = DEFAULT_POLICY.risk.rules.map((rule) =>
      rule.rule_id === "csat" ? { ...rule, severity: "low" as const } : rule,
    );

    expect(find(rules, ["cost"]).map(({ code, record }) => [code, record])).toEqual([
      ["UNKNOWN_KPI", "rule csat"],
    ]);
    expect(find(rules, ["csat"])).toEqual([]);
  });

  it("accepts every metric in the scope it is for", () => {
    const ofKpi = Object.keys(KPI_METRICS).map((part) => `kpi.csat.${part}`);
    const bounded = "task.failed_for_good";
    const tasks = Object.keys(TASK_METRICS).filter((metric) => metric !== bounded);
    const ofTasks = [...tasks, ...Object.keys(RUN_METRICS), ...ofKpi];
    const ofRuns = [...Object.keys(RUN_METRICS), ...ofKpi];
    const rules = [
      ...ofTasks.map((metric, at) => aRuleOn(metric, { rule_id: `task-${at}` })),
      ...ofRuns.map((metric, at) => aRuleOn(metric, { rule_id: `run-${at}`, scope: "run" })),
    ];

    expect(find(rules)).toEqual([]);
  });

  it("finds risk types that supersede themselves, through others as well", () => {
    const rules = [
      aRule({ rule_id: "a", risk_type: "a", supersedes: ["b"] }),
      aRule({ rule_id: "b", risk_type: "b", supersedes: ["a"] }),
      aRule({ rule_id: "c", risk_type: "c", supersedes: ["a"] }),
      aRule({ rule_id: "d", risk_type: "d", supersedes: ["d"] }),
    ];

    expect(find(rules).map(({ code, record }) => [code, record])).toEqual([
      ["CIRCULAR_SUPERSEDES", "rule a"],
      ["CIRCULAR_SUPERSEDES", "rule b"],
      ["CIRCULAR_SUPERSEDES", "rule d"],
    ]);
  });

  it.each([
    "task.speed",
    "run.overrun_pct",
    "kpi.csat.trend",
    "kpi.csat",
    "attempts",
    "constructor",
    "toString",
    "kpi.csat.constructor",
  ])("refuses the unknown metric %s with the list of known ones", (metric) => {
    const [fault, ...more] = find([aRule(), aRuleOn(metric, { rule_id: "mine" })]);

    expect(more).toEqual([]);
    expect(fault).toMatchObject({
      code: "UNKNOWN_METRIC",
      document: "policy.json",
      record: "rule mine",
      field: "risk.rules.1.when.all.0",
    });
    expect(fault?.message).toContain(JSON.stringify(metric));
    for (const known of ["task.overrun_pct", "run.escalations", "kpi.<name>.gap_pct"]) {
      expect(fault?.message).toContain(known);
    }
  });

  it("refuses an unknown KPI with the names of the known ones", () => {
    expect(find([aRuleOn("kpi.speed.value")])[0]).toMatchObject({
      code: "UNKNOWN_KPI",
      found: 'metric "kpi.speed.value"',
      expected: "a KPI that some mission has (cost, csat)",
    });
    expect(find([aRuleOn("kpi.speed.value")], [])[0]?.expected).toBe(
      "a KPI that some mission has (none)",
    );
  });

  it("refuses a metric of tasks in a rule about a run, and none the other way round", () => {
    expect(find([aRuleOn("task.attempts", { scope: "run" })])).toMatchObject([
      {
        code: "METRIC_OUT_OF_SCOPE",
        found: 'metric "task.attempts" in a rule about a run',
        expected: "a metric of the run or of a KPI, or the scope task",
      },
    ]);
    expect(find([aRuleOn("run.attempts")])).toEqual([]);
  });

  it.each([
    ["task.attempts", ">", -1, "always"],
    ["task.attempts", ">", 0, undefined],
    ["task.attempts", ">=", 0, "always"],
    ["task.attempts", ">=", 0.5, undefined],
    ["task.attempts", "<", 0, "never"],
    ["task.attempts", "<", 1, undefined],
    ["task.attempts", "<=", -1, "never"],
    ["task.attempts", "<=", 0, undefined],
    ["task.attempts", "==", -1, "never"],
    ["task.attempts", "==", 0, undefined],
    ["task.attempts", "==", 1.5, "never"],
    ["task.overrun_pct", ">=", -100, "always"],
    ["task.overrun_pct", ">", -100, undefined],
    ["task.overrun_pct", "<", -100, "never"],
    ["task.overrun_pct", "<=", -100, undefined],
    ["task.overrun_pct", "==", 1.5, undefined],
    ["task.overrun_minutes", ">=", -1000, undefined],
    ["task.approval_overdue_minutes", "<", -3, undefined],
    ["run.time_budget_pct", ">=", 0, "always"],
    ["run.duration_minutes", "==", 1.5, undefined],
    ["kpi.csat.value", "<", 0, "never"],
    ["kpi.csat.value", "==", 4.5, undefined],
    ["kpi.csat.gap_pct", "<", -200, undefined],
    ["task.failed_for_good", ">=", 1, undefined],
    ["task.failed_for_good", ">", 1, "never"],
    ["task.failed_for_good", ">=", 2, "never"],
    ["task.failed_for_good", "<=", 1, "always"],
    ["task.failed_for_good", "<", 1, undefined],
    ["task.failed_for_good", "<", 2, "always"],
  ] as const)("judges the threshold %s %s %d: %s", (metric, op, value, verdict) => {
    const found = `${metric} ${op} ${value} ${verdict} holds`;
    const expected = verdict === undefined ? [] : [{ code: "IMPOSSIBLE_THRESHOLD", found }];

    expect(find([thresholdOf(metric, op, value)])).toMatchObject(expected);
  });

  it("says what threshold would be right", () => {
    const expected = (op: Operator, value: number) =>
      find([thresholdOf("task.attempts", op, value)])[0]?.expected;

    expect(expected("<", 0)).toBe("a threshold that some values pass and others do not");
    expect(expected("==", 1.5)).toBe("a whole number");
  });

  it("finds a rule_id that an earlier rule has", () => {
    const rules = [aRule({ rule_id: "a" }), aRule({ rule_id: "b" }), aRule({ rule_id: "a" })];

    expect(find(rules)).toMatchObject([
      { code: "DUPLICATE_RULE", record: "rule a", field: "risk.rules.2.rule_id" },
    ]);
  });

  it("reports every fault at once, with the place of each", () => {
    const conditions = ["task.attempts", "nothing", "kpi.speed.value"].map((metric) => ({
      metric,
      op: ">" as const,
      value: 1,
    }));
    const rules = [aRule(), aRule({ scope: "run", when: { all: conditions } })];

    expect(find(rules).map(({ code, field }) => `${code} ${field}`)).toEqual([
      "DUPLICATE_RULE risk.rules.1.rule_id",
      "METRIC_OUT_OF_SCOPE risk.rules.1.when.all.0",
      "UNKNOWN_METRIC risk.rules.1.when.all.1",
      "UNKNOWN_KPI risk.rules.1.when.all.2",
    ]);
  });
});

function thresholdOf(metric: string, op: Operator, value: number): RiskRule {
  return aRule({ when: { all: [{ metric, op, value }] } });
}
