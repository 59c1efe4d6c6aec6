/** `mission_kpis.json`: what each mission is measured by. */

import { z } from "zod";

import { lazily } from "./lazily.ts";
import {
  type Described,
  figureSchema,
  figuresSchema,
  idSchema,
  personSchema,
} from "./primitives.ts";

/** How a KPI is called, and what is good. All of it may be left out where the name tells. */
export const kpiDeclarationSchema = lazily(() =>
  z.strictObject({
    label: z.string().trim().min(1).max(80).optional().describe("What people call it."),
    unit: z
      .string()
      .trim()
      .max(20)
      .optional()
      .describe("`days`, `%`, `€`, …; empty for a plain number. Default: what the name ends with."),
    direction: z
      .enum(["lower", "higher"])
      .optional()
      .describe("Which way is better. Needed where baseline and target do not tell."),
    decimals: z.int().min(0).max(6).optional().describe("Digits that are shown. Default: up to 2."),
    owner: personSchema.optional().describe("Who answers for it."),
    simulate: z
      .strictObject({
        best: figureSchema.describe("Observed by the fastest simulated work."),
        worst: figureSchema.describe("Observed by the slowest."),
      })
      .optional()
      .describe("What simulated agents observe. Default: near the target."),
  }),
);
export type KpiDeclaration = Readonly<z.infer<typeof kpiDeclarationSchema>>;

export const kpiDeclarationsSchema = lazily(() => z.record(z.string(), kpiDeclarationSchema));

export const missionKpisSchema = lazily(() =>
  z.looseObject({
    mission_id: idSchema.describe("The mission that is measured."),
    kpis: figuresSchema.describe(
      "Figures by name. `target_X` and `baseline_X` belong together; `min_X` and `X_threshold` are floors, `max_X` ceilings. The unit ends the name: `_days`, `_hours`, `_minutes`, `_pct`.",
    ),
    definitions: kpiDeclarationsSchema
      .optional()
      .describe(
        "Label, unit and direction of each KPI, by its name without `target_` and the like.",
      ),
  }),
);
export type MissionKpis = Described<typeof missionKpisSchema>;
