/** `task_execution_logs.json`: one row per attempt at a task. */

import { z } from "zod";

import { reservedSchema } from "./budget.ts";
import { approvalStageSchema, decisionSourceSchema, decisionTypeSchema } from "./decision.ts";
import { lazily } from "./lazily.ts";
import { runtimeKindSchema } from "./pinned-runtime.ts";
import {
  type Described,
  figuresSchema,
  idSchema,
  instantSchema,
  jsonSchema,
  minutesSchema,
  personSchema,
  reasonSchema,
} from "./primitives.ts";
import { costSchema, tokensUsedSchema } from "./usage.ts";

export const outcomeSchema = z.enum([
  "completed",
  "approved",
  "rejected",
  "failed",
  "skipped",
  "not_needed",
]);
export type Outcome = z.infer<typeof outcomeSchema>;

/** True when the agent named in the row was asked for something: nobody skipped the task, and it was needed. */
export function isAttempt({ outcome }: { readonly outcome: Outcome }): boolean {
  return outcome !== "skipped" && outcome !== "not_needed";
}

export const escalationSchema = z.enum(["overdue", "failure"]);

const propensitySchema = z.number().min(0).max(1);

/** One candidate of a routing decision, with the terms its score is made of. */
export const routeCandidateSchema = lazily(() =>
  z.looseObject({
    agent_id: idSchema.describe("The candidate."),
    score: z
      .number()
      .describe(
        "Σ weight × term; the highest is chosen (but for a trial), ties by fewer executions, then by agent id.",
      ),
    n: z.int().min(0).describe("Executions the evidence rests on."),
    work_ratio: z.number().min(0).describe("Σ work ÷ Σ estimate, drawn to the prior."),
    escalation_rate: z
      .number()
      .min(0)
      .describe(
        "Share of executions that failed or were escalated, drawn to that of all candidates.",
      ),
    terms: figuresSchema.describe("Each term in [0, 1], before its weight: more is better."),
    propensity: propensitySchema
      .optional()
      .describe("The chance that it had of the first attempt, where it was drawn."),
  }),
);
export type RouteCandidate = Described<typeof routeCandidateSchema>;

/** An output too large for a row: where it is kept, and how to know that it is the same. */
export const outputRefSchema = lazily(() =>
  z.looseObject({
    file: z.string().describe("Name of the file in the workspace's `outputs` folder."),
    sha256: z.string().describe("SHA-256 of its canonical JSON."),
    bytes: z.int().min(0).describe("Its size."),
  }),
);
export type OutputRef = Described<typeof outputRefSchema>;

/** What a person decided about the failure of an attempt; a decision about the attempt itself stands in its row. */
export const failureDecisionSchema = lazily(() =>
  z.looseObject({
    approval_request_time: instantSchema.describe("Clock: when a person was asked."),
    decided_at: instantSchema.describe("Clock: when the person decided."),
    decided_by: personSchema.describe("Who decided."),
    decision: decisionTypeSchema.describe("`approve` and `edit`: try again; `reject`, `skip`."),
    delay_minutes: minutesSchema.describe(
      "Minutes between the two, part of `human_delay_minutes`.",
    ),
    reason: reasonSchema.optional().describe("Why, in the person's words."),
    source: decisionSourceSchema.optional().describe("The way the decision came in."),
  }),
);
export type FailureDecision = Described<typeof failureDecisionSchema>;

/** What a person decided within an attempt: about what the agent itself asked, and about its budget. */
export const furtherDecisionSchema = lazily(() =>
  z.looseObject({
    approval_id: z.string().describe("The request."),
    stage: approvalStageSchema.describe("`agent` or `budget`."),
    title: z.string().describe("What was asked: of an agent, in its words."),
    approval_request_time: instantSchema.describe("Clock: when it was asked."),
    decided_at: instantSchema.describe("Clock: when the person decided."),
    decided_by: personSchema.describe("Who decided."),
    decision: decisionTypeSchema.describe("`approve`, `edit`, `reject` or `answer`."),
    delay_minutes: minutesSchema.describe(
      "Minutes of `human_delay_minutes` that are this one's: of several asked at once, each has what it added.",
    ),
    reason: reasonSchema.optional().describe("Why, in the person's words."),
    source: decisionSourceSchema.optional().describe("The way the decision came in."),
  }),
);
export type FurtherDecision = Described<typeof furtherDecisionSchema>;

