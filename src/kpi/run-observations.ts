import type { Observations } from "../model/primitives.ts";
import type { RunRecord } from "../model/run-record.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import { usableObservations } from "./observations.ts";
import { measuresOf } from "./plan-measures.ts";

/**
 * What was observed in a run: what was known at its start, then what its agents measured, task by task
 * in the order of the plan. What was only simulated never stands over what was measured; figures that
 * people recorded stand over all others.
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
  const observing = inOrder.flatMap(({ task_id }) => {
    const row = last.get(task_id);
    return row?.kpi_observations === undefined || row.outcome === "rejected" ? [] : [row];
  });
  return [...observing.filter(isSimulated), ...observing.filter((row) => !isSimulated(row))].map(
    (row) => usableObservations(row.kpi_observations ?? {}, definitions),
  );
}

function isSimulated({ runtime }: TaskLog): boolean {
  return runtime === "simulated";
}
