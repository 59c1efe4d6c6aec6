/** The last attempts of agents, remembered: each run adds a few to what was read before. */

import type { RecentAttempts } from "../model/agent-history.ts";
import { type TaskLog, isAttempt } from "../model/task-execution-logs.ts";
import { type Sql, sql } from "./sql.ts";
import type { Tables } from "./tables.ts";

export interface AgentWindows {
  /** The last `window` attempts of each agent that has any. */
  readonly read: (agentIds: readonly string[], window: number) => Sql<RecentAttempts>;
  /** A row has been written; `isNew` undefined when nobody knows whether it was there before. */
  readonly put: (row: TaskLog, isNew: boolean | undefined) => void;
  readonly forget: () => void;
}

/** Agents whose attempts are remembered. */
const MOST_AGENTS = 256;

const RECENT = sql(
  "SELECT record FROM task_logs WHERE agent_id = $1 AND outcome NOT IN ('skipped', 'not_needed') ORDER BY seq DESC LIMIT $2",
);

export function openAgentWindows(tables: Tables): AgentWindows {
  /** Newest first. */
  const remembered = new Map<
    string,
    { readonly window: number; readonly rows: readonly TaskLog[] }
  >();

  function* of(agentId: string, window: number): Sql<readonly TaskLog[]> {
    const known = remembered.get(agentId);
    if (known?.window === window) return known.rows;
    if (remembered.size >= MOST_AGENTS) remembered.clear();
    const found = yield* RECENT.all(agentId, window);
    const rows = found.map((row) => tables.logs.parse(row["record"]));
    remembered.set(agentId, { window, rows });
    return rows;
  }

  return {
    *read(agentIds, window) {
      const recent = new Map<string, readonly TaskLog[]>();
      for (const id of agentIds) {
        const rows = yield* of(id, window);
        if (rows.length > 0) recent.set(id, rows);
      }
      return recent;
    },
    put(row, isNew) {
      const known = remembered.get(row.agent_id);
      if (known === undefined) return;
      if (isNew === undefined || !isAttempt(row)) {
        remembered.delete(row.agent_id);
        return;
      }
      const { window, rows } = known;
      const changed = isNew
        ? [row, ...rows].slice(0, window)
        : rows.map((other) => (isSameAttempt(other, row) ? row : other));
      remembered.set(row.agent_id, { window, rows: changed });
    },
    forget: () => remembered.clear(),
  };
}

export function isSameAttempt(a: TaskLog, b: TaskLog): boolean {
  return a.run_id === b.run_id && a.task_id === b.task_id && (a.attempt ?? 1) === (b.attempt ?? 1);
}
