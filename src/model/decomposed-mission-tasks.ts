/** `decomposed_mission_tasks.json`: the plan of each mission, a directed acyclic graph of tasks. */

import { z } from "zod";

import { lazily } from "./lazily.ts";
import { type Described, estimateSchema, idSchema } from "./primitives.ts";
import { taskConditionSchema } from "./task-condition.ts";

export const planTaskSchema = lazily(() =>
  z.looseObject({
    task_id: idSchema.describe("Names the task; unique within its mission."),
    task: z.string().min(1).describe("What is to be done, in words."),
    order: z.number().int().describe("Position in the plan. A task comes after all it depends on."),
    depends_on: z
      .array(idSchema)
      .describe("Tasks of the same mission that must be completed first."),
    estimated_duration_minutes: estimateSchema.describe(
      "Planned agent work, in minutes, waiting for people not included.",
    ),
    requires_human_approval: z.boolean().describe("True: a person decides before it counts."),
    approval_stage: z
      .enum(["before", "after"])
      .optional()
      .describe(
        "When the person decides: `before` the agent works (default), or `after`, on its output.",
      ),
    allow_edit: z
      .boolean()
      .optional()
      .describe("False: a person may approve or reject, but not edit. Default true."),
    output_labels: z
      .record(z.string(), z.string().trim().min(1).max(100))
      .optional()
      .describe(
        "What people call the values of its output, by path (`refund.amount`; `output` where it is a single value): so they are named at the gate, and so they are edited. A label that two values would share names neither.",
      ),
    only_if: taskConditionSchema
      .optional()
      .describe(
        "When the task is needed. Where it does not hold, the task is `not_needed`: nobody is asked, and what depends on it goes on without its output.",
      ),
  }),
);
export type PlanTask = Described<typeof planTaskSchema>;

export const missionPlanSchema = lazily(() =>
  z.looseObject({
    mission_id: idSchema.describe("The mission this plan is for."),
    tasks: z.array(planTaskSchema).describe("The tasks of the plan."),
  }),
);
export type MissionPlan = Described<typeof missionPlanSchema>;
