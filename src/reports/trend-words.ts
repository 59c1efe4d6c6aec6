/** Portfolio figures and their changes in words. */

import type { Severity } from "../model/mission-risk-events.ts";
import type { Change, TrendField } from "./portfolio-trend.ts";

export const VERDICT_WORDS = {
  low: "low",
  medium: "medium",
  high: "HIGH",
} as const satisfies Record<Severity, string>;

export const FIELD_WORDS = {
  active_runs: "Active runs",
  completed_runs: "Completed runs",
  missions_at_risk: "Missions at risk",
  avg_kpi_improvement_pct: "Average KPI improvement",
  escalations_last_24h: "Escalations, 24 h",
  human_interventions_last_24h: "Human decisions, 24 h",
} as const satisfies Record<TrendField, string>;

export function fieldValue(field: TrendField, value: number | null): string {
  if (value === null) return "–";
  return field === "avg_kpi_improvement_pct" ? `${value} %` : String(value);
}

/** `▲ +3 (better)`: the arrow says the direction, the word whether it is good. */
export function describeChange({ previous, change, good }: Change): string {
  if (previous === null) return "no earlier snapshot";
  if (change === null) return `was ${previous}`;
  if (change === 0) return "= unchanged";
  const arrow = change > 0 ? "▲ +" : "▼ ";
  if (good === null) return `${arrow}${change}`;
  return `${arrow}${change} (${good ? "better" : "worse"})`;
}
