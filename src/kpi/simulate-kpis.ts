/**
 * What simulated agents observe. The agent of a plan's last task measures the mission's KPIs: the
 * faster it drew its work, the nearer to the target, so that pretended results hang together.
 */

import type { PlanTask } from "../model/decomposed-mission-tasks.ts";
import type { Observations } from "../model/primitives.ts";
import type { Reference } from "../model/reference.ts";
import { isTime } from "./define-kpis.ts";
import { COUNTED_KPI } from "./evaluate-kpis.ts";
import { kpisOfMission } from "./observations.ts";

/** Attainment of the fastest and of the slowest work, as shares of the way from baseline to target. */
const BEST = 1.1;
const WORST = 0.6;
/** Where there is no baseline: the distance to the bound of the fastest and of the slowest work. */
const MARGIN = 0.1;

/**
 * With a baseline: baseline + (target − baseline) × share, the share going evenly from 1.1 for the
 * fastest work to 0.6 for the slowest. Floors and ceilings: from 10 % on the good side of the bound
 * to 10 % on the bad one. A KPI may declare its own best and worst (`simulate`). To 0.01.
 *
 * @param slowness 0 for the fastest work that is simulated, 1 for the slowest.
 * @returns nothing for a task that others wait for.
 */
export function simulateKpis(
  { mission_id, task_id }: { mission_id: string; task_id: string },
  slowness: number,
  reference: Reference,
): Observations {
  const plan = reference.plans.find((candidate) => candidate.mission_id === mission_id);
  if (lastOf(plan?.tasks ?? []) !== task_id) return {};
  const observed = kpisOfMission(mission_id, reference)
    .filter(({ kpi }) => kpi !== COUNTED_KPI)
    .map(({ kpi, baseline, target, direction, simulate }) => {
      const share = BEST - (BEST - WORST) * slowness;
      const side = direction === "lower" ? -1 : 1;
      const near =
        baseline === null
          ? target * (1 + side * MARGIN * (1 - 2 * slowness))
          : baseline + (target - baseline) * share;
      const value =
        simulate === undefined ? near : simulate.best + (simulate.worst - simulate.best) * slowness;
      const rounded = Math.round(value * 100) / 100;
      return [kpi, isTime(kpi) ? Math.max(0, rounded) : rounded] as const;
    });
  return Object.fromEntries(observed);
}

/** The task that the plan's order puts last: a task comes after all it depends on. */
function lastOf(tasks: readonly PlanTask[]): string | undefined {
  return tasks.reduce<PlanTask | undefined>(
    (last, task) => (last === undefined || task.order >= last.order ? task : last),
    undefined,
  )?.task_id;
}
