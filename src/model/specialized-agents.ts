/** `specialized_agents.json`: the agents that exist. */

import { z } from "zod";

import { lazily } from "./lazily.ts";
import { type Described, figureSchema, idSchema, minutesSchema } from "./primitives.ts";
import { runtimeSettingsSchema } from "./runtime-settings.ts";
import { costSchema } from "./usage.ts";

export const specializedAgentSchema = lazily(() =>
  z.looseObject({
    agent_id: idSchema.describe("Names the agent in every other document."),
    name: z.string().min(1).describe("What people call the agent."),
    description: z.string().optional().describe("What the agent does."),
    status: z
      .enum(["available", "unavailable"])
      .optional()
      .describe("An unavailable agent gets no task. Default `available`."),
    runtime: z
      .union([z.string().min(1), runtimeSettingsSchema])
      .optional()
      .describe(
        "What carries out its tasks: how it is reached, by `kind`; `simulated`; or the name of a function that a program hands in.",
      ),
    max_concurrency: z
      .int()
      .min(1)
      .max(10_000)
      .optional()
      .describe(
        "Calls of it that are under way at once, of all runs and processes; further ones wait. Not of simulated agents.",
      ),
    at_most: z
      .strictObject({
        cost: costSchema.optional().describe("Money, in the currency of `cost_per_task`."),
        tokens: z.int().min(0).max(1e12).optional().describe("Tokens read and written."),
        minutes: minutesSchema.optional().describe("Minutes of work."),
      })
      .optional()
      .describe(
        "What one attempt uses up at most: so much is reserved of budgets before it begins.",
      ),
    cost_per_task: figureSchema
      .min(0)
      .optional()
      .describe(
        "What one task costs, in any one currency. Counts when `weights.cost` is set, and for budgets where nothing else is known.",
      ),
  }),
);
export type SpecializedAgent = Described<typeof specializedAgentSchema>;
