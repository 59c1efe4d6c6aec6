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
  readonly add: (row: TaskLog) => void;
  /** Minutes to 0.01, in the order in which tasks were first met. */
  readonly list: () => readonly TaskCost[];
}

interface Sums {
  readonly estimate: number | undefined;
  waited: number;
  /** Minutes of work by run. */
  readonly worked: Map<string, number>;
}

export function createTaskCosts({ plans }: Pick<Reference, "plans">): TaskCosts {
  const estimates = estimatesOf(plans);
  // Nested, because a key made for each row would cost more than all the rest.
  const byMission = new Map<string, Map<string, Sums>>();
  return {
    add(row) {
      const { mission_id, task_id, run_id } = row;
      let tasks = byMission.get(mission_id);
      if (tasks === undefined) byMission.set(mission_id, (tasks = new Map()));
      let sums = tasks.get(task_id);
      if (sums === undefined) {
        const estimate = estimates.get(mission_id)?.get(task_id);
        tasks.set(task_id, (sums = { estimate, waited: 0, worked: new Map() }));
      }
      sums.waited += row.human_delay_minutes;
      sums.worked.set(run_id, (sums.worked.get(run_id) ?? 0) + workMinutes(row));
    },
    list: () =>
      [...byMission].flatMap(([mission_id, tasks]) =>
        [...tasks].map(([task_id, { estimate, waited, worked }]) => {
          let over = 0;
          for (const work of worked.values()) over += Math.max(0, work - (estimate ?? work));
          return { mission_id, task_id, minutes: roundMinutes(waited + over) };
        }),
      ),
  };
}
