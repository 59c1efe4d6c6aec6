/** What a mission is measured by, out of the figures of `mission_kpis.json`. */

export interface KpiDefinition {
  /** The name without what tells its role. */
  readonly kpi: string;
  readonly baseline: number | null;
  /** The target; for a constraint, the floor or ceiling. */
  readonly target: number;
  readonly direction: "lower" | "higher";
}

/** Minutes in the unit that a KPI's name ends with, or is. */
const TIME_UNITS = { days: 24 * 60, hours: 60, minutes: 1 } as const;

/**
 * `target_X` with its `baseline_X`; `min_X` and `X_threshold` are floors, `max_X` ceilings. A baseline
 * without a target measures nothing and is left out, and so is a figure whose name says no role.
 */
export function defineKpis(figures: Readonly<Record<string, number>>): readonly KpiDefinition[] {
  const baselines = new Map(
    Object.entries(figures).flatMap(([name, value]) =>
      name.startsWith("baseline_") ? [[stripRole(name), value] as const] : [],
    ),
  );
  return Object.entries(figures).flatMap(([name, target]) => {
    const kpi = stripRole(name);
    if (name.startsWith("target_")) {
      const baseline = baselines.get(kpi) ?? null;
      return [{ kpi, baseline, target, direction: directionOf(kpi, baseline, target) }];
    }
    if (name.startsWith("max_")) return [{ kpi, baseline: null, target, direction: "lower" }];
    const isFloor = name.startsWith("min_") || name.endsWith("_threshold");
    return isFloor ? [{ kpi, baseline: null, target, direction: "higher" as const }] : [];
  });
}

/**
 * How long a run may take: what the mission says, else the shortest time among its KPI targets.
 * Undefined when neither says.
 */
export function timeBudgetMinutes(
  mission: { readonly time_budget_minutes?: number | undefined } | undefined,
  definitions: readonly KpiDefinition[],
): number | undefined {
  if (mission?.time_budget_minutes !== undefined) return mission.time_budget_minutes;
  const budgets = definitions.flatMap(({ kpi, target, direction }) => {
    const unit = unitMinutes(kpi);
    return unit === undefined || direction === "higher" ? [] : [target * unit];
  });
  return budgets.length === 0 ? undefined : Math.min(...budgets);
}

function stripRole(name: string): string {
  return name.replace(/^(?:target|baseline|min|max)_/, "").replace(/_threshold$/, "");
}

/** From baseline towards target; when they do not tell, less time is better and more of all else. */
function directionOf(kpi: string, baseline: number | null, target: number): "lower" | "higher" {
  if (baseline !== null && baseline !== target) return target < baseline ? "lower" : "higher";
  return unitMinutes(kpi) === undefined ? "higher" : "lower";
}

/** Undefined when the KPI is no time. */
function unitMinutes(kpi: string): number | undefined {
  return Object.entries(TIME_UNITS).find(([unit]) => kpi === unit || kpi.endsWith(`_${unit}`))?.[1];
}
