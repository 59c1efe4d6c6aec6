/** What is known of agents: their statistics and their last attempts. */

import type { AgentStats } from "../../model/agent-performance-stats.ts";
import type { Session } from "../session.ts";
import { type Sql, numberOf, sql, textOf } from "../sql.ts";
import type { Store } from "../store.ts";

type AgentCommands = Pick<Store, "readAgents" | "listAgentStats" | "refreshAgentStats">;

const ONE = sql("SELECT record FROM agent_stats WHERE agent_id = $1");
const ALL = sql("SELECT record FROM agent_stats ORDER BY agent_id");
const AGENTS = sql(
  "SELECT DISTINCT agent_id FROM task_logs WHERE outcome NOT IN ('skipped', 'not_needed') ORDER BY agent_id",
);
const WAITING =
  sql(`SELECT (SELECT count(*) FROM approvals WHERE agent_id = $1 AND status = 'pending')
  + (SELECT count(*) FROM calls JOIN runs USING (run_id) WHERE agent_id = $1 AND is_working = 1
    AND status IN ('running', 'awaiting_approval')) AS number`);

export function createAgentCommands(session: Session): AgentCommands {
  const { tables, lastAttempts, write, read, ask } = session;

  function* readStats(ids: readonly string[]): Sql<AgentStats[]> {
    const stats: AgentStats[] = [];
    for (const id of ids) {
      const row = yield* ONE.get(id);
      if (row !== undefined) stats.push(tables.stats.parse(row["record"]));
    }
    return stats;
  }

  return {
    readAgents: (agentIds, window) =>
      read(function* readAll() {
        const stats = yield* readStats(agentIds);
        const waiting = new Map<string, number>();
        for (const id of agentIds) waiting.set(id, numberOf(yield* WAITING.get(id), "number"));
        const told = new Set(stats.filter(isComplete).map((row) => row.agent_id));
        const silent = agentIds.filter((id) => !told.has(id));
        return { stats, recent: yield* lastAttempts(silent, window), waiting };
      }),
    listAgentStats: async () =>
      (await ask(() => ALL.all())).map((row) => tables.stats.parse(row["record"])),
    refreshAgentStats: ({ agentIds, window }, compute) =>
      write(undefined, function* refresh() {
        const ids =
          agentIds ?? (yield* AGENTS.all()).flatMap((row) => textOf(row, "agent_id") ?? []);
        const recent = yield* lastAttempts(ids, window);
        for (const row of compute(recent, yield* readStats(ids))) yield* tables.stats.put(row);
      }),
  };
}

/** True when the statistics say all that routing asks for. */
function isComplete({ executions, work_ratio }: AgentStats): boolean {
  return executions !== undefined && work_ratio !== undefined;
}
