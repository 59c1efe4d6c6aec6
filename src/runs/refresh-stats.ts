import { computeAgentStats } from "../routing/agent-stats.ts";
import type { RunReading } from "./world.ts";

/**
 * Recomputes the statistics of agents from their last attempts, and keeps them.
 *
 * @param agentIds every agent in the log when absent.
 */
export async function refreshStats(
  { store, reference, policy, clock }: RunReading,
  agentIds?: readonly string[],
): Promise<void> {
  const { plans } = reference();
  const { window } = policy().routing;
  const date = clock.now().slice(0, 10);
  await store.refreshAgentStats(
    agentIds === undefined ? { window } : { agentIds, window },
    (recent, current) => computeAgentStats(recent, { plans, date, current }),
  );
}
