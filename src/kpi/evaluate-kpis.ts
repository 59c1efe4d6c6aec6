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

/**
 * Every KPI of a mission, in the order it is defined.
 *
 * @param isComplete false: the run has not completed. What is counted from its log is not all there yet, and
 *   nothing is hit or missed.
 */
export function evaluateKpis(
  definitions: readonly KpiDefinition[],
  {
    observations,
    rows,
    isComplete,
  }: { observations: Observations; rows: readonly TaskLog[]; isComplete: boolean },
): readonly KpiResult[] {
  return definitions.map((definition) => {
    const { kpi } = definition;
    if (kpi === COUNTED_KPI) {
      return evaluateKpi(definition, isComplete ? countSteps(rows) : undefined);
    }
    // Any name may be a KPI's, also that of what every object has.
    const observed = Object.hasOwn(observations, kpi) ? observations[kpi] : undefined;
    const result = evaluateKpi(definition, observed);
    if (isComplete || result.status === "not_measured") return result;
    return { ...result, status: "not_graded", light: "grey" };
  });
}

/** One KPI. Nothing is clamped; a figure that does not exist is null. */
export function evaluateKpi(definition: KpiDefinition, observed: number | undefined): KpiResult {
  const { kpi, label, unit, decimals, baseline, target, direction } = definition;
  const figures = observed === undefined ? NOT_MEASURED : measure(definition, observed);
  const { improvement_pct, attainment_pct, gap, status, light } = figures;
  // Field by field: a back-test comes here for each KPI of each run, and what is added to a spread object costs a
  // microsecond a field on Node 20.
  const result = {
    kpi,
    label,
    unit,
    baseline,
    target,
    direction,
    observed: observed ?? null,
    gap,
    attainment_pct,
    improvement_pct,
    status,
    light,
  };
  return decimals === undefined ? result : { ...result, decimals };
}

type Figures = Pick<KpiResult, "improvement_pct" | "attainment_pct" | "gap" | "status" | "light">;

const NOT_MEASURED: Figures = {
  improvement_pct: null,
  attainment_pct: null,
  gap: null,
  status: "not_measured",
  light: "grey",
};

function measure(definition: KpiDefinition, observed: number): Figures {
  const { baseline, target, direction } = definition;
  const difference = observed - target;
  const gap = round(difference, 6);
  const attainment_pct =
    baseline === null || baseline === target
      ? null
      : percentOf(observed - baseline, target - baseline);
  if (direction === "unknown") {
    const status = "direction_unknown";
    return { improvement_pct: null, attainment_pct, gap, status, light: "grey" };
  }
  const isHit = direction === "lower" ? observed <= target : observed >= target;
  const isNear = round(Math.abs(difference), 6) <= round(NEAR * Math.abs(target), 6);
  return {
    improvement_pct: improvementPct(definition, observed),
    attainment_pct,
    gap,
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
