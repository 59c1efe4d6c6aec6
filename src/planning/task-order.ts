/** The order of a plan's tasks, and the cycles that keep it from having one. Linear time. */

import type { PlanTask } from "../model/decomposed-mission-tasks.ts";

export interface TaskOrder {
  /** Every task after all it depends on; among the free ones, plan order decides. */
  readonly ordered: readonly PlanTask[];
  /** Each cycle as the ids along it, the first repeated at the end. Self-dependencies are not among them. */
  readonly cycles: readonly (readonly string[])[];
}

/** Sorts tasks so that each comes after what it depends on; unknown dependencies count as met. */
export function orderTasks(tasks: readonly PlanTask[]): TaskOrder {
  const byId = new Map(tasks.map((task) => [task.task_id, task]));
  const missing = new Map<string, number>();
  const dependants = new Map<string, string[]>();
  for (const task of byId.values()) {
    const needed = dependenciesOf(task, byId);
    missing.set(task.task_id, needed.length);
    for (const id of needed) {
      const list = dependants.get(id);
      if (list === undefined) dependants.set(id, [task.task_id]);
      else list.push(task.task_id);
    }
  }
  const ordered: PlanTask[] = [];
  // Tasks in plan order, level by level: equal plans give equal orders.
  const ready = [...byId.values()].filter((task) => missing.get(task.task_id) === 0);
  for (const task of ready) {
    ordered.push(task);
    for (const id of dependants.get(task.task_id) ?? []) {
      const left = (missing.get(id) ?? 0) - 1;
      missing.set(id, left);
      const next = byId.get(id);
      if (left === 0 && next !== undefined) ready.push(next);
    }
  }
  const stuck = new Set([...byId.keys()].filter((id) => (missing.get(id) ?? 0) > 0));
  return { ordered, cycles: findCycles(stuck, byId) };
}

/**
 * Walks back from each stuck task along its stuck dependencies until an id repeats. Each task is
 * walked once, so tasks that merely wait for a cycle do not name it again.
 */
function findCycles(stuck: ReadonlySet<string>, byId: ReadonlyMap<string, PlanTask>): string[][] {
  const cycles: string[][] = [];
  const state = new Map<string, "on path" | "done">();
  for (const start of stuck) {
    const path: { id: string; rest: string[] }[] = [];
    const enter = (id: string) => {
      state.set(id, "on path");
      const task = byId.get(id);
      const needed = task === undefined ? [] : dependenciesOf(task, byId);
      path.push({ id, rest: needed.filter((other) => stuck.has(other)) });
    };
    if (!state.has(start)) enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.rest.shift();
      if (next === undefined) {
        state.set(top.id, "done");
        path.pop();
      } else if (state.get(next) === "on path") {
        const ids = path.map(({ id }) => id);
        // The walk goes against the arrows; turned round, each task comes before what needs it.
        cycles.push([next, ...ids.slice(ids.indexOf(next)).toReversed()]);
      } else if (!state.has(next)) {
        enter(next);
      }
    }
  }
  return cycles;
}

function dependenciesOf(task: PlanTask, byId: ReadonlyMap<string, PlanTask>): string[] {
  return [...new Set(task.depends_on)].filter((id) => id !== task.task_id && byId.has(id));
}
