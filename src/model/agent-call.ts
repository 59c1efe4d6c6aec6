/** An attempt that is under way: what outlives the process that made it. */

import { z } from "zod";

import { lostSchema, reservedSchema } from "./budget.ts";
import { lazily } from "./lazily.ts";
import { idSchema, instantSchema, jsonSchema, minutesSchema } from "./primitives.ts";
import { usageSchema } from "./usage.ts";

export const agentCallSchema = lazily(() =>
  z.object({
    agent_id: idSchema.optional().describe("The agent that was called."),
    called_at: instantSchema
      .optional()
      .describe("Clock: when it was called, or last went on; absent while it waits for people."),
    look_again_at: instantSchema
      .optional()
      .describe("With `handle`: the agent said that it is not to be called again before."),
    handle: jsonSchema
      .optional()
      .describe("What the work is found by again; absent until the agent has given one."),
    continuation: jsonSchema
      .optional()
      .describe("What it goes on from, once all it asked is decided."),
    asked: z
      .array(z.string())
      .optional()
      .describe("With `continuation`: the approvals that it waits for, by id."),
    reserved: reservedSchema.optional().describe("What was reserved of budgets."),
    lost: lostSchema
      .optional()
      .describe("Reserved by earlier calls of the attempt that nobody knows the end of."),
    is_again: z
      .literal(true)
      .optional()
      .describe("The agent was told more than once, with the same key: a process had died."),
    is_over: z.literal(true).optional().describe("The attempt has its row; only `lost` is left."),
    worked_minutes: minutesSchema.optional().describe("Measured work before it asked."),
    usage: usageSchema.optional().describe("Used up before it asked."),
  }),
);
export type AgentCall = Readonly<z.infer<typeof agentCallSchema>>;
