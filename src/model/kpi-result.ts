/** A KPI measured against its baseline and target. */

import { z } from "zod";

const figure = z.number().nullable();

export const kpiResultSchema = z.object({
  kpi: z.string().describe("Name without `target_`, `baseline_`, `min_`, `max_`, `_threshold`."),
  label: z.string().describe("What people call it."),
  unit: z.string().describe("Its unit; empty for a plain number."),
  decimals: z.int().optional().describe("Digits that are shown; up to 2 when absent."),
  observed: figure.describe("What was measured; null when nothing was."),
  baseline: figure.describe("Where the mission started from; null for floors and ceilings."),
  target: z.number().describe("The target, floor or ceiling."),
  direction: z
    .enum(["lower", "higher", "unknown"])
    .describe("Which way is better; `unknown` where nothing tells, then nothing is hit or missed."),
  improvement_pct: figure.describe("Change from baseline towards better ÷ baseline, in percent."),
  attainment_pct: figure.describe("Share of the way from baseline to target, in percent."),
  gap: figure.describe("`observed` − `target`, in the KPI's unit."),
  status: z
    .enum(["hit", "miss", "not_measured", "direction_unknown", "not_graded"])
    .describe("Unmeasured is neither hit nor 0; a run that has not completed is not graded."),
  light: z
    .enum(["green", "yellow", "red", "grey"])
    .describe("On target, within 20 % of it, off, not measured."),
});
export type KpiResult = Readonly<z.infer<typeof kpiResultSchema>>;
