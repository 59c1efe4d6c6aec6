/** What a run of a mission is opened with, out of the documents as they are. */

import { defined } from "../model/defined.ts";
import type { Reference } from "../model/reference.ts";
import type { RunPlan } from "../model/run-record.ts";
import { orderTasks } from "./task-order.ts";

/** Documents are the same value until one changes, and many runs start in between. */
const known = new WeakMap<Reference, Map<string, RunPlan>>();

/**
 * The plan in dependency order with its targets and the agents able to carry it out. What the
 * documents do not say is empty.
 */
export function planRun(missionId: string, reference: Reference): RunPlan {
  const plans = known.get(reference) ?? new Map<string, RunPlan>();
  known.set(reference, plans);
  const before = plans.get(missionId);
  if (before !== undefined) return before;
  const made = makePlan(missionId, reference);
  plans.set(missionId, made);
  return made;
}

function makePlan(
  missionId: string,
  { missions, plans, agents, capabilities, kpis }: Reference,
): RunPlan {
  const isOwn = ({ mission_id }: { readonly mission_id: string }) => mission_id === missionId;
  const tasks = orderTasks(plans.find(isOwn)?.tasks ?? []).ordered;
  const planned = new Set(tasks.map((task) => task.task_id));
  const able = capabilities.filter(({ task_id }) => planned.has(task_id));
  const measures = kpis.find(isOwn);
  const wanted = new Set(able.flatMap(({ capable_agents }) => capable_agents));
  return {
    mission: missions.find(isOwn) ?? { mission_id: missionId, mission_name: missionId },
    tasks: [...tasks],
    kpis: measures?.kpis ?? {},
    ...defined({ kpi_definitions: measures?.definitions }),
    agents: agents
      .filter(({ agent_id }) => wanted.has(agent_id))
      .map(({ status: _asOfToday, ...agent }) => agent),
    capable: Object.fromEntries(
      able.map(({ task_id, capable_agents }) => [task_id, [...capable_agents]]),
    ),
  };
}
