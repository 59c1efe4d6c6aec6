/** `agent_performance_stats.json`: what the log says of each agent, over a rolling window. */

import { z } from "zod";

import { lazily } from "./lazily.ts";
import {
  type Described,
  dateSchema,
  figureSchema,
  idSchema,
  minutesSchema,
  ratioSchema,
} from "./primitives.ts";
import { costSchema } from "./usage.ts";

export const agentStatsSchema = lazily(() =>
  z.looseObject({
    agent_id: idSchema.describe("The agent."),
    avg_task_duration_minutes: minutesSchema.describe(
      "Mean of `actual_duration_minutes`, waiting included, to 0.1. Routing does not use it.",
    ),
    approval_rate: ratioSchema.describe(
      "Decisions that approved ÷ decisions about its work, a retry that was approved among them; 1 when there was none.",
    ),
    escalation_rate: ratioSchema.describe(
      "`escalated_executions` ÷ `executions`. Late approvals do not count against the agent.",
    ),
    last_updated: dateSchema.describe("Date of the last change, UTC."),
    executions: z.int().min(0).optional().describe("Attempts that ran, in the window."),
    work_ratio: figureSchema
      .min(0)
      .optional()
      .describe("Σ work minutes ÷ Σ estimated minutes, over attempts that did not fail."),
    avg_cost: costSchema
      .optional()
      .describe("Mean `cost` of the attempts that say one; routing takes it over `cost_per_task`."),
    escalated_executions: z
      .int()
      .min(0)
      .optional()
      .describe("Attempts whose failure was handed to a person."),
    failed_executions: z
      .int()
      .min(0)
      .optional()
      .describe(
        "Attempts that failed, also those that were tried again or saved by another agent.",
      ),
  }),
);
export type AgentStats = Described<typeof agentStatsSchema>;
