/** What a mission is measured by, out of the figures and declarations of `mission_kpis.json`. */

import { defined } from "../model/defined.ts";
import type { KpiDeclaration, MissionKpis } from "../model/mission-kpis.ts";

export interface KpiDefinition {
  /** The name without what tells its role. */
  readonly kpi: string;
  readonly label: string;
  /** Empty for a plain number. */
  readonly unit: string;
  readonly decimals?: number;
  readonly owner?: string;
  readonly baseline: number | null;
  /** The target; for a constraint, the floor or ceiling. */
  readonly target: number;
  /** Unknown where nothing tells: then nothing is hit or missed. */
  readonly direction: "lower" | "higher" | "unknown";
  readonly simulate?: KpiDeclaration["simulate"];
}

type Measures = Pick<MissionKpis, "kpis"> & {
  readonly definitions?: Readonly<Record<string, KpiDeclaration>> | undefined;
};

/** Minutes in the unit that a KPI's name ends with, or is. */
const TIME_UNITS = { days: 24 * 60, hours: 60, minutes: 1 } as const;

/** Units by what a name ends with. */
const UNITS: Readonly<Record<string, string>> = {
  days: "days",
  hours: "hours",
  minutes: "minutes",
  pct: "%",
  eur: "€",
  usd: "$",
};

/** Names of figures by their role; what has none measures nothing. */
const ROLE = /^(target|baseline|min|max)_(.+)$|^(.+)_(threshold)$/s;

/** The role of a figure and the KPI that it is about; undefined for a name that says no role. */
export function parseKpiFigure(
  name: string,
): { readonly role: string; readonly kpi: string } | undefined {
  const [, prefix, after, before, suffix] = ROLE.exec(name) ?? [];
  // A ceiling may be called a threshold as well.
  const [role, kpi] = [prefix ?? suffix, after?.replace(/_threshold$/, "") ?? before];
  return role === undefined || kpi === undefined ? undefined : { role, kpi };
}

/**
 * `target_X` with its `baseline_X`; `min_X` and `X_threshold` are floors, `max_X` ceilings. A baseline
 * without a target measures nothing and is left out, and so is a figure whose name says no role.
 */
export function defineKpis({ kpis, definitions = {} }: Measures): readonly KpiDefinition[] {
  const figures = Object.entries(kpis).flatMap(([name, value]) => {
    const parsed = parseKpiFigure(name);
    return parsed === undefined ? [] : [{ ...parsed, value }];
  });
  const baselines = new Map(
    figures.flatMap(({ role, kpi, value }) => (role === "baseline" ? [[kpi, value] as const] : [])),
  );
  return figures.flatMap(({ role, kpi, value: target }) => {
    if (role === "baseline") return [];
    const declared = Object.hasOwn(definitions, kpi) ? (definitions[kpi] ?? {}) : {};
    const { decimals, owner, simulate } = declared;
    const baseline = role === "target" ? (baselines.get(kpi) ?? null) : null;
    const told = ROLE_DIRECTIONS[role] ?? directionOf(kpi, baseline, target);
    return [
      {
        kpi,
        label: declared.label ?? labelOf(kpi),
        unit: declared.unit ?? unitOf(kpi),
        baseline,
        target,
        direction: declared.direction ?? told,
        ...defined({ decimals, owner, simulate }),
      },
    ];
  });
}

const ROLE_DIRECTIONS: Readonly<Record<string, "lower" | "higher">> = {
  max: "lower",
  min: "higher",
  threshold: "higher",
};

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

/** True of a KPI that is a length of time, which is never negative. */
export function isTime(kpi: string): boolean {
  return unitMinutes(kpi) !== undefined;
}

/** From baseline towards target; when they do not tell, less time is better. */
export function directionOf(
  kpi: string,
  baseline: number | null,
  target: number,
): KpiDefinition["direction"] {
  if (baseline !== null && baseline !== target) return target < baseline ? "lower" : "higher";
  return isTime(kpi) ? "lower" : "unknown";
}

/** Undefined when the KPI is no time. */
function unitMinutes(kpi: string): number | undefined {
  return Object.entries(TIME_UNITS).find(([unit]) => kpi === unit || kpi.endsWith(`_${unit}`))?.[1];
}

function unitOf(kpi: string): string {
  return UNITS[kpi.split("_").at(-1) ?? ""] ?? "";
}

/** The name in words, without its unit: `onboarding_time_days` is the "Onboarding time". */
function labelOf(kpi: string): string {
  const parts = kpi.split("_");
  const words = unitOf(kpi) === "" || parts.length === 1 ? parts : parts.slice(0, -1);
  const text = words.filter((word) => word !== "").join(" ");
  return text === "" ? kpi : text.charAt(0).toUpperCase() + text.slice(1);
}
