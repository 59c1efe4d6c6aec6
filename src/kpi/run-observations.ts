import type { Observations } from "../model/primitives.ts";
import type { RunRecord } from "../model/run-record.ts";
import { usableObservations } from "./observations.ts";
import { measuresOf } from "./plan-measures.ts";

/**
 * What was observed in a run: what was known at its start, then what its agents measured, task by task
 * in the order of the plan. Figures that people recorded stand over all others.
 */
export function observationsOf({
  run,
  plan,
  rows,
}: Pick<RunRecord, "run" | "plan" | "rows">): Observations {
  // Most agents measure nothing.
  const isMeasured = rows.some((row) => row.kpi_observations !== undefined);
  const observed = isMeasured ? observedByAgents({ plan, rows }) : [];
  return Object.assign({}, run.kpis, ...observed, run.kpis_recorded);
}

function observedByAgents({ plan, rows }: Pick<RunRecord, "plan" | "rows">) {
  const { definitions } = measuresOf(plan);
  const last = new Map(rows.map((row) => [row.task_id, row]));
  const inOrder = plan.tasks.toSorted((a, b) => a.order - b.order);
  return inOrder.map(({ task_id }) => {
    const row = last.get(task_id);
    if (row?.kpi_observations === undefined || row.outcome === "rejected") return undefined;
    return usableObservations(row.kpi_observations, definitions);
  });
}
