/** A snapshot against the one before it, knowing which direction is good. */

import type { PortfolioSnapshot } from "../model/mission-portfolio-snapshot.ts";

/** Whether more is better; null where it is neither. */
export const BETTER = {
  active_runs: null,
  completed_runs: "higher",
  missions_at_risk: "lower",
  avg_kpi_improvement_pct: "higher",
  escalations_last_24h: "lower",
  human_interventions_last_24h: "lower",
} as const satisfies Partial<Record<keyof PortfolioSnapshot, "higher" | "lower" | null>>;

export type TrendField = keyof typeof BETTER;
export const TREND_FIELDS = [
  "active_runs",
  "completed_runs",
  "missions_at_risk",
  "avg_kpi_improvement_pct",
  "escalations_last_24h",
  "human_interventions_last_24h",
] as const satisfies readonly TrendField[];

export interface Change {
  /** The earlier figure; null when there was none. */
  readonly previous: number | null;
  readonly change: number | null;
  /** Null when nothing changed, or when neither direction is better. */
  readonly good: boolean | null;
}

export type Trend = Readonly<Record<TrendField, Change>>;

export function measureTrend(
  snapshot: PortfolioSnapshot,
  previous: PortfolioSnapshot | undefined,
): Trend {
  const of = (field: TrendField): Change => {
    const before = previous?.[field] ?? null;
    const now = snapshot[field];
    const change =
      before === null || now === null ? null : Math.round((now - before) * 100) / 100 + 0;
    const better = BETTER[field];
    const isFlat = change === null || change === 0 || better === null;
    return { previous: before, change, good: isFlat ? null : change > 0 === (better === "higher") };
  };
  return {
    active_runs: of("active_runs"),
    completed_runs: of("completed_runs"),
    missions_at_risk: of("missions_at_risk"),
    avg_kpi_improvement_pct: of("avg_kpi_improvement_pct"),
    escalations_last_24h: of("escalations_last_24h"),
    human_interventions_last_24h: of("human_interventions_last_24h"),
  };
}
