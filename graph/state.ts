/** The orchestrator state (§5): small plain JSON. No two nodes run in parallel, so keys have no reducers. */

import { type LangGraphRunnableConfig, StateSchema } from "@langchain/langgraph";
import { z } from "zod";

import { queuedApprovalSchema, taskResultSchema } from "../src/execution/task-report.ts";
import { fixSchema } from "../src/kpi/what-to-fix.ts";
import { budgetSchema } from "../src/model/budget.ts";
import { planTaskSchema } from "../src/model/decomposed-mission-tasks.ts";
import { isEqual } from "../src/model/is-equal.ts";
import { kpiResultSchema } from "../src/model/kpi-result.ts";
import { missionInputsSchema } from "../src/model/mission-inputs.ts";
import { riskEventSchema } from "../src/model/mission-risk-events.ts";
import { prioritySchema, runStatusSchema } from "../src/model/mission-runs.ts";
import { figuresSchema } from "../src/model/primitives.ts";
import { evidenceSchema } from "../src/model/run-record.ts";
import { missionInputSchema } from "../src/model/start-request.ts";

export const taskStatusSchema = z.enum([
  "pending",
  "running",
  "awaiting_approval",
  "completed",
  "not_needed",
  "failed",
  "blocked",
]);

/** Each key names the nodes that write it; the input writes the first seven. Defaults are a thread's first state. */
export const missionStateSchema = new StateSchema({
  /** The mission. Input; A. */
  mission_id: z.string().default(""),
  /** Input; A. */
  requested_by: z.string().default(""),
  /** Input; A. */
  priority: prioritySchema.default("normal"),
  /** Business figures observed so far. Input; A, D, F. */
  kpi_observations: figuresSchema.default({}),
  /** What the run is about. Input; A. */
  mission_inputs: missionInputsSchema.default({}),
  /** What the run may use up. Input; A. */
  budget: budgetSchema.default({}),
  /** The run. Input; A, B. */
  run_id: z.string().default(""),
  /** When the run was opened; its timeline starts here. A, B. */
  created_at: z.string().default(""),
  /** A, B, D, the gate, G. */
  run_status: runStatusSchema.default("running"),
  /** The mission's KPI figures: baseline and target. A. */
  kpi_targets: figuresSchema.default({}),
  /** The plan in dependency order. A, B. */
  plan_tasks: z.array(planTaskSchema).default([]),
  /** A, B, D, the gate. */
  task_status_by_id: z.record(z.string(), taskStatusSchema).default({}),
  /** Outputs, errors and outcomes. A, B, D. */
  task_results_by_id: z.record(z.string(), taskResultSchema).default({}),
  /** Capable agents of each task, best first. A, C. */
  capability_lookup: z.record(z.string(), z.array(z.string())).default({}),
  /** What is known of the agents that may be chosen. A, C. */
  agent_stats: z.array(evidenceSchema).default([]),
  /** What waits for a person. A, B, D, the gate. */
  hitl_queue: z.array(queuedApprovalSchema).default([]),
  /** Open events of the mission, and all of the run. A, E. */
  risk_events: z.array(riskEventSchema).default([]),
  /** The run's KPIs against baseline and target. A, F. */
  kpi_gap_summary: z.array(kpiResultSchema).default([]),
  /** Hit, missed or not measured, by KPI. A, F. */
  kpi_attainment: z.record(z.string(), kpiResultSchema.shape.status).default({}),
  /** What cost most minutes, the worst first; the report has all of it. A, F. */
  what_to_fix: z.array(fixSchema).default([]),
  /** What happened, what is at risk, what to do next. A, G, polish. */
  executive_summary: z.string().default(""),
  /** The summary as made by rules, when a model has reworded it; else empty. A, polish. */
  rule_summary: z.string().default(""),
  /** The run's report as Markdown. A, G, polish. */
  report: z.string().default(""),
  /** Why the last input or answer was not used, or why there is no run; empty when all is well. A, B, the gate. */
  last_error: z.string().default(""),
});

/**
 * The input schema, with its JSON Schema where LangGraph's server looks for one beside a
 * `StateSchema`: without it Studio has no form. A `StateSchema` of its own would lose the defaults.
 */
const describeInput = () => z.toJSONSchema(missionInputSchema, { target: "draft-07", io: "input" });
export const graphInputSchema = Object.assign(missionInputSchema, {
  getJsonSchema: describeInput,
  getInputJsonSchema: describeInput,
});

/** A whole state, taken from the store, which has checked what it is made of. */
export const restoredSchema = z.looseObject({});

export type MissionState = typeof missionStateSchema.State;
export type MissionUpdate = Partial<MissionState>;
export type MissionNode = (
  state: MissionState,
  config: LangGraphRunnableConfig,
) => Promise<MissionUpdate>;

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
  kpi_gap_summary: [],
  kpi_attainment: {},
  what_to_fix: [],
  executive_summary: "",
  rule_summary: "",
  report: "",
  last_error: "",
} satisfies MissionUpdate;

/**
 * What of an update differs from the state: each key that a node returns costs a row in the
 * checkpoint, whether it changed or not.
 */
export function onlyChanged(update: MissionUpdate, state: MissionState): MissionUpdate {
  const current = new Map<string, unknown>(Object.entries(state));
  return Object.fromEntries(
    Object.entries(update).filter(([key, value]) => !isEqual(value, current.get(key))),
  );
}
