import { describe, expect, it } from "vitest";

import { evaluateKpi } from "../../src/kpi/evaluate-kpis.ts";
import type { RiskBasis } from "../../src/kpi/run-figures.ts";
import { parseKpiMetric } from "../../src/risk/metric.ts";
import { KPI_METRICS, RUN_METRICS } from "../../src/risk/run-metrics.ts";
import { TASK_METRICS, type TaskSubject } from "../../src/risk/task-metrics.ts";
import { afterNoon } from "../kpi/histories.ts";
import { aRequest, aRow, aRun, aTask } from "../support/builders.ts";
import { someFacts } from "./facts.ts";

const ofTask = (
  metric: string,
  fields: Partial<TaskSubject> = {},
  facts: Partial<RiskBasis> = {},
) =>
  TASK_METRICS[metric]?.of({
    plan: aTask({ estimated_duration_minutes: 8 }),
    rows: [],
    requests: [],
    facts: someFacts(facts),
    ...fields,
  });

const ofRun = (metric: string, facts: Partial<RiskBasis> = {}) =>
  RUN_METRICS[metric]?.of(someFacts(facts));

/** Two attempts: 4 minutes of waiting and 6 of work, then 1 of waiting and 5 of work. */
const twice = [
  aRow({ actual_duration_minutes: 10, human_delay_minutes: 4, outcome: "rejected" }),
  aRow({ actual_duration_minutes: 6, human_delay_minutes: 1, outcome: "failed", attempt: 2 }),
];

describe("TASK_METRICS", () => {
  it.each([
    ["task.overrun_minutes", 8],
    ["task.overrun_pct", 100],
    ["task.work_overrun_minutes", 3],
    ["task.work_overrun_pct", 37.5],
    ["task.approval_delay_minutes", 4],
    ["task.approval_delay_pct", 50],
    ["task.approval_overdue_minutes", -1],
    ["task.attempts", 2],
    ["task.rejections", 1],
    ["task.failures", 1],
    ["task.failed_for_good", 0],
    ["task.blocked_tasks", 0],
  ])("measures %s over all attempts as %d", (metric, value) => {
    expect(ofTask(metric, { rows: twice })).toBe(value);
  });

  it("goes below 0 for a task that took less than estimated", () => {
    const rows = [aRow({ actual_duration_minutes: 6 })];

    expect(ofTask("task.overrun_minutes", { rows })).toBe(-2);
    expect(ofTask("task.work_overrun_pct", { rows })).toBe(-25);
  });

  it.each([
    "task.overrun_minutes",
    "task.overrun_pct",
    "task.work_overrun_minutes",
    "task.work_overrun_pct",
    "task.approval_delay_minutes",
    "task.approval_delay_pct",
    "task.approval_overdue_minutes",
  ])("has no %s before anything was done or asked", (metric) => {
    expect(ofTask(metric)).toBeUndefined();
  });

  it.each(["task.attempts", "task.rejections", "task.failures", "task.failed_for_good"])(
    "counts 0 for %s before anything was done",
    (metric) => {
      expect(ofTask(metric)).toBe(0);
    },
  );

  it("takes a wait that still lasts, when it is the longest", () => {
    const waitingSince = (minutes: number) => ({
      rows: twice,
      requests: [aRequest({ approval_request_time: afterNoon(minutes) })],
    });

    expect(ofTask("task.approval_delay_minutes", waitingSince(48))).toBe(12);
    expect(ofTask("task.approval_overdue_minutes", waitingSince(48))).toBe(7);
    expect(ofTask("task.approval_delay_minutes", waitingSince(57))).toBe(4);
    expect(ofTask("task.approval_delay_minutes", { ...waitingSince(61), rows: [] })).toBe(0);
  });

  it("has a delay of 0 where a person decided at once, none where nobody was asked", () => {
    const atOnce = [aRow({ human_approval_required: true })];

    expect(ofTask("task.approval_delay_minutes", { rows: atOnce })).toBe(0);
    expect(ofTask("task.approval_delay_minutes", { rows: [aRow()] })).toBeUndefined();
  });

  it.each([
    ["failed", 1],
    ["blocked", 0],
    ["running", 0],
    [undefined, 0],
  ] as const)("calls a task that is %s failed for good: %d", (status, value) => {
    const statuses = status === undefined ? {} : { T1: status };

    expect(ofTask("task.failed_for_good", {}, { statuses })).toBe(value);
  });

  it("shows no error of binary fractions", () => {
    const rows = [aRow({ actual_duration_minutes: 8.1 }), aRow({ actual_duration_minutes: 0.2 })];

    expect(ofTask("task.overrun_minutes", { rows })).toBe(0.3);
    expect(ofTask("task.overrun_pct", { rows })).toBe(3.75);
  });
});

