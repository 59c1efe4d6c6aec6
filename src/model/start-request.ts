/** What starts a run: the graph's input, and the library's. */

import { z } from "zod";

import { budgetSchema } from "./budget.ts";
import { missionInputsSchema } from "./mission-inputs.ts";
import { prioritySchema } from "./mission-runs.ts";
import { newRunIdSchema, figuresSchema, requesterSchema } from "./primitives.ts";

/** What the library and the command line start a run with. */
export const startRequestSchema = z.strictObject({
  mission_id: z.string().describe("The mission to run."),
  requested_by: requesterSchema.optional().describe("Who asks for the run."),
  priority: prioritySchema.optional().describe("Orders approvals across runs. Default `normal`."),
  kpi_observations: figuresSchema.optional().describe("Business figures known at the start."),
  mission_inputs: missionInputsSchema
    .optional()
    .describe("What the run is about: which customer, which claim. Every task's agent gets it."),
  budget: budgetSchema.optional().describe("What the run may use up; the policy may allow less."),
  run_id: newRunIdSchema.optional().describe("The id to give the run; chosen when absent."),
});
export type StartRequest = Readonly<z.infer<typeof startRequestSchema>>;

/**
 * The graph's input. Every key has a default, or LangGraph would keep an earlier run's value; an
 * empty `mission_id` is refused by the first node unless the thread has a run that waits.
 */
export const missionInputSchema = z.object({
  mission_id: z.string().default("").describe("The mission to run, for example M001."),
  requested_by: z.string().default("").describe("Who asks for the run."),
  priority: prioritySchema.default("normal").describe("Orders approvals across runs."),
  kpi_observations: figuresSchema.default({}).describe("Business figures known at the start."),
  mission_inputs: missionInputsSchema
    .default({})
    .describe("What the run is about: which customer, which claim."),
  budget: budgetSchema.default({}).describe("What the run may use up."),
  run_id: z.string().default("").describe("The id to give the run; chosen when empty."),
});