/** That a person had a task tried again which had failed, after the run had ended. */
export const reopeningSchema = lazily(() =>
  z.looseObject({
    at: instantSchema.describe("Clock: when the run was opened again."),
    by: personSchema.describe("Who wanted it."),
    reason: reasonSchema.optional().describe("Why, in the person's words."),
    source: decisionSourceSchema.optional().describe("The way it came in."),
  }),
);

export const taskLogSchema = lazily(() =>
  z.looseObject({
    run_id: idSchema.describe("The run."),
    mission_id: idSchema.describe("The mission of the run."),
    task_id: idSchema.describe("The task."),
    agent_id: idSchema.describe("The agent that worked, or was to work when a person refused it."),
    actual_duration_minutes: minutesSchema.describe("Work and waiting together, in minutes."),
    human_approval_required: z.boolean().describe("True when a person had to decide."),
    human_delay_minutes: minutesSchema.describe(
      "`decided_at` − `approval_request_time` in minutes. Work minutes = `actual_duration_minutes` − this.",
    ),
    outcome: outcomeSchema.describe(
      "`completed`, `approved`, `rejected` (at stage `before` no work was done), `failed`, `skipped` by a person, or `not_needed` by the plan's `only_if`; the last two count in no rate.",
    ),
    attempt: z.int().min(1).optional().describe("1 for the first try at the task; absent means 1."),
    started_at: instantSchema.optional().describe("Timeline: when the attempt was ready to start."),
    ended_at: instantSchema.optional().describe("Timeline: start + human delay + work."),
    approval_request_time: instantSchema.optional().describe("Clock: when a person was asked."),
    decided_at: instantSchema.optional().describe("Clock: when the person decided."),
    decided_by: personSchema.optional().describe("Who decided."),
    decision: decisionTypeSchema.optional().describe("What was decided."),
    stage: approvalStageSchema.optional().describe("What the decision was about."),
    reason: reasonSchema.optional().describe("Why, in the person's words; why it was not needed."),
    source: decisionSourceSchema.optional().describe("The way the decision came in."),
    escalation: escalationSchema
      .optional()
      .describe("`overdue`: decided at or after `due_minutes`; `failure`: handed to a person."),
    runtime: runtimeKindSchema
      .optional()
      .describe(
        "What did the work: `simulated`, or a `function` of a program; absent when nobody worked.",
      ),
    error: z.string().optional().describe("Why the attempt failed, or was never begun."),
    failure_decision: failureDecisionSchema
      .optional()
      .describe("What a person decided about the failure, where it was handed to one."),
    further_decisions: z
      .array(furtherDecisionSchema)
      .optional()
      .describe("What people decided within the attempt: what the agent asked, and its budget."),
    reserved: reservedSchema
      .optional()
      .describe(
        "What was reserved of budgets: it counts where the attempt does not say what it used up.",
      ),
    over_budget: z
      .literal(true)
      .optional()
      .describe("It did not begin: it could have passed a limit of a budget."),
    retryable: z
      .literal(false)
      .optional()
      .describe("The agent said that it would only fail again: it is not tried again."),
    reopened: reopeningSchema
      .optional()
      .describe(
        "The task had failed for good, and a person had it tried again: attempts up to here count no longer for who is next.",
      ),
    output: jsonSchema.optional().describe("What the agent returned."),
    output_ref: outputRefSchema.optional().describe("Where an output over 16 KB is kept."),
    kpi_observations: figuresSchema
      .optional()
      .describe("Business figures that the agent measured."),
    warnings: z
      .array(z.string())
      .optional()
      .describe("What of the agent's answer counts for nothing, and why."),
    usage: tokensUsedSchema.optional().describe("Tokens that the attempt used up."),
    cost: costSchema
      .optional()
      .describe(
        "What the attempt cost, in the currency of `cost_per_task`; absent where nobody says.",
      ),
    propensity: propensitySchema
      .optional()
      .describe(
        "The chance that this agent had of this attempt, given all before it: 1 where routing leaves nothing to chance.",
      ),
    route: z.array(routeCandidateSchema).optional().describe("Candidates, best first, with terms."),
  }),
);
export type TaskLog = Described<typeof taskLogSchema>;
