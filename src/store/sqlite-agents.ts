/** What is known of agents: their statistics and their last attempts. */

import type { AgentStats } from "../model/agent-performance-stats.ts";
import type { Session } from "./sqlite-session.ts";
import { numberOf, textOf } from "./sqlite-tables.ts";
import type { Store } from "./store.ts";

type AgentCommands = Pick<Store, "readAgents" | "listAgentStats" | "refreshAgentStats">;

export function createAgentCommands(session: Session): AgentCommands {
  const { database, tables, lastAttempts, write, read } = session;
  const one = database.prepare("SELECT record FROM agent_stats WHERE agent_id = ?");
  const all = database.prepare("SELECT record FROM agent_stats ORDER BY agent_id");
  const agents = database.prepare(
    "SELECT DISTINCT agent_id FROM task_logs WHERE outcome NOT IN ('skipped', 'not_needed') ORDER BY agent_id",
  );
  const waiting = database.prepare(
    `SELECT (SELECT count(*) FROM approvals WHERE agent_id = ?1 AND status = 'pending')
      + (SELECT count(*) FROM calls JOIN runs USING (run_id)
        WHERE calls.record ->> '$.agent_id' = ?1 AND calls.record ->> '$.continuation' IS NULL
        AND status IN ('running', 'awaiting_approval')) AS number`,
  );

  const listStats = (): readonly AgentStats[] =>
    all.all().map((row) => tables.stats.parse(row["record"]));

  return {
    readAgents: (agentIds, window) =>
      read(() => {
        const stats = agentIds.flatMap((id) => {
          const row = one.get(id);
          return row === undefined ? [] : [tables.stats.parse(row["record"])];
        });
        const told = new Set(stats.filter(isComplete).map((row) => row.agent_id));
        const silent = agentIds.filter((id) => !told.has(id));
        return {
          stats,
          recent: lastAttempts(silent, window),
          waiting: new Map(agentIds.map((id) => [id, numberOf(waiting.get(id), "number")])),
        };
      }),
    listAgentStats: () => read(listStats),
    refreshAgentStats: ({ agentIds, window }, compute) =>
      write(undefined, () => {
        const ids = agentIds ?? agents.all().flatMap((row) => textOf(row, "agent_id") ?? []);
        for (const row of compute(lastAttempts(ids, window), listStats())) tables.stats.put(row);
        return listStats();
      }),
  };
}

/** True when the statistics say all that routing asks for. */
function isComplete({ executions, work_ratio }: AgentStats): boolean {
  return executions !== undefined && work_ratio !== undefined;
}
