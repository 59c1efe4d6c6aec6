/** What runs may use up, and what an attempt may use up at most. */

import { z } from "zod";

import { lazily } from "./lazily.ts";
import { type Described, minutesSchema } from "./primitives.ts";
import { costSchema } from "./usage.ts";

const amounts = {
  max_cost: costSchema.optional().describe("Money, in the currency of `cost_per_task`."),
  max_tokens: z.int().min(0).max(1e15).optional().describe("Tokens read and written by models."),
  max_agent_minutes: minutesSchema.optional().describe("Minutes of agents' work."),
  max_attempts: z.int().min(0).max(1e9).optional().describe("Calls of agents."),
};

export const budgetSchema = lazily(() => z.strictObject(amounts));
export type Budget = Described<typeof budgetSchema>;

export const MEASURES = ["cost", "tokens", "agent_minutes", "attempts"] as const;
export type Measure = (typeof MEASURES)[number];

/** What was, or may be, used up. */
export type Amounts = Readonly<Record<Measure, number>>;

export const SCOPES = ["run", "mission", "month"] as const;
export type Scope = (typeof SCOPES)[number];

/** What calls had reserved whose process died: used up, as far as anybody can say. */
export const lostSchema = lazily(() =>
  z.object({
    cost: costSchema.describe("Money."),
    tokens: z.int().min(0).describe("Tokens."),
    agent_minutes: z.number().min(0).describe("Minutes of work."),
    attempts: z.int().min(1).describe("Calls."),
  }),
);

export type Lost = Readonly<z.infer<typeof lostSchema>>;

/** What an attempt was let begin with: at most so much, as far as anybody can say. */
export const reservedSchema = lazily(() =>
  z.object({
    cost: costSchema.describe("Money."),
    tokens: z.int().min(0).describe("Tokens."),
    agent_minutes: minutesSchema.describe("Minutes of work."),
    attempts: z.literal(1).describe("Always one."),
  }),
);
export type Reserved = Readonly<z.infer<typeof reservedSchema>>;
