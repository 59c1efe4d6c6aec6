import { z } from "zod";

import { budgetSchema } from "../../model/budget.ts";
import { defined } from "../../model/defined.ts";
import { missionInputsSchema } from "../../model/mission-inputs.ts";
import { prioritySchema } from "../../model/mission-runs.ts";
import { idSchema, requesterSchema } from "../../model/primitives.ts";
import { beginRun } from "../begin-run.ts";
import type { CallersWorld } from "../callers-world.ts";
import { describeRun, standingSchema } from "../standing.ts";
import { type MissionTool, defineTool } from "./mission-tool.ts";

export function runMission(world: CallersWorld): MissionTool {
  const missions = world.control
    .reference()
    .missions.map(({ mission_id, mission_name }) => `${mission_id} (${mission_name})`);
  return defineTool({
    name: "run_mission",
    title: "Run a mission",
    description: `Starts a business mission and returns at once. It stops where a person must decide; you cannot decide for them. Use get_run to wait. Missions: ${missions.join(", ") || "none yet"}.`,
    inputSchema: z.strictObject({
      mission_id: idSchema,
      mission_inputs: missionInputsSchema
        .optional()
        .describe("What the run is about: which customer, which case."),
      priority: prioritySchema.optional(),
      budget: budgetSchema
        .optional()
        .describe("What the run may use up; the policy may allow less."),
      requested_by: requesterSchema.optional().describe("Who asked you for it."),
      idempotency_key: z
        .string()
        .min(1)
        .max(200)
        .optional()
        .describe(
          "The same key starts one run only, however often you call; with other inputs it is refused.",
        ),
    }),
    outputSchema: standingSchema,
    isReading: false,
    async run({ idempotency_key: key, ...request }) {
      const run_id = key === undefined ? undefined : `RUN_KEY_${world.hash(key).slice(0, 24)}`;
      const started = { ...defined(request), ...defined({ run_id }) };
      return describeRun(await beginRun(started, world), world);
    },
  });
}
