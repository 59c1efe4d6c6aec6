/** A KPI measured against its baseline and target. */

import { z } from "zod";

const figure = z.number().nullable();

export const kpiResultSchema = z.object({
  kpi: z.string().describe("Name without `target_`, `baseline_`, `min_`, `max_`, `_threshold`."),
  observed: figure.describe("What was measured; null when nothing was."),
  baseline: figure.describe("Where the mission started from; null for floors and ceilings."),
  target: z.number().describe("The target, floor or ceiling."),
  direction: z.enum(["lower", "higher"]).describe("Which way is better."),
  improvement_pct: figure.describe("Change from baseline towards better ÷ baseline, in percent."),
  attainment_pct: figure.describe("Share of the way from baseline to target, in percent."),
  gap: figure.describe("`observed` − `target`, in the KPI's unit."),
  status: z.enum(["hit", "miss", "not_measured"]).describe("Unmeasured is neither hit nor 0."),
  light: z
    .enum(["green", "yellow", "red", "grey"])
    .describe("On target, within 20 % of it, off, not measured."),
});
export type KpiResult = Readonly<z.infer<typeof kpiResultSchema>>;
