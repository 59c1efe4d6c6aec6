/** A mission's plan as somebody wants to see it before it is run: who could do what, where it stops, how long it takes. */

import { sayCondition } from "../execution/only-if.ts";
import type { Fault } from "../model/fault.ts";
import type { Reference } from "../model/reference.ts";
import { roundMinutes } from "../model/time.ts";
import { type HasRuntime, findMissionFaults } from "./mission-faults.ts";
import { planRun } from "./plan-run.ts";
import { longestPathMinutes } from "./remaining-work.ts";

export interface PlannedTask {
  readonly task_id: string;
  readonly task: string;
  readonly depends_on: readonly string[];
  /** How many tasks come before it, one after the other. */
  readonly depth: number;
  readonly estimated_duration_minutes: number;
  readonly gate: "before" | "after" | null;
  readonly only_if: string | null;
  /** Able to do it; whoever is not available has its status behind it. */
  readonly agents: readonly string[];
  readonly on_critical_path: boolean;
}

export interface PlanDescription {
  readonly mission_id: string;
  readonly mission_name: string;
  readonly tasks: readonly PlannedTask[];
  readonly critical_path: readonly string[];
  /** Planned work along the critical path, waiting for people not included. */
  readonly critical_path_minutes: number;
  readonly total_work_minutes: number;
  readonly gates: number;
  /** Why it cannot be run; empty when it can. */
  readonly faults: readonly Fault[];
}

/** @param missionId of a mission that is there: what is missing of it is among the faults. */
export function describePlan(
  missionId: string,
  reference: Reference,
  hasRuntime: HasRuntime,
): PlanDescription {
  const { mission, tasks, capable } = planRun(missionId, reference);
  const faults = findMissionFaults(missionId, reference, hasRuntime);
  const names = new Map(reference.agents.map((agent) => [agent.agent_id, agent]));
  const remaining = longestPathMinutes(tasks);
  const critical_path: string[] = [];
  const depths = new Map<string, number>();
  for (const task of tasks) {
    const before = task.depends_on.map((id) => (depths.get(id) ?? 0) + 1);
    depths.set(task.task_id, Math.max(0, ...before));
  }
  const longest = Math.max(0, ...remaining.values());
  let next = tasks.find(({ task_id }) => remaining.get(task_id) === longest);
  while (next !== undefined) {
    const { task_id, estimated_duration_minutes } = next;
    critical_path.push(task_id);
    const left = (remaining.get(task_id) ?? 0) - estimated_duration_minutes;
    next = tasks.find(
      (task) =>
        task.depends_on.includes(task_id) &&
        Math.abs((remaining.get(task.task_id) ?? 0) - left) < 1e-6,
    );
  }
  return {
    mission_id: missionId,
    mission_name: mission.mission_name,
    tasks: tasks.map((task) => ({
      task_id: task.task_id,
      task: task.task,
      depends_on: task.depends_on,
      depth: depths.get(task.task_id) ?? 0,
      estimated_duration_minutes: task.estimated_duration_minutes,
      gate: task.requires_human_approval ? (task.approval_stage ?? "before") : null,
      only_if: task.only_if === undefined ? null : sayCondition(task.only_if),
      agents: (capable[task.task_id] ?? []).map((id) => {
        const { status = "available" } = names.get(id) ?? { status: "unknown" };
        return status === "available" ? id : `${id} (${status})`;
      }),
      on_critical_path: critical_path.includes(task.task_id),
    })),
    critical_path,
    critical_path_minutes: roundMinutes(longest),
    total_work_minutes: roundMinutes(
      tasks.reduce((sum, task) => sum + task.estimated_duration_minutes, 0),
    ),
    gates: tasks.filter((task) => task.requires_human_approval).length,
    faults,
  };
}
