import type { PlanTask } from "../model/decomposed-mission-tasks.ts";

/**
 * Starts every task at once, in the order given, each with the promises of its dependencies: a task
 * gets going when its own dependencies are done, never later.
 *
 * The order and number of `start` calls follow from `tasks` alone, whatever happens meanwhile.
 *
 * @param tasks in dependency order; dependencies that are not among them are finished already.
 */
export async function walkPlan<T>(
  tasks: readonly PlanTask[],
  start: (task: PlanTask, dependencies: ReadonlyMap<string, Promise<T>>) => Promise<T>,
): Promise<ReadonlyMap<string, T>> {
  const started = new Map<string, Promise<T>>();
  for (const task of tasks) {
    const dependencies = new Map<string, Promise<T>>();
    for (const id of task.depends_on) {
      const dependency = started.get(id);
      if (dependency !== undefined) dependencies.set(id, dependency);
    }
    started.set(task.task_id, start(task, dependencies));
  }
  const ended = [...started].map(async ([id, result]) => [id, await result] as const);
  return new Map(await Promise.all(ended));
}