describe("RUN_METRICS", () => {
  const rows = [
    ...twice,
    aRow({ outcome: "rejected", stage: "after", escalation: "overdue" }),
    aRow({ outcome: "failed", escalation: "failure" }),
    aRow({ outcome: "skipped" }),
    aRow({ outcome: "approved" }),
  ];

  it.each([
    ["run.human_delay_minutes", 5],
    ["run.attempts", 4],
    ["run.rejections", 2],
    ["run.failures", 2],
    ["run.failed_tasks", 3],
    ["run.escalations", 2],
    ["run.duration_minutes", 73.5],
  ])("measures %s as %d", (metric, value) => {
    const run = aRun({ total_duration_minutes: 73.5 });
    const statuses = { T1: "failed", T2: "failed", T3: "failed", T4: "blocked" } as const;

    expect(ofRun(metric, { rows, run, statuses })).toBe(value);
  });

  it("tells by the delay whether an approval from before escalations were recorded was late", () => {
    const old = (human_delay_minutes: number) =>
      aRow({ attempt: undefined, human_approval_required: true, human_delay_minutes });

    expect(ofRun("run.escalations", { rows: [old(4.99)] })).toBe(0);
    expect(ofRun("run.escalations", { rows: [old(5)] })).toBe(1);
  });

  it("takes the time budget in percent, and nothing without one", () => {
    const run = aRun({ total_duration_minutes: 50 });

    expect(ofRun("run.time_budget_pct", { run, budgetMinutes: 40 })).toBe(125);
    expect(ofRun("run.time_budget_pct", { run, budgetMinutes: 60 })).toBe(83.33);
    expect(ofRun("run.time_budget_pct", { run })).toBeUndefined();
  });
});

describe("KPI_METRICS", () => {
  const less = {
    kpi: "days",
    label: "days",
    unit: "",
    baseline: 5,
    target: 2,
    direction: "lower",
  } as const;

  it.each([
    ["value", 2.5],
    ["gap_pct", 25],
    ["improvement_pct", 50],
    ["attainment_pct", 83.33],
  ])("takes %s of a KPI as %d", (part, value) => {
    expect(KPI_METRICS[part]?.of(evaluateKpi(less, 2.5))).toBe(value);
  });

  it.each(["value", "gap_pct", "improvement_pct", "attainment_pct"])(
    "has no %s of what was not measured",
    (part) => {
      expect(KPI_METRICS[part]?.of(evaluateKpi(less, undefined))).toBeUndefined();
    },
  );

  it("has a value of 0", () => {
    expect(KPI_METRICS["value"]?.of(evaluateKpi(less, 0))).toBe(0);
  });

  it("has no gap in percent of a target of 0, and takes the size of one below", () => {
    expect(KPI_METRICS["gap_pct"]?.of(evaluateKpi({ ...less, target: 0 }, 1))).toBeUndefined();
    expect(KPI_METRICS["gap_pct"]?.of(evaluateKpi({ ...less, target: -4 }, -3))).toBe(25);
  });
});

describe("parseKpiMetric", () => {
  it.each([
    ["kpi.csat.gap_pct", { kpi: "csat", part: "gap_pct" }],
    ["kpi.v1.2.value", { kpi: "v1.2", part: "value" }],
    ["kpi.csat", undefined],
    ["kpi..value", undefined],
    ["my.kpi.csat.value", undefined],
    ["task.attempts", undefined],
  ])("reads %s", (name, parsed) => {
    expect(parseKpiMetric(name)).toEqual(parsed);
  });
});
