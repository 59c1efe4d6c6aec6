/** Risk rules (§6 E) as data, and those that hold when nothing else is said. */

import { z } from "zod";

import { lazily } from "./lazily.ts";
import { severitySchema } from "./mission-risk-events.ts";
import { idSchema } from "./primitives.ts";

export const OPERATORS = [">", ">=", "<", "<=", "=="] as const;

const conditionSchema = lazily(() =>
  z.strictObject({
    metric: z.string().describe("A metric of docs/figures.md, for example `task.overrun_pct`."),
    op: z.enum(OPERATORS).describe("How the metric compares to the value."),
    value: z.number().describe("The threshold, in the metric's unit."),
  }),
);
export type RiskCondition = Readonly<z.infer<typeof conditionSchema>>;

export const riskRuleSchema = lazily(() =>
  z.strictObject({
    rule_id: idSchema.describe("Names the rule; unique."),
    risk_type: z
      .string()
      .regex(/^[a-z][a-z0-9_]{0,79}$/, { error: "lower-case words joined by _" })
      .describe("The kind of event that it raises."),
    scope: z
      .enum(["task", "run"])
      .describe(
        "`task`: once for each task. `run`: once, naming the task with the longest approval delay, else the longest duration.",
      ),
    missions: z.array(idSchema).min(1).optional().describe("Only these missions. Default: all."),
    severity: severitySchema.describe("Severity of the event."),
    when: z
      .strictObject({ all: z.array(conditionSchema).min(1).describe("Every one must hold.") })
      .describe("All must hold. A condition on a metric that has no value does not hold."),
    supersedes: z
      .array(z.string())
      .optional()
      .describe(
        "Risk types that this one stands for, in the same run and task: one cause, one event.",
      ),
    description: z.string().min(1).describe("The first sentence of the event's description."),
  }),
);
export type RiskRule = Readonly<z.infer<typeof riskRuleSchema>>;

/** The rules of §6 E. */
export const DEFAULT_RISK_RULES: readonly RiskRule[] = [
  {
    rule_id: "task-overrun",
    risk_type: "task_overrun",
    scope: "task",
    severity: "low",
    when: {
      all: [
        { metric: "task.overrun_pct", op: ">=", value: 40 },
        { metric: "task.overrun_minutes", op: ">=", value: 3 },
      ],
    },
    description: "The task took longer than estimated.",
  },
  {
    rule_id: "approval-delay",
    risk_type: "approval_delay",
    scope: "task",
    severity: "high",
    when: { all: [{ metric: "task.approval_overdue_minutes", op: ">=", value: 0 }] },
    supersedes: ["task_overrun"],
    description: "The approval was decided late, or is overdue.",
  },
  {
    rule_id: "sla-breach",
    risk_type: "sla_breach_risk",
    scope: "task",
    severity: "medium",
    when: {
      all: [
        { metric: "task.overrun_pct", op: ">=", value: 40 },
        { metric: "task.overrun_minutes", op: ">=", value: 5 },
        { metric: "task.approval_overdue_minutes", op: ">=", value: 0 },
      ],
    },
    supersedes: ["task_overrun", "approval_delay"],
    description: "The task exceeded its estimate and its review took long.",
  },
  {
    rule_id: "repeated-rework",
    risk_type: "repeated_rework",
    scope: "task",
    severity: "medium",
    when: { all: [{ metric: "task.rejections", op: ">=", value: 2 }] },
    description: "The task was sent back more than once.",
  },
  {
    rule_id: "task-failure",
    risk_type: "task_failure",
    scope: "task",
    severity: "high",
    when: { all: [{ metric: "task.failed_for_good", op: ">=", value: 1 }] },
    supersedes: ["repeated_rework"],
    description: "The task failed for good; what depends on it is blocked.",
  },
  {
    rule_id: "many-failures",
    risk_type: "too_many_failures",
    scope: "run",
    severity: "medium",
    when: { all: [{ metric: "run.failures", op: ">=", value: 3 }] },
    description: "Agents failed often in one run.",
  },
  {
    rule_id: "many-escalations",
    risk_type: "too_many_escalations",
    scope: "run",
    severity: "medium",
    when: { all: [{ metric: "run.escalations", op: ">=", value: 2 }] },
    description: "People had to step in often in one run.",
  },
  {
    rule_id: "time-budget",
    risk_type: "time_budget_exceeded",
    scope: "run",
    severity: "high",
    when: { all: [{ metric: "run.time_budget_pct", op: ">", value: 100 }] },
    description: "The run took longer than the mission's KPI targets allow.",
  },
  {
    rule_id: "csat",
    risk_type: "csat_risk",
    scope: "run",
    severity: "high",
    when: { all: [{ metric: "kpi.csat.gap_pct", op: "<", value: 0 }] },
    supersedes: ["approval_delay", "task_overrun"],
    description: "Customer satisfaction is below its threshold.",
  },
  {
    rule_id: "resolution-time",
    risk_type: "resolution_time_breach",
    scope: "run",
    severity: "medium",
    when: { all: [{ metric: "kpi.resolution_time_hours.gap_pct", op: ">", value: 0 }] },
    description: "The resolution took longer than its target.",
  },
];
