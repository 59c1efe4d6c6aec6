/** The orchestrator state (§5): small plain JSON. No two nodes run in parallel, so keys have no reducers. */

import { type GraphNode, StateSchema } from "@langchain/langgraph";
import { z } from "zod";

import { queuedApprovalSchema, taskResultSchema } from "../src/execution/task-report.ts";
import { planTaskSchema } from "../src/model/decomposed-mission-tasks.ts";
import { missionInputSchema } from "../src/model/mission-input.ts";
import { riskEventSchema } from "../src/model/mission-risk-events.ts";
import { prioritySchema, runStatusSchema } from "../src/model/mission-runs.ts";
import { figuresSchema } from "../src/model/primitives.ts";
import { evidenceSchema } from "../src/routing/evidence.ts";

export const taskStatusSchema = z.enum([
  "pending",
  "running",
  "awaiting_approval",
  "completed",
  "failed",
  "blocked",
]);

/** Each key names the nodes that write it; the input writes the first five. */
export const missionStateSchema = new StateSchema({
  /** The mission. Input; A. */
  mission_id: z.string(),
  /** Input; A. */
  requested_by: z.string(),
  /** Input; A. */
  priority: prioritySchema,
  /** Business figures observed so far. Input; A, D. */
  kpi_observations: figuresSchema,
  /** The run. Input; A, B. */
  run_id: z.string(),
  /** When the run was opened; its timeline starts here. A, B. */
  created_at: z.string(),
  /** A, D, the gate, G. */
  run_status: runStatusSchema,
  /** The mission's KPI figures: baseline and target. A. */
  kpi_targets: figuresSchema,
  /** The plan in dependency order. B. */
  plan_tasks: z.array(planTaskSchema),
  /** B, D, the gate. */
  task_status_by_id: z.record(z.string(), taskStatusSchema),
  /** Outputs, errors and outcomes. D. */
  task_results_by_id: z.record(z.string(), taskResultSchema),
  /** Capable agents of each task, best first. C. */
  capability_lookup: z.record(z.string(), z.array(z.string())),
  /** What is known of the agents that may be chosen. C. */
  agent_stats: z.array(evidenceSchema),
  /** What waits for a person. D, the gate. */
  hitl_queue: z.array(queuedApprovalSchema),
  /** The mission's open risk events. A. */
  risk_events: z.array(riskEventSchema),
  /** What happened, what is at risk, what to do next. G. */
  executive_summary: z.string(),
  /** The run's report as Markdown. G. */
  report: z.string(),
  /** Why the last input or answer was not used, or why there is no run; empty when all is well. A, B, the gate. */
  last_error: z.string(),
});

export { missionInputSchema };

export type MissionState = typeof missionStateSchema.State;
export type MissionNode = GraphNode<typeof missionStateSchema>;
export type MissionUpdate = Partial<MissionState>;

/** What each run starts from, so that nothing of an earlier one on the thread remains. */
export const FRESH_STATE = {
  created_at: "",
  run_status: "running",
  kpi_targets: {},
  plan_tasks: [],
  task_status_by_id: {},
  task_results_by_id: {},
  capability_lookup: {},
  agent_stats: [],
  hitl_queue: [],
  risk_events: [],
  executive_summary: "",
  report: "",
  last_error: "",
} satisfies MissionUpdate;
