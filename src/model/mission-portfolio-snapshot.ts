/** `mission_portfolio_snapshot.json`: all missions on one day. */

import { z } from "zod";

import { lazily } from "./lazily.ts";
import { type Described, dateSchema, idSchema } from "./primitives.ts";

export const snapshotPeriodSchema = z.enum(["day", "week"]);
export type SnapshotPeriod = z.infer<typeof snapshotPeriodSchema>;

export const portfolioSnapshotSchema = lazily(() =>
  z.looseObject({
    snapshot_date: dateSchema.describe("The day, UTC; the snapshot stands for its end."),
    active_runs: z.int().min(0).describe("Runs started at or before that instant and not ended."),
    completed_runs: z.int().min(0).describe("Runs completed so far, cumulative."),
    missions_at_risk: z.int().min(0).describe("Missions with a risk event open at that instant."),
    avg_kpi_improvement_pct: z
      .number()
      .nullable()
      .describe(
        "Mean over missions of the mean improvement, in percent of the baseline, of the KPIs in the latest run with a measured one; null when nothing was measured.",
      ),
    top_bottleneck_task_id: idSchema
      .nullable()
      .describe(
        "The task with most lost minutes (work beyond the estimate and waiting for people, once each) in runs ended within 7 days, ties by id; null without any.",
      ),
    top_bottleneck_task_name: z.string().nullable().describe("Its name."),
    escalations_last_24h: z
      .int()
      .min(0)
      .describe(
        "Escalations of runs ended within the last 24 hours (the instant itself included); of a `week`, within 7 days.",
      ),
    human_interventions_last_24h: z
      .int()
      .min(0)
      .describe(
        "Decisions by people in runs ended within the last 24 hours; of a `week`, within 7 days.",
      ),
    period: snapshotPeriodSchema
      .optional()
      .describe("`day` or `week`; absent in snapshots that were not computed here."),
  }),
);
export type PortfolioSnapshot = Described<typeof portfolioSnapshotSchema>;
