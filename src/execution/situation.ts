import { type Hash, OUTPUT_REF } from "../approvals/content.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { PlanTask } from "../model/decomposed-mission-tasks.ts";
import type { MissionInputs } from "../model/mission-inputs.ts";
import type { Policy } from "../model/policy.ts";
import type { Inputs } from "../model/task-exchange.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import { type Overrun, reserveFor } from "./budgets.ts";
import type { Assignment } from "./task-world.ts";

/** Everything that bears on a task's next step. */
export interface Situation {
  readonly task: PlanTask;
  /** Capable agents that are available now, best first. */
  readonly available: readonly string[];
  /** The best capable agent, available or not. */
  readonly preferred: string;
  /** Attempts so far, in order. */
  readonly rows: readonly TaskLog[];
  /** Requests so far, in order. */
  readonly requests: readonly ApprovalRequest[];
  /** Outputs by dependency; large ones as references. */
  readonly inputs: Inputs;
  /** What the run is about. */
  readonly mission_inputs: MissionInputs;
  readonly execution: Policy["execution"];
  readonly budgets: Pick<Policy["budgets"], "at_limit">;
  /** What an attempt of each agent may cost. */
  readonly costs: ReadonlyMap<string, number>;
  /** Agents that were found to pass a limit of a budget, just now. */
  readonly overruns?: ReadonlyMap<string, Overrun>;
  readonly hash: Hash;
}

/** What is recorded of a task, and what can be done about it now. */
export function describeSituation(
  { task, mission_inputs, route, agents, dependencies, policy }: Assignment,
  history: Pick<Situation, "rows" | "requests" | "overruns">,
  hash: (text: string) => string,
): Situation {
  const ids = route.map((candidate) => candidate.agent_id);
  const isAvailable = (id: string) => {
    const agent = agents.get(id);
    return agent !== undefined && agent.status !== "unavailable";
  };
  const inputs = Object.entries(dependencies).flatMap(([id, { output, output_ref }]) => {
    if (output_ref !== undefined) return [[id, { [OUTPUT_REF]: output_ref.sha256 }] as const];
    return output === undefined ? [] : [[id, output] as const];
  });
  return {
    task,
    available: ids.filter(isAvailable),
    preferred: ids[0] ?? "",
    inputs: Object.fromEntries(inputs),
    mission_inputs,
    execution: policy.execution,
    budgets: policy.budgets,
    costs: needsCosts(history) ? costsOf(agents, task) : NO_COSTS,
    hash,
    ...history,
  };
}

const NO_COSTS: ReadonlyMap<string, number> = new Map();

/** Nobody asks for them where no budget is in the way. */
function needsCosts({ rows, overruns }: Pick<Situation, "rows" | "overruns">): boolean {
  return overruns !== undefined || rows.some((row) => row.over_budget === true);
}

function costsOf(agents: Assignment["agents"], task: PlanTask): ReadonlyMap<string, number> {
  return new Map(
    [...agents.values()].map((agent) => [agent.agent_id, reserveFor(agent, task).cost]),
  );
}
