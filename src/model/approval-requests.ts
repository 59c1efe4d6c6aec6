/** `approval_requests.json`: what people were asked, and what they said. */

import { z } from "zod";

import { agentRequestSchema } from "./agent-reply.ts";
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
  scalarSchema,
} from "./primitives.ts";
import { outputRefSchema } from "./task-execution-logs.ts";
import { usageSchema } from "./usage.ts";

export const approvalRequestSchema = lazily(() =>
  z.looseObject({
    approval_id: z
      .string()
      .regex(/^APR-[A-Za-z0-9_.-]{1,180}$/)
      .describe(
        "`APR-<run>-<task>-<attempt>`, with `-output`, `-failure`, `-ask-<n>` or `-budget-<n>` for the later stages.",
      ),
    run_id: idSchema.describe("The run that waits."),
    mission_id: idSchema.describe("The mission of the run."),
    task_id: idSchema.describe("The task."),
    task: z.string().describe("What is to be done, in words."),
    agent_id: idSchema.describe("The agent that would work, or has worked."),
    attempt: z.int().min(1).describe("The attempt this is about."),
    stage: approvalStageSchema.describe(
      "`before` the work, `after` it (on the output), `failure` (the agents could not do it), `agent` (the agent asks, in the middle of its work) or `budget` (the attempt could pass a limit).",
    ),
    approval_request_time: instantSchema.describe("Clock: when the request was made."),
    due_at: instantSchema.describe("From this moment on the request is overdue."),
    content_hash: z
      .string()
      .describe(
        "SHA-256 of the canonical JSON of {task_id, agent_id, stage, inputs, output or what the agent asks} and of the run's `mission_inputs`, where it has any.",
      ),
    allowed: z.array(decisionTypeSchema).describe("The decisions that are accepted."),
    args: z.record(z.string(), scalarSchema).describe("What is asked, flat: the values to edit."),
    blocked_minutes: minutesSchema.describe(
      "Planned minutes of this task and of all that cannot start before it.",
    ),
    about: z.string().optional().describe("What the run is about: its inputs, in a line."),
    last_chance: z
      .literal(true)
      .optional()
      .describe("Rejecting ends the task: no agent is left to try it."),
    feedback: z.string().optional().describe("Why an earlier attempt was refused or failed."),
    question: agentRequestSchema
      .unwrap()
      .omit({ allowed: true })
      .optional()
      .describe("Stage `agent`: what the agent asks, as it said it."),
    status: z.enum(["pending", "decided", "void"]).describe("`void`: no longer asked."),
    decision: decisionTypeSchema.optional().describe("What was decided."),
    decided_at: instantSchema.optional().describe("Clock: when it was decided."),
    decided_by: personSchema.optional().describe("Who decided; `unknown` when nobody said."),
    reason: reasonSchema.optional().describe("Why, in the person's words."),
    edits: z.record(z.string(), scalarSchema).optional().describe("The changed values."),
    value: jsonSchema.optional().describe("Stage `agent`: what the agent was answered."),
    source: decisionSourceSchema.optional().describe("The way the decision came in."),
    decision_number: z.int().min(1).optional().describe("Place in the run's chain of decisions."),
    decision_hash: z
      .string()
      .optional()
      .describe(
        "SHA-256 of the canonical JSON of the decision and of the `decision_hash` before it in the run.",
      ),
    started_at: instantSchema.optional().describe("Stage `after`: start of the work, timeline."),
    work_minutes: minutesSchema.optional().describe("Stage `after`: minutes the agent worked."),
    runtime: runtimeKindSchema.optional().describe("Stage `after`: what did the work."),
    usage: usageSchema.optional().describe("Stage `after`: what the work used up."),
    reserved: reservedSchema
      .optional()
      .describe("Stage `after`: what was reserved of budgets for the work."),
    output: jsonSchema.optional().describe("Stage `after`: the output to be judged."),
    output_ref: outputRefSchema.optional().describe("Stage `after`: where a large output is kept."),
    kpi_observations: figuresSchema
      .optional()
      .describe("Stage `after`: figures the agent measured."),
    warnings: z
      .array(z.string())
      .optional()
      .describe("Stage `after`: what of them counts for nothing."),
  }),
);
export type ApprovalRequest = Described<typeof approvalRequestSchema>;
