/** Portfolio figures and their changes in words. */

import { sayFigure } from "../kpi/say-figure.ts";
import type { SnapshotPeriod } from "../model/mission-portfolio-snapshot.ts";
import { PERCENT } from "./kpi-words.ts";
import type { Change, TrendField } from "./portfolio-trend.ts";

const FIELD_WORDS = {
  active_runs: "Active runs",
  completed_runs: "Completed runs",
  missions_at_risk: "Missions at risk",
  avg_kpi_improvement_pct: "Average KPI improvement",
  escalations_last_24h: "Escalations, 24 h",
  human_interventions_last_24h: "Human decisions, 24 h",
} as const satisfies Record<TrendField, string>;

/** Figures of a while are of a day, or of a week. */
export function sayField(field: TrendField, period: SnapshotPeriod = "day"): string {
  return period === "week" ? FIELD_WORDS[field].replace("24 h", "7 days") : FIELD_WORDS[field];
}

export function fieldValue(field: TrendField, value: number | null): string {
  if (value === null) return "–";
  return field === "avg_kpi_improvement_pct" ? sayFigure(value, PERCENT) : String(value);
}

/** `▲ +3 (better)`: the arrow says the direction, the word whether it is good. */
export function describeChange({ previous, change, good }: Change): string {
  if (previous === null) return "no comparison";
  if (change === null) return `was ${previous}`;
  if (change === 0) return "= unchanged";
  const arrow = change > 0 ? "▲ +" : "▼ ";
  if (good === null) return `${arrow}${change}`;
  return `${arrow}${change} (${good ? "better" : "worse"})`;
}
