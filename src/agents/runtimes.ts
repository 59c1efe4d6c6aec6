/** Which runtime carries out an agent's tasks. */

import type { SpecializedAgent } from "../model/specialized-agents.ts";
import type { AgentRuntime } from "../model/task-exchange.ts";
import { type Simulation, createSimulatedRuntime } from "./simulated-runtime.ts";

/** The runtime of agents that name none. */
const DEFAULT_RUNTIME = "simulated";

/** Runtimes by agent id, or by the name that registry entries give in `runtime`. */
export type Runtimes = Readonly<Record<string, AgentRuntime>>;

export interface RuntimeLookup {
  readonly runtimeOf: (
    agent: Pick<SpecializedAgent, "agent_id" | "runtime">,
  ) => AgentRuntime | undefined;
  readonly hasRuntime: (agent: Pick<SpecializedAgent, "agent_id" | "runtime">) => boolean;
}

/** The agent's own runtime, else the one its registry entry names, else the simulation. */
export function createRuntimeLookup(
  runtimes: Runtimes,
  simulation: Simulation = {},
): RuntimeLookup {
  const named = new Map<string, AgentRuntime>([
    [DEFAULT_RUNTIME, createSimulatedRuntime(simulation)],
    ...Object.entries(runtimes),
  ]);
  const runtimeOf: RuntimeLookup["runtimeOf"] = ({ agent_id, runtime = DEFAULT_RUNTIME }) =>
    named.get(agent_id) ?? named.get(runtime);
  return { runtimeOf, hasRuntime: (agent) => runtimeOf(agent) !== undefined };
}
