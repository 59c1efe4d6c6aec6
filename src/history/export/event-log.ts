/** What happened in every run, as process mining wants it: cases made of activities. */

import { layTimeline } from "../../kpi/lay-timeline.ts";
import { canonicalJson } from "../../model/canonical-json.ts";
import type { MissionPlan, PlanTask } from "../../model/decomposed-mission-tasks.ts";
import type { History } from "../../model/history.ts";
import type { MissionRun } from "../../model/mission-runs.ts";
import { compareText, groupBy } from "../../model/order.ts";
import type { Outcome, TaskLog } from "../../model/task-execution-logs.ts";
import { orderTasks } from "../../planning/task-order.ts";
import { type Stretch, splitAttempt } from "./split-attempt.ts";

/** A stretch of an attempt: an agent at work, or a person being waited for. */
export interface Activity extends Stretch {
  readonly task_id: string;
  /** The task with its id, as `T2 Verify documents`; `: approval` follows where a person decides. */
  readonly name: string;
  readonly attempt: number;
  readonly outcome: Outcome;
}

/** A run with what happened in it, by start, then task id, then attempt. */
export interface Trace {
  readonly run: MissionRun;
  readonly activities: readonly Activity[];
}

type Attempt = Pick<TaskLog, "task_id" | "attempt">;

/** One trace for each run, in the order recorded. Rows of runs that are not recorded are left out. */
export function buildEventLog(
  { runs, rows }: Pick<History, "runs" | "rows">,
  plans: readonly MissionPlan[],
): readonly Trace[] {
  const tasksOf = new Map(plans.map((plan) => [plan.mission_id, orderTasks(plan.tasks).ordered]));
  const rowsOf = groupBy(rows, (row) => row.run_id);
  return runs.map((run) => {
    const tasks = tasksOf.get(run.mission_id) ?? [];
    return { run, activities: listActivities(run, rowsOf.get(run.run_id) ?? [], tasks) };
  });
}

function listActivities(
  { start_time }: MissionRun,
  rows: readonly TaskLog[],
  tasks: readonly PlanTask[],
): readonly Activity[] {
  const names = new Map(tasks.map(({ task_id, task }) => [task_id, `${task_id} ${task}`]));
  // Both in the same order, equal ones as layTimeline has them: the places fit the rows.
  const places = layTimeline(rows, { tasks, startTime: start_time }).toSorted(compareAttempts);
  return rows
    .toSorted((a, b) => compareAttempts(a, b) || compareText(canonicalJson(a), canonicalJson(b)))
    .flatMap((row, position) => {
      const place = places[position];
      // What was not needed did not happen.
      if (place === undefined || row.outcome === "not_needed") return [];
      const { task_id, attempt } = place;
      const name = names.get(task_id) ?? task_id;
      return splitAttempt(row, place).map((stretch) => ({
        ...stretch,
        task_id,
        name: stretch.kind === "approval" ? `${name}: approval` : name,
        attempt,
        outcome: row.outcome,
      }));
    })
    .toSorted((a, b) => a.start - b.start || compareAttempts(a, b));
}

/** By task id, then attempt: settles ties in time. */
export function compareAttempts(a: Attempt, b: Attempt): number {
  return compareText(a.task_id, b.task_id) || (a.attempt ?? 1) - (b.attempt ?? 1);
}
