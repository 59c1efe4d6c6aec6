import type { RunPlan } from "../model/run-record.ts";
import { type KpiDefinition, defineKpis, timeBudgetMinutes } from "./define-kpis.ts";

/** What every run of a plan is measured by. */
export interface PlanMeasures {
  readonly definitions: readonly KpiDefinition[];
  /** Undefined when neither the mission nor a KPI says how long a run may take. */
  readonly budgetMinutes: number | undefined;
}

/** Plans are looked at for run after run. */
const known = new WeakMap<RunPlan, PlanMeasures>();

export function measuresOf(plan: RunPlan): PlanMeasures {
  const before = known.get(plan);
  if (before !== undefined) return before;
  const definitions = defineKpis({ kpis: plan.kpis, definitions: plan.kpi_definitions });
  const made = { definitions, budgetMinutes: timeBudgetMinutes(plan.mission, definitions) };
  known.set(plan, made);
  return made;
}
