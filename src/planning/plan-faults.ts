/** Node B's validations (§6 B): everything that is wrong with a plan, at once. */

import type { MissionPlan, PlanTask } from "../model/decomposed-mission-tasks.ts";
import { type Fault, aFault } from "../model/fault.ts";
import { findConditionFaults, findUnknownInputs } from "./condition-faults.ts";
import { orderTasks } from "./task-order.ts";

const DOCUMENT = "decomposed_mission_tasks.json";

/**
 * Duplicate ids, missing dependencies, self-dependencies, cycles, orders against dependencies and
 * conditions that nothing can tell, in the order of the plan. Linear in tasks and dependencies.
 */
export function findPlanFaults(
  plan: MissionPlan,
  inputSchema?: Readonly<Record<string, unknown>>,
): readonly Fault[] {
  const { mission_id: missionId, tasks } = plan;
  const fault = faultIn(missionId);
  if (tasks.length === 0) {
    return [fault("EMPTY_PLAN", "", "tasks", "no task", "at least one task")];
  }
  const firstById = new Map<string, PlanTask>();
  for (const task of tasks) {
    if (!firstById.has(task.task_id)) firstById.set(task.task_id, task);
  }
  const perTask = tasks.flatMap((task) => [
    ...(firstById.get(task.task_id) === task
      ? []
      : [fault("DUPLICATE_TASK", task.task_id, "task_id", "the id twice", "each id once")]),
    ...findDependencyFaults(task, firstById, fault),
    ...[...findConditionFaults(task), ...findUnknownInputs(task, inputSchema)].map(
      ({ found, expected }) => fault("BAD_CONDITION", task.task_id, "only_if", found, expected),
    ),
  ]);
  const cycles = orderTasks(tasks).cycles.map((cycle) =>
    fault(
      "DEPENDENCY_CYCLE",
      cycle[0] ?? "",
      "depends_on",
      `a cycle ${cycle.join(" → ")}`,
      "no task to wait for itself",
    ),
  );
  return [...perTask, ...cycles];
}

type FaultInPlan = (
  code: string,
  taskId: string,
  field: string,
  found: string,
  expected: string,
) => Fault;

function faultIn(missionId: string): FaultInPlan {
  return (code, taskId, field, found, expected) => {
    const record = taskId === "" ? missionId : `${missionId} ${taskId}`;
    return aFault({ code, document: DOCUMENT, record, field, found, expected });
  };
}

function findDependencyFaults(
  task: PlanTask,
  byId: ReadonlyMap<string, PlanTask>,
  fault: FaultInPlan,
): Fault[] {
  return task.depends_on.flatMap((id) => {
    if (id === task.task_id) {
      const found = `a dependency of ${id} on itself`;
      return [fault("SELF_DEPENDENCY", id, "depends_on", found, "other tasks only")];
    }
    const needed = byId.get(id);
    if (needed === undefined) {
      const found = `a dependency on "${id}", which is no task of this mission`;
      return [fault("MISSING_DEPENDENCY", task.task_id, "depends_on", found, "a task of the plan")];
    }
    if (needed.order < task.order) return [];
    const found = `order ${task.order}, but it depends on ${id} with order ${needed.order}`;
    return [
      fault("ORDER_AGAINST_DEPENDENCY", task.task_id, "order", found, `more than ${needed.order}`),
    ];
  });
}
