/** What tasks cost a portfolio: the minutes lost at them, over the runs that are added. */

import { workMinutes } from "../model/minutes.ts";
import type { Reference } from "../model/reference.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import { roundMinutes } from "../model/time.ts";
import { estimatesOf } from "../routing/evidence.ts";

export interface TaskCost {
  readonly mission_id: string;
  readonly task_id: string;
  /** Lost minutes: in each run work beyond the estimate, and waiting for people. */
  readonly minutes: number;
}

export interface TaskCosts {
  /** @param rows all of one run. */
  readonly add: (rows: readonly TaskLog[]) => void;
  /** Minutes to 0.01, in the order in which tasks were first met. */
  readonly list: () => readonly TaskCost[];
}

interface Sums {
  readonly estimate: number | undefined;
  /** Minutes of waiting, and of work beyond the estimate. */
  lost: number;
  /** Minutes of work in the run that is being added. */
  worked: number;
}

export function createTaskCosts({ plans }: Pick<Reference, "plans">): TaskCosts {
  const estimates = estimatesOf(plans);
  // Nested, because a key made for each row would cost more than all the rest.
  const byMission = new Map<string, Map<string, Sums>>();

  function sumsOf({ mission_id, task_id }: TaskLog): Sums {
    let tasks = byMission.get(mission_id);
    if (tasks === undefined) byMission.set(mission_id, (tasks = new Map()));
    let sums = tasks.get(task_id);
    if (sums === undefined) {
      const estimate = estimates.get(mission_id)?.get(task_id);
      tasks.set(task_id, (sums = { estimate, lost: 0, worked: 0 }));
    }
    return sums;
  }

  return {
    add(rows) {
      const own = new Set<Sums>();
      for (const row of rows) {
        const sums = sumsOf(row);
        sums.lost += row.human_delay_minutes;
        sums.worked += workMinutes(row);
        own.add(sums);
      }
      for (const sums of own) {
        sums.lost += Math.max(0, sums.worked - (sums.estimate ?? sums.worked));
        sums.worked = 0;
      }
    },
    list: () =>
      [...byMission].flatMap(([mission_id, tasks]) =>
        [...tasks].map(([task_id, { lost }]) => ({
          mission_id,
          task_id,
          minutes: roundMinutes(lost),
        })),
      ),
  };
}
