/** `business_missions.json`: what the business wants to reach. */

import { z } from "zod";

import { lazily } from "./lazily.ts";
import { type Described, idSchema, jsonSchema, minutesSchema, personSchema } from "./primitives.ts";

export const businessMissionSchema = lazily(() =>
  z.looseObject({
    mission_id: idSchema.describe("Names the mission in every other document."),
    mission_name: z.string().min(1).describe("What people call the mission."),
    description: z.string().optional().describe("The outcome in a sentence."),
    owner: personSchema
      .optional()
      .describe("Who answers for the mission; named in what to do next."),
    time_budget_minutes: minutesSchema
      .positive()
      .optional()
      .describe("How long a run may take. Default: the shortest time among its KPI targets."),
    drafted: z
      .looseObject({
        goal: z.string().describe("The sentence that it was drafted from."),
        approved_by: personSchema.describe("Who agreed to the draft."),
      })
      .optional()
      .describe("Where a language model drafted it."),
    input_schema: z
      .record(z.string(), jsonSchema)
      .optional()
      .describe(
        "What a run has to be told: a JSON Schema (2020-12) that its `mission_inputs` must pass. Default: anything, or nothing.",
      ),
  }),
);
export type BusinessMission = Described<typeof businessMissionSchema>;
