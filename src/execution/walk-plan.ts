import type { PlanTask } from "../model/decomposed-mission-tasks.ts";

/**
 * Starts every task with the promises of its dependencies, as soon as those are done, never later.
 *
 * `start` is called once for each task, always in the order given, so that whoever numbers the calls
 * finds the same numbers after a crash. To keep that order a task may be started early: it awaits its
 * dependencies itself. It is not started before there is need, because the cost of a started LangGraph
 * task grows with the number of others that are under way.
 *
 * @param tasks in dependency order; dependencies that are not among them are finished already.
 */
export async function walkPlan<T>(
  tasks: readonly PlanTask[],
  start: (task: PlanTask, dependencies: ReadonlyMap<string, Promise<T>>) => Promise<T>,
): Promise<ReadonlyMap<string, T>> {
  const started = new Map<string, Promise<T>>();
  const startUpTo = (position: number) => {
    for (const task of tasks.slice(started.size, position + 1)) {
      started.set(task.task_id, start(task, pick(started, task.depends_on)));
    }
  };
  const ended = new Map<string, Promise<T | undefined>>();
  for (const [position, task] of tasks.entries()) {
    const dependencies = [...pick(ended, task.depends_on).values()];
    const end = Promise.all(dependencies).then(() => {
      startUpTo(position);
      return started.get(task.task_id);
    });
    ended.set(task.task_id, end);
  }
  await Promise.all(ended.values());
  const results = [...started].map(async ([id, result]) => [id, await result] as const);
  return new Map(await Promise.all(results));
}

function pick<V>(from: ReadonlyMap<string, V>, ids: readonly string[]): Map<string, V> {
  const picked = new Map<string, V>();
  for (const id of ids) {
    const value = from.get(id);
    if (value !== undefined) picked.set(id, value);
  }
  return picked;
}
