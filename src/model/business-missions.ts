/** `business_missions.json`: what the business wants to reach. */

import { z } from "zod";

import { type Described, idSchema } from "./primitives.ts";

export const businessMissionSchema = z.looseObject({
  mission_id: idSchema.describe("Names the mission in every other document."),
  mission_name: z.string().min(1).describe("What people call the mission."),
  description: z.string().optional().describe("The outcome in a sentence."),
});
export type BusinessMission = Described<typeof businessMissionSchema>;
