/** `mission_portfolio_snapshot.json`: all missions on one day. */

import { z } from "zod";

import { dateSchema, idSchema } from "./primitives.ts";

export const portfolioSnapshotSchema = z.looseObject({
  snapshot_date: dateSchema.describe("The day, UTC; the snapshot stands for its end."),
  active_runs: z.int().min(0).describe("Runs started and not ended."),
  completed_runs: z.int().min(0).describe("Runs completed so far, cumulative."),
  missions_at_risk: z.int().min(0).describe("Missions with an open risk event."),
  avg_kpi_improvement_pct: z.number().describe("Mean improvement over missions, in percent."),
  top_bottleneck_task_id: idSchema.describe("The task that cost the most minutes."),
  top_bottleneck_task_name: z.string().describe("Its name."),
  escalations_last_24h: z.int().min(0).describe("Escalations of the last 24 hours."),
  human_interventions_last_24h: z.int().min(0).describe("Decisions of the last 24 hours."),
});
