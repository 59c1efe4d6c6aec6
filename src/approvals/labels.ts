/** What people call the values that they are asked about: as the plan names them, else by their path. */

import type { PlanTask } from "../model/decomposed-mission-tasks.ts";

/** The name of the value at a path; no two paths have the same. */
export type Naming = (path: string) => string;

/** Names by path. */
export type Labels = Readonly<Record<string, string>>;

/** The name of an output that is a single value. */
export const OUTPUT = "output";

export const BY_PATH: Naming = (path) => path;

/** A label that two values have names neither of them. */
export function createNaming(labels: Labels): Naming {
  const entries = Object.entries(labels);
  if (entries.length === 0) return BY_PATH;
  const times = new Map<string, number>();
  for (const [, label] of entries) times.set(label, (times.get(label) ?? 0) + 1);
  const names = new Map(entries.filter(([, label]) => times.get(label) === 1));
  // What has no label, and is at a path that reads like one, must not be taken for it.
  return (path) => names.get(path) ?? (times.has(path) ? `${path} (by path)` : path);
}

/** The labels of what a task gets, by path: those of the tasks before it, each under its task's id. */
export function labelsOfInputs(task: PlanTask, tasks: readonly PlanTask[]): Labels {
  const before = tasks.filter(({ task_id }) => task.depends_on.includes(task_id));
  return Object.fromEntries(
    before.flatMap(({ task_id, output_labels = {} }) =>
      Object.entries(output_labels).map(([path, label]) => [
        path === OUTPUT ? task_id : `${task_id}.${path}`,
        label,
      ]),
    ),
  );
}
