/** What tasks cost a portfolio: human delay + overrun, in minutes, summed over rows. */

import type { Reference } from "../model/reference.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import { roundMinutes } from "../model/time.ts";
import { estimatesOf } from "../routing/evidence.ts";

export interface TaskCost {
  readonly mission_id: string;
  readonly task_id: string;
  /** Human delay + overrun, in minutes. */
  readonly minutes: number;
}

export interface TaskCosts {
  readonly add: (row: TaskLog) => void;
  /** Minutes to 0.01, in the order in which tasks were first met. */
  readonly list: () => readonly TaskCost[];
}

export function createTaskCosts({ plans }: Pick<Reference, "plans">): TaskCosts {
  const estimates = estimatesOf(plans);
  // Nested, because a key made for each row would cost more than all the rest.
  const byMission = new Map<string, Map<string, { estimate: number | undefined; sum: number }>>();
  return {
    add({ mission_id, task_id, actual_duration_minutes: duration, human_delay_minutes: delay }) {
      let tasks = byMission.get(mission_id);
      if (tasks === undefined) byMission.set(mission_id, (tasks = new Map()));
      let cost = tasks.get(task_id);
      if (cost === undefined) {
        cost = { estimate: estimates.get(mission_id)?.get(task_id), sum: 0 };
        tasks.set(task_id, cost);
      }
      cost.sum += delay + Math.max(0, duration - (cost.estimate ?? duration));
    },
    list: () =>
      [...byMission].flatMap(([mission_id, tasks]) =>
        [...tasks].map(([task_id, { sum }]) => ({
          mission_id,
          task_id,
          minutes: roundMinutes(sum),
        })),
      ),
  };
}
