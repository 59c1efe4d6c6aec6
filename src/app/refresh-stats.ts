import type { AgentStats } from "../model/agent-performance-stats.ts";
import { computeAgentStats } from "../routing/agent-stats.ts";
import { estimatesOf } from "../routing/evidence.ts";
import type { Workspace } from "./workspace.ts";

/** Recomputes the statistics of every agent in the log, and writes them. */
export async function refreshStats(
  { store, reference, policy }: Workspace,
  now: string,
): Promise<readonly AgentStats[]> {
  const estimates = estimatesOf(reference().plans);
  const { window } = policy.routing;
  const refreshed = store.refreshAgentStats((rows, current) => {
    const agents = new Set(rows.map((row) => row.agent_id));
    return computeAgentStats(rows, { agents, estimates, window, date: now.slice(0, 10), current });
  });
  await store.settle();
  return refreshed;
}
