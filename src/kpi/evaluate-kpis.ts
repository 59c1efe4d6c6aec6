/** KPIs (§6 F): observed against baseline and target. */

import type { KpiResult } from "../model/kpi-result.ts";
import { LARGEST_FIGURE, type Observations } from "../model/primitives.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import { isExecution } from "../routing/evidence.ts";
import type { KpiDefinition } from "./define-kpis.ts";

/** A miss within this share of the target is yellow, a larger one red. */
const NEAR = 0.2;

/** A ceiling of this name is answered by the log: the attempts that ran. */
export const COUNTED_KPI = "steps";

/** Every KPI of a mission, in the order it is defined. */
export function evaluateKpis(
  definitions: readonly KpiDefinition[],
  { observations, rows }: { observations: Observations; rows: readonly TaskLog[] },
): readonly KpiResult[] {
  return definitions.map((definition) => {
    const { kpi } = definition;
    if (kpi === COUNTED_KPI) return evaluateKpi(definition, countSteps(rows));
    // Any name may be a KPI's, also that of what every object has.
    const observed = Object.hasOwn(observations, kpi) ? observations[kpi] : undefined;
    return evaluateKpi(definition, observed);
  });
}

/** One KPI. Nothing is clamped; a figure that does not exist is null. */
export function evaluateKpi(definition: KpiDefinition, observed: number | undefined): KpiResult {
  const { kpi, baseline, target, direction } = definition;
  if (observed === undefined) {
    return {
      kpi,
      baseline,
      target,
      direction,
      observed: null,
      improvement_pct: null,
      attainment_pct: null,
      gap: null,
      status: "not_measured",
      light: "grey",
    };
  }
  const isHit = direction === "lower" ? observed <= target : observed >= target;
  const gap = observed - target;
  const isNear = round(Math.abs(gap), 6) <= round(NEAR * Math.abs(target), 6);
  return {
    kpi,
    baseline,
    target,
    direction,
    observed,
    improvement_pct: improvementPct(definition, observed),
    attainment_pct:
      baseline === null || baseline === target
        ? null
        : percentOf(observed - baseline, target - baseline),
    gap: round(gap, 6),
    status: isHit ? "hit" : "miss",
    light: lightOf(isHit, isNear),
  };
}

/** Change from baseline towards better ÷ baseline, in percent; null without a baseline, or at about 0. */
function improvementPct({ baseline, direction }: KpiDefinition, observed: number): number | null {
  if (baseline === null || baseline === 0) return null;
  const change = direction === "lower" ? baseline - observed : observed - baseline;
  return percentOf(change, Math.abs(baseline));
}

/** To 0.01; null where the whole is so small that the share would say nothing. */
function percentOf(part: number, whole: number): number | null {
  const percent = (part / whole) * 100;
  return Math.abs(percent) <= LARGEST_FIGURE ? round(percent, 2) : null;
}

/** Undefined before anything ran. */
function countSteps(rows: readonly TaskLog[]): number | undefined {
  return rows.length === 0 ? undefined : rows.filter(isExecution).length;
}

function lightOf(isHit: boolean, isNear: boolean): KpiResult["light"] {
  if (isHit) return "green";
  return isNear ? "yellow" : "red";
}

function round(value: number, digits: number): number {
  const factor = 10 ** digits;
  // Adding 0 turns -0 into 0.
  return Math.round(value * factor) / factor + 0;
}
