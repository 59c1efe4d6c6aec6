/** A call of an agent elsewhere, while it is under way. */

import { z } from "zod";

import { jsonSchema } from "./primitives.ts";

export const agentCallSchema = z.object({
  handle: jsonSchema
    .optional()
    .describe("What the work is found by again; absent until the agent has given one."),
});
export type AgentCall = Readonly<z.infer<typeof agentCallSchema>>;
