/** What may not be meant about agents and what they can do. */

import { type Fault, aFault } from "../model/fault.ts";
import type { Reference } from "../model/reference.ts";
import type { SpecializedAgent } from "../model/specialized-agents.ts";

/** Agents that name no runtime: they work in appearance only, perhaps by an oversight. */
export function findUnnamedRuntimes(agents: readonly SpecializedAgent[]): readonly Fault[] {
  return agents
    .filter(({ runtime }) => runtime === undefined)
    .map(({ agent_id }) => ({
      code: "NO_RUNTIME",
      document: "specialized_agents.json",
      record: agent_id,
      field: "runtime",
      found: "no runtime",
      expected: "the name of a runtime; `simulated` where that is meant",
      message: `${agent_id} has no runtime: it is simulated.`,
    }));
}

/** An agent that cannot be reached as the registry says. */
export function describeUnusable({
  agent_id,
  field,
  why,
}: {
  agent_id: string;
  field: string;
  why: string;
}): Fault {
  return aFault({
    code: "UNUSABLE_RUNTIME",
    document: "specialized_agents.json",
    record: agent_id,
    field: `runtime.${field}`,
    found: why,
    expected: "a runtime that can be used",
  });
}

/** Rows of tasks that are in no plan: misspelt, or left by a `new task` that was cut short. */
export function findUnusedCapabilities({ plans, capabilities }: Reference): readonly Fault[] {
  const tasks = new Set(plans.flatMap((plan) => plan.tasks.map((task) => task.task_id)));
  return capabilities
    .filter(({ task_id }) => !tasks.has(task_id))
    .map(({ task_id }) =>
      aFault({
        code: "UNUSED_CAPABILITY",
        document: "agent_capabilities_matrix.json",
        record: task_id,
        field: "",
        found: "agents for a task that no plan has",
        expected: "a task of a plan; `new task` with the same words adds it",
      }),
    );
}
