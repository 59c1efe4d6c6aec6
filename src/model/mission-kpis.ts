/** `mission_kpis.json`: what each mission is measured by. */

import { z } from "zod";

import { type Described, figuresSchema, idSchema } from "./primitives.ts";

export const missionKpisSchema = z.looseObject({
  mission_id: idSchema.describe("The mission that is measured."),
  kpis: figuresSchema.describe(
    "Figures by name. `target_X` and `baseline_X` belong together; `min_X` and `X_threshold` are floors, `max_X` ceilings. The unit ends the name: `_days`, `_hours`, `_minutes`.",
  ),
});
export type MissionKpis = Described<typeof missionKpisSchema>;
