/** Which runtime carries out an agent's tasks. */

import { MissionError } from "../errors.ts";
import { didYouMean } from "../model/near-names.ts";
import type { PinnedRuntime } from "../model/pinned-runtime.ts";
import type { SpecializedAgent } from "../model/specialized-agents.ts";
import type { AgentRuntime } from "../model/task-exchange.ts";
import { type Simulation, createSimulatedRuntime } from "./simulated-runtime.ts";

/** The runtime of agents that name none. */
const SIMULATED = "simulated";

/** Runtimes by agent id, or by the name that registry entries give in `runtime`. */
export type Runtimes = Readonly<Record<string, AgentRuntime>>;

type Agent = Pick<SpecializedAgent, "agent_id" | "runtime">;

export interface RuntimeLookup {
  /** What would carry out the agent's tasks in a run that is opened now; undefined when nothing would. */
  readonly describeRuntime: (agent: Agent) => PinnedRuntime | undefined;
  /** The runtime that a run keeps, or that it would be opened with; undefined when this process has none. */
  readonly runtimeOf: (agent: Agent, pinned?: PinnedRuntime) => AgentRuntime | undefined;
  readonly hasRuntime: (agent: Agent, pinned?: PinnedRuntime) => boolean;
}

/**
 * Keys of `runtimes` that are no agent's and no runtime's of the registry: nobody would ever call them.
 *
 * @throws MissionError `BAD_INPUT` with the names that may have been meant.
 */
export function requireKnownRuntimes(
  runtimes: Runtimes,
  agents: readonly Pick<SpecializedAgent, "agent_id" | "runtime">[],
): void {
  const known = new Set([
    SIMULATED,
    ...agents.flatMap(({ agent_id, runtime = SIMULATED }) => [agent_id, runtime]),
  ]);
  for (const name of Object.keys(runtimes)) {
    if (known.has(name)) continue;
    const hint = didYouMean(name, [...known]);
    const message = `runtimes: specialized_agents.json has no agent and no runtime "${name}"${hint || "."}`;
    throw new MissionError("BAD_INPUT", message, { details: { name } });
  }
}

/** The agent's own runtime, else the one its registry entry names, else the simulation. */
export function createRuntimeLookup(
  runtimes: Runtimes,
  simulation: Simulation = {},
): RuntimeLookup {
  const given = new Map(Object.entries(runtimes));
  const simulated = createSimulatedRuntime(simulation);

  const describeRuntime: RuntimeLookup["describeRuntime"] = ({ agent_id, runtime = SIMULATED }) => {
    const name = given.has(agent_id) ? agent_id : runtime;
    if (given.has(name)) return { kind: "function", name };
    return name === SIMULATED ? { kind: "simulated", name } : undefined;
  };
  const runtimeOf: RuntimeLookup["runtimeOf"] = (agent, pinned = describeRuntime(agent)) => {
    if (pinned === undefined) return undefined;
    return pinned.kind === "simulated" ? simulated : given.get(pinned.name);
  };
  return {
    describeRuntime,
    runtimeOf,
    hasRuntime: (agent, pinned) => runtimeOf(agent, pinned) !== undefined,
  };
}
