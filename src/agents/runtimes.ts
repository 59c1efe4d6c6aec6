/** Which runtime carries out an agent's tasks. */

import { MissionError } from "../errors.ts";
import type { AgentMemory } from "../model/agent-reply.ts";
import { canonicalJson } from "../model/canonical-json.ts";
import { didYouMean } from "../model/near-names.ts";
import type { PinnedRuntime } from "../model/pinned-runtime.ts";
import { nameOfSettings } from "../model/runtime-settings.ts";
import type { SpecializedAgent } from "../model/specialized-agents.ts";
import type { ResumableRuntime, TaskRequest, UncheckedRuntime } from "../model/task-exchange.ts";
import type { ReachedSettings } from "./kinds/open-kind.ts";
import type { Bound, CheckDepth, OpenedKind } from "./kinds/opened-kind.ts";
import { type Simulation, createSimulatedRuntime } from "./simulated-runtime.ts";

/** The runtime of agents that name none. */
const SIMULATED = "simulated";

/** Runtimes by agent id, or by the name that registry entries give in `runtime`. */
export type Runtimes = Readonly<Record<string, ResumableRuntime>>;

/** Opens what the registry describes. */
export type OpenKind = (settings: ReachedSettings) => OpenedKind;

type Agent = Pick<SpecializedAgent, "agent_id" | "runtime">;

/** An agent whose runtime cannot be used, and why. */
export interface Unusable {
  readonly agent_id: string;
  /** The setting of `runtime` that is wrong. */
  readonly field: string;
  readonly why: string;
}

export interface RuntimeLookup {
  /** What would carry out the agent's tasks in a run that is opened now; undefined when nothing would. */
  readonly describeRuntime: (agent: Agent) => PinnedRuntime | undefined;
  /** The runtime that a run keeps, or that it would be opened with; undefined when this process has none. */
  readonly runtimeOf: (agent: Agent, pinned?: PinnedRuntime) => UncheckedRuntime | undefined;
  readonly hasRuntime: (agent: Agent, pinned?: PinnedRuntime) => boolean;
  /** Those of the agents that are reached as the registry says, and cannot be. */
  readonly checkRuntimes: (
    agents: readonly Agent[],
    depth: CheckDepth,
  ) => Promise<readonly Unusable[]>;
  /** What a task can use up at most by the agent's runtime, where it is capped. */
  readonly boundOf: (
    agent: Agent,
    pinned: PinnedRuntime | undefined,
    request: TaskRequest,
  ) => Bound;
  /** Tells an agent elsewhere that nobody waits any more for what it was called for. */
  readonly abandon: (
    agent: Agent,
    pinned: PinnedRuntime | undefined,
    call: AgentMemory,
  ) => Promise<void>;
  /** Ends connections and programs. */
  readonly close: () => Promise<void>;
}

/**
 * Keys of `runtimes` that are no agent's and no runtime's of the registry: nobody would ever call them.
 *
 * @throws MissionError `BAD_INPUT` with the names that may have been meant.
 */
export function requireKnownRuntimes(runtimes: Runtimes, agents: readonly Agent[]): void {
  requireFunctions(runtimes);
  const known = new Set([
    SIMULATED,
    ...agents.flatMap(({ agent_id, runtime }) =>
      typeof runtime === "string" ? [agent_id, runtime] : [agent_id],
    ),
  ]);
  for (const name of Object.keys(runtimes)) {
    if (known.has(name)) continue;
    const hint = didYouMean(name, [...known]);
    const message = `runtimes: specialized_agents.json has no agent and no runtime "${name}"${hint || "."}`;
    throw new MissionError("BAD_INPUT", message, { details: { name } });
  }
}

/** @throws MissionError `BAD_INPUT` */
function requireFunctions(runtimes: unknown): void {
  if (typeof runtimes !== "object" || runtimes === null || Array.isArray(runtimes)) {
    throw new MissionError("BAD_INPUT", "runtimes is an object: a function for each agent.");
  }
  for (const [name, runtime] of Object.entries(runtimes)) {
    if (typeof runtime === "function") continue;
    throw new MissionError("BAD_INPUT", `runtimes: what is given for ${name} is no function.`);
  }
}

/** How the agent is reached, when that is still what the run keeps. */
function settingsOf(
  { runtime }: Agent,
  { kind, name }: PinnedRuntime,
): ReachedSettings | undefined {
  if (typeof runtime !== "object" || runtime.kind === "simulated") return undefined;
  return runtime.kind === kind && nameOfSettings(runtime) === name ? runtime : undefined;
}

/** The agent's own runtime, else the one that its registry entry describes or names, else the simulation. */
export function createRuntimeLookup(
  runtimes: Runtimes,
  { simulation, openKind }: { simulation?: Simulation; openKind: OpenKind },
): RuntimeLookup {
  const given = new Map(Object.entries(runtimes));
  const simulated = createSimulatedRuntime(simulation);
  const opened = new Map<string, OpenedKind>();

  /** Agents that are reached alike share what is opened. */
  function open(settings: ReachedSettings): OpenedKind {
    const key = canonicalJson(settings);
    const known = opened.get(key) ?? openKind(settings);
    opened.set(key, known);
    return known;
  }

  const describeRuntime: RuntimeLookup["describeRuntime"] = ({ agent_id, runtime = SIMULATED }) => {
    if (given.has(agent_id)) return { kind: "function", name: agent_id };
    if (typeof runtime !== "string") return { kind: runtime.kind, name: nameOfSettings(runtime) };
    if (given.has(runtime)) return { kind: "function", name: runtime };
    return runtime === SIMULATED ? { kind: "simulated", name: runtime } : undefined;
  };
  const hasRuntime: RuntimeLookup["hasRuntime"] = (agent, pinned = describeRuntime(agent)) => {
    if (pinned === undefined) return false;
    if (pinned.kind === "simulated") return true;
    if (pinned.kind === "function") return given.has(pinned.name);
    return settingsOf(agent, pinned) !== undefined;
  };
  return {
    describeRuntime,
    hasRuntime,
    runtimeOf(agent, pinned = describeRuntime(agent)) {
      if (pinned === undefined) return undefined;
      if (pinned.kind === "simulated") return simulated;
      if (pinned.kind === "function") return given.get(pinned.name);
      const settings = settingsOf(agent, pinned);
      return settings === undefined ? undefined : open(settings).run;
    },
    boundOf(agent, pinned = describeRuntime(agent), request) {
      const settings = pinned === undefined ? undefined : settingsOf(agent, pinned);
      return settings === undefined ? {} : (open(settings).bound?.(request) ?? {});
    },
    async abandon(agent, pinned = describeRuntime(agent), call) {
      const settings = pinned === undefined ? undefined : settingsOf(agent, pinned);
      if (settings !== undefined) await open(settings).abandon?.(call);
    },
    async checkRuntimes(agents, depth) {
      const checked = agents.map(async (agent) => {
        const pinned = describeRuntime(agent);
        const settings = pinned === undefined ? undefined : settingsOf(agent, pinned);
        const objection = settings === undefined ? undefined : await open(settings).check(depth);
        return objection === undefined ? [] : [{ agent_id: agent.agent_id, ...objection }];
      });
      return (await Promise.all(checked)).flat();
    },
    async close() {
      await Promise.allSettled([...opened.values()].map((kind) => kind.close()));
    },
  };
}
