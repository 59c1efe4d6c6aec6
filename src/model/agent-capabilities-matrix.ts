/** `agent_capabilities_matrix.json`: which agents can do which task. */

import { z } from "zod";

import { lazily } from "./lazily.ts";
import { type Described, idSchema } from "./primitives.ts";

export const taskCapabilitySchema = lazily(() =>
  z.looseObject({
    task_id: idSchema.describe("The task."),
    capable_agents: z
      .array(idSchema)
      .describe("Agents able to do it. A hard gate: nobody else may."),
  }),
);
export type TaskCapability = Described<typeof taskCapabilitySchema>;
