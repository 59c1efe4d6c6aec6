/** `mission_runs.json`: one record per execution of a mission. */

import { z } from "zod";

import { budgetSchema, lostSchema } from "./budget.ts";
import { lazily } from "./lazily.ts";
import { missionInputsSchema } from "./mission-inputs.ts";
import { pinnedRuntimeSchema } from "./pinned-runtime.ts";
import {
  type Described,
  figuresSchema,
  idSchema,
  instantSchema,
  minutesSchema,
  personSchema,
  storedReasonSchema,
} from "./primitives.ts";
import { costSchema } from "./usage.ts";

export const PRIORITIES = ["low", "normal", "high", "critical"] as const;
export const prioritySchema = z.enum(PRIORITIES);
export type Priority = z.infer<typeof prioritySchema>;

export const runStatusSchema = z.enum([
  "running",
  "awaiting_approval",
  "completed",
  "failed",
  "abandoned",
]);
export type RunStatus = z.infer<typeof runStatusSchema>;

/** The most characters of a thread's name. */
export const LONGEST_THREAD_ID = 255;

/** The LangGraph thread of a run. */
export const threadIdSchema = z.string().min(1).max(LONGEST_THREAD_ID);

export const missionRunSchema = lazily(() =>
  z.looseObject({
    run_id: idSchema.describe(
      "Names the run: `RUN_<date>_<number>`, numbers going on through days.",
    ),
    mission_id: idSchema.describe("The mission that was run."),
    start_time: instantSchema.describe("When the run started."),
    end_time: instantSchema
      .optional()
      .describe("End of the last attempt on the timeline; absent until the run has ended."),
    status: runStatusSchema.describe(
      "`running`, `awaiting_approval`, or ended: `completed`, `failed`, `abandoned` (cancelled by a person).",
    ),
    total_duration_minutes: minutesSchema
      .optional()
      .describe("Wall clock in minutes: `end_time` − `start_time`."),
    kpis: figuresSchema
      .optional()
      .describe(
        "What was observed for the mission's KPIs, each in the unit its name ends with. Of tasks that observed the same, the last by `order` stands; what was only simulated never stands over what was measured.",
      ),
    human_interventions: z.int().min(0).describe("Decisions that people made in this run."),
    cost: costSchema
      .optional()
      .describe("Σ `cost` of its attempts; absent where none says what it cost."),
    unsettled: lostSchema
      .unwrap()
      .extend({ attempts: z.int().min(0).describe("Calls.") })
      .optional()
      .describe(
        "Used up or reserved by calls that left no row: cut short by the run's end, or lost with a process. Budgets count it.",
      ),
    budget: budgetSchema
      .optional()
      .describe("What it may use up, as said at its start; the policy may allow less."),
    escalations: z
      .int()
      .min(0)
      .describe(
        "Task rows with an `escalation`: approvals decided late, failures handed to people.",
      ),
    risk_flagged: z.boolean().describe("True when the run has a risk event."),
    kpis_recorded: figuresSchema
      .optional()
      .describe(
        "Figures given at the start or recorded later; they stand over what agents observe.",
      ),
    executive_summary: z
      .string()
      .optional()
      .describe("What happened, at risk and next, as reported."),
    rule_summary: z
      .string()
      .optional()
      .describe("The same as made by rules; `executive_summary` may be a model's rewording of it."),
    summary_version: z
      .string()
      .optional()
      .describe(
        "Of the wording that the summary was made by; absent before there was a second one.",
      ),
    polish: z
      .looseObject({
        status: z
          .enum(["used", "refused", "failed", "skipped"])
          .describe("`used`, or why the rule text stands."),
        reason: z.string().describe("Why the rule text stands; empty when it was reworded."),
      })
      .optional()
      .describe("What became of the rewording."),
    mission_inputs: missionInputsSchema
      .optional()
      .describe("What the run is about, as given at the start; absent where nothing was given."),
    requested_by: personSchema.optional().describe("Who started the run."),
    priority: prioritySchema.optional().describe("Orders approvals across runs. Default `normal`."),
    created_at: instantSchema.optional().describe("When the record was made."),
    thread_id: threadIdSchema.optional().describe("The LangGraph thread it runs on."),
    checkpoints: z
      .enum(["workspace", "external"])
      .optional()
      .describe(
        "Where its checkpoints live: with this workspace, or with a server such as Studio's.",
      ),
    graph_version: z.string().optional().describe("The graph that wrote the checkpoints."),
    policy_hash: z.string().optional().describe("SHA-256 of the policy in force at the start."),
    plan_hash: z
      .string()
      .optional()
      .describe("SHA-256 of the plan, targets and agents that it was opened with."),
    runtimes: z
      .record(z.string(), pinnedRuntimeSchema)
      .optional()
      .describe("What carries out the tasks of each agent, as the run was opened with it."),
    runtimes_adopted: z
      .looseObject({
        by: personSchema.describe("Who answers for it."),
        at: instantSchema.describe("Clock: when."),
      })
      .optional()
      .describe("Set when a person had the run go on with another process's runtimes."),
    decisions_head: z
      .string()
      .optional()
      .describe("`decision_hash` of the run's last decision: the chain's anchor."),
    ended_reason: storedReasonSchema.optional().describe("Why it was cancelled, and by whom."),
  }),
);
export type MissionRun = Described<typeof missionRunSchema>;

/** True when nothing more will happen in the run. */
export function isEnded({ status }: Pick<MissionRun, "status">): boolean {
  return status !== "running" && status !== "awaiting_approval";
}
