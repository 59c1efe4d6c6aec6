/** The tasks of a run, as rules about tasks look at them. */

import type { RiskBasis } from "../kpi/run-figures.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { PlanTask } from "../model/decomposed-mission-tasks.ts";
import { isEnded } from "../model/mission-runs.ts";
import type { TaskSubject } from "./task-metrics.ts";

const NONE: readonly never[] = [];

/** The tasks of a run, each with what is recorded of it. */
export function describeTasks(facts: RiskBasis): readonly TaskSubject[] {
  const { tasks } = facts;
  const rows = byTask(facts.rows, tasks);
  const requests = byTask(askedIn(facts), tasks);
  return tasks.map((plan, position) => ({
    plan,
    rows: rows[position] ?? NONE,
    requests: requests[position] ?? NONE,
    facts,
  }));
}

/** Questions that were answered, or are still asked: in a run that has ended, nothing is. */
function askedIn({ run, requests }: RiskBasis): readonly ApprovalRequest[] {
  const isOver = isEnded(run);
  return requests.filter(
    ({ status, decided_at }) => decided_at !== undefined || (!isOver && status === "pending"),
  );
}

/** What belongs to each task, by its position in the plan. */
function byTask<T extends { readonly task_id: string }>(
  items: readonly T[],
  tasks: readonly PlanTask[],
): readonly (T[] | undefined)[] {
  if (items.length === 0) return NONE;
  const positions = positionsOf(tasks);
  const found: T[][] = [];
  for (const item of items) {
    const position = positions.get(item.task_id);
    if (position !== undefined) (found[position] ??= []).push(item);
  }
  return found;
}

/** Plans are looked at for run after run. */
const known = new WeakMap<readonly PlanTask[], ReadonlyMap<string, number>>();

function positionsOf(tasks: readonly PlanTask[]): ReadonlyMap<string, number> {
  const before = known.get(tasks);
  if (before !== undefined) return before;
  const positions = new Map(tasks.map((task, position) => [task.task_id, position]));
  known.set(tasks, positions);
  return positions;
}
