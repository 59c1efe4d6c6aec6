/** What may not be meant about agents. */

import type { Fault } from "../model/fault.ts";
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
