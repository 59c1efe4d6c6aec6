/** A run as it is recorded: what it was opened with, and all that has happened in it. */

import { z } from "zod";

import type { ApprovalRequest } from "./approval-requests.ts";
import { businessMissionSchema } from "./business-missions.ts";
import { planTaskSchema } from "./decomposed-mission-tasks.ts";
import { lazily } from "./lazily.ts";
import { kpiDeclarationsSchema } from "./mission-kpis.ts";
import type { RiskEvent } from "./mission-risk-events.ts";
import type { MissionRun } from "./mission-runs.ts";
import type { Policy } from "./policy.ts";
import { figuresSchema, idSchema } from "./primitives.ts";
import { specializedAgentSchema } from "./specialized-agents.ts";
import { type TaskLog, routeCandidateSchema } from "./task-execution-logs.ts";

/** What a run is opened with. For that run it stands, whatever today's documents say. */
export const runPlanSchema = lazily(() =>
  z.object({
    mission: businessMissionSchema,
    tasks: z.array(planTaskSchema).describe("In dependency order."),
    kpis: figuresSchema.describe("Baselines and targets, as in `mission_kpis.json`."),
    kpi_definitions: kpiDeclarationsSchema
      .optional()
      .describe("Label, unit and direction of KPIs, where they are declared."),
    agents: z
      .array(specializedAgentSchema)
      .describe("Agents able to do one of the tasks. Who of them is available is asked each time."),
    capable: z.record(z.string(), z.array(idSchema)).describe("Able agents by task."),
  }),
);
export type RunPlan = Readonly<z.infer<typeof runPlanSchema>>;

/** What is known of an agent that may be chosen. Absent figures are unknown, not zero. */
export const evidenceSchema = lazily(() =>
  z.object({
    agent_id: idSchema,
    executions: z.int().min(0).describe("Attempts that ran."),
    work_ratio: z.number().min(0).optional().describe("Σ work ÷ Σ estimate."),
    escalated_executions: z
      .number()
      .min(0)
      .describe("How many were escalated; a fraction when only a rate is known."),
    failed_executions: z.number().min(0).optional().describe("How many failed, retried or not."),
    approval_rate: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe("Share of decisions that approved."),
    avg_cost: z.number().min(0).optional().describe("Mean cost of the attempts that say one."),
    waiting_requests: z
      .int()
      .min(0)
      .describe(
        "Requests about it that wait for a person now, and calls of it that are under way elsewhere.",
      ),
  }),
);
export type Evidence = Readonly<z.infer<typeof evidenceSchema>>;

/** Who may do each task, best first, and what that ranking rests on. Kept when the run is opened. */
export const routingSchema = lazily(() =>
  z.object({
    routes: z.record(z.string(), z.array(routeCandidateSchema)),
    evidence: z.array(evidenceSchema),
  }),
);
export type Routing = Readonly<z.infer<typeof routingSchema>>;

/** All that is recorded of one run. */
export interface RunRecord {
  readonly run: MissionRun;
  readonly plan: RunPlan;
  /** The policy in force when it was opened. */
  readonly policy: Policy;
  /** Undefined until the agents have been ranked. */
  readonly routing: Routing | undefined;
  /** In the order in which they were first written. */
  readonly rows: readonly TaskLog[];
  /** In the order in which they were made. */
  readonly requests: readonly ApprovalRequest[];
  readonly events: readonly RiskEvent[];
}

/** A run as the store has it: one that was not opened here lacks its plan and policy. */
export type StoredRun = Omit<RunRecord, "plan" | "policy"> & {
  readonly plan: RunPlan | undefined;
  readonly policy: Policy | undefined;
};
