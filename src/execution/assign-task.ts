/** What a task of a run is given. */

import { labelsOfInputs } from "../approvals/labels.ts";
import { measuresOf } from "../kpi/plan-measures.ts";
import type { PlanTask } from "../model/decomposed-mission-tasks.ts";
import { defined } from "../model/defined.ts";
import type { RunRecord } from "../model/run-record.ts";
import type { SpecializedAgent } from "../model/specialized-agents.ts";
import { laterOf } from "../model/time.ts";
import { blockedMinutes } from "../planning/remaining-work.ts";
import type { TaskResult } from "./task-report.ts";
import type { Assignment } from "./task-world.ts";

/**
 * @param registry today's agents.
 * @returns what gives a task what it needs, by the results of its dependencies.
 */
export function createAssign(
  { run, plan, policy, routing }: Pick<RunRecord, "run" | "plan" | "policy" | "routing">,
  registry: readonly SpecializedAgent[],
): (task: PlanTask, results: Readonly<Record<string, TaskResult>>) => Assignment {
  const { run_id, mission_id, mission_inputs = {} } = run;
  const agents = asOfToday(plan.agents, registry);
  const { definitions } = measuresOf(plan);
  const hasLabels = plan.tasks.some((task) => task.output_labels !== undefined);
  return (task, results) => ({
    run_id,
    mission_id,
    mission_inputs,
    task,
    route: routing?.routes[task.task_id] ?? [],
    agents,
    ready: Object.values(results).reduce(
      (end, { ended_at }) => laterOf(end, ended_at),
      run.created_at ?? run.start_time,
    ),
    dependencies: results,
    labels: hasLabels ? labelsOfInputs(task, plan.tasks) : {},
    countBlockedMinutes: () => blockedMinutes(task.task_id, plan.tasks),
    policy,
    kpis: definitions,
  });
}

/** The run's agents as it was opened with them; whether, and for how many, they are available is asked of today's registry. */
function asOfToday(
  agents: readonly SpecializedAgent[],
  registry: readonly SpecializedAgent[],
): ReadonlyMap<string, SpecializedAgent> {
  const today = new Map(registry.map((agent) => [agent.agent_id, agent]));
  return new Map(
    agents.map(({ max_concurrency: _then, status: _before, ...agent }) => {
      const known = today.get(agent.agent_id);
      const { status = "available", max_concurrency } = known ?? { status: "unavailable" as const };
      return [agent.agent_id, { status, ...agent, ...defined({ max_concurrency }) }];
    }),
  );
}
