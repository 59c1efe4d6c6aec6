/** What the KPIs of a run, a mission or all missions come to together. */

import type { KpiResult } from "../model/kpi-result.ts";

/** What KPIs come to. */
export interface Outcome {
  readonly on_target: number;
  /** KPIs that are hit or missed; the others say nothing. */
  readonly judged: number;
  readonly others: number;
  /** Mean attainment of those judged that have one, each clamped to [0, 100], in percent to 0.01. */
  readonly attainment_pct: number | null;
  /** Green when all are on target, yellow when those that are not are near it, grey of none judged. */
  readonly light: KpiResult["light"];
}

export function sumOutcome(kpis: readonly KpiResult[]): Outcome {
  const judged = kpis.filter(isJudged);
  const shares = judged.flatMap(({ attainment_pct }) =>
    attainment_pct === null ? [] : [Math.min(100, Math.max(0, attainment_pct))],
  );
  const sum = shares.reduce((total, share) => total + share, 0);
  return {
    on_target: judged.filter((kpi) => kpi.status === "hit").length,
    judged: judged.length,
    others: kpis.length - judged.length,
    attainment_pct: shares.length === 0 ? null : Math.round((sum / shares.length) * 100) / 100,
    light: lightOf(judged),
  };
}

function isJudged({ status }: KpiResult): boolean {
  return status === "hit" || status === "miss";
}

function lightOf(judged: readonly KpiResult[]): KpiResult["light"] {
  if (judged.length === 0) return "grey";
  if (judged.some(({ light }) => light === "red")) return "red";
  return judged.every(({ light }) => light === "green") ? "green" : "yellow";
}
