/** `mission_risk_events.json`: sparse, high-signal risk events. */

import { z } from "zod";

import { lazily } from "./lazily.ts";
import { type Described, idSchema, instantSchema, storedReasonSchema } from "./primitives.ts";

export const SEVERITIES = ["low", "medium", "high"] as const;
export const severitySchema = z.enum(SEVERITIES);
export type Severity = z.infer<typeof severitySchema>;

export const riskEventSchema = lazily(() =>
  z.looseObject({
    event_id: idSchema.describe("Names the event."),
    run_id: idSchema.describe("The run it was found in."),
    mission_id: idSchema.describe("The mission of the run."),
    task_id: idSchema.describe("The task it is about."),
    risk_type: z.string().min(1).describe("The kind of risk: `task_overrun`, `approval_delay`, …"),
    severity: severitySchema.describe("How much it matters."),
    description: z.string().describe("What was seen."),
    detected_at: instantSchema.describe("When it was found."),
    status: z
      .enum(["open", "closed"])
      .describe("Open until its cause is gone or a person closes it."),
    scope: z
      .literal("run")
      .optional()
      .describe("It is about the run as a whole; `task_id` is where it shows most."),
    rule_id: idSchema.optional().describe("The rule of the policy that found it."),
    recurrence_of: idSchema
      .optional()
      .describe("The earlier event of the same risk, whose condition was gone and has come back."),
    closed_at: instantSchema.optional().describe("When it was closed."),
    closed_because: storedReasonSchema
      .optional()
      .describe("Why it was closed; with the name of who did."),
  }),
);
export type RiskEvent = Described<typeof riskEventSchema>;

/** The most severe of the events; `none` when there are none. */
export function highestSeverity(events: readonly RiskEvent[]): Severity | "none" {
  return SEVERITIES.findLast((level) => events.some((event) => event.severity === level)) ?? "none";
}

/** For sorting: the severest first. */
export function compareSeverity(
  a: { readonly severity: Severity },
  b: { readonly severity: Severity },
): number {
  return SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity);
}
