/** What a person may say at the gate. */

import { z } from "zod";

import { lazily } from "./lazily.ts";
import {
  type Described,
  type Json,
  type Scalar,
  jsonSchema,
  personSchema,
  reasonSchema,
  scalarSchema,
} from "./primitives.ts";

export const decisionTypeSchema = z.enum(["approve", "reject", "edit", "skip", "answer"]);
export type DecisionType = z.infer<typeof decisionTypeSchema>;

export const approvalStageSchema = z.enum(["before", "after", "failure", "agent", "budget"]);
export type ApprovalStage = z.infer<typeof approvalStageSchema>;

export const decisionSourceSchema = z.enum([
  "studio",
  "inbox",
  "cli",
  "approve_all",
  "library",
  "mcp",
]);
export type DecisionSource = z.infer<typeof decisionSourceSchema>;

export const decisionSchema = lazily(() =>
  z.strictObject({
    type: decisionTypeSchema.describe(
      "`approve` (stage `failure`: try again; `budget`: let it, this once), `reject`, `edit` (approve with changes), `skip` (stages `failure` and `budget`: go on without), `answer` (stage `agent`: to a question of the agent's own).",
    ),
    decided_by: personSchema.optional().describe("Who decides; `unknown` when absent."),
    reason: reasonSchema.optional().describe("Why. After a `reject` the next agent is told."),
    edits: z
      .record(z.string(), scalarSchema)
      .optional()
      .describe("With `edit`: new values for some of the `args` that were asked."),
    value: jsonSchema.optional().describe("With `answer`: what the agent is told, any JSON."),
    content_hash: z
      .string()
      .optional()
      .describe("The hash of what the decider saw. Refused when it no longer fits."),
  }),
);
export type Decision = Described<typeof decisionSchema>;

/** What was decided about one request: when, by whom, and the way it came in. */
export interface RecordedDecision {
  readonly run_id: string;
  readonly approval_id: string;
  readonly decision: DecisionType;
  readonly decided_at: string;
  readonly decided_by: string;
  readonly source: DecisionSource;
  readonly reason?: string;
  readonly edits?: Readonly<Record<string, Scalar>>;
  readonly value?: Json;
}
