/** The last attempts of agents, remembered: each run adds a few to what was read before. */

import type { RecentAttempts } from "../model/agent-history.ts";
import { type TaskLog, isAttempt } from "../model/task-execution-logs.ts";
import type { SqlDatabase } from "./sqlite-driver.ts";
import type { Tables } from "./sqlite-tables.ts";

export interface AgentWindows {
  /** The last `window` attempts of each agent that has any. */
  readonly read: (agentIds: readonly string[], window: number) => RecentAttempts;
  /** A row has been written; `isNew` undefined when nobody knows whether it was there before. */
  readonly put: (row: TaskLog, isNew: boolean | undefined) => void;
  readonly forget: () => void;
}

/** Agents whose attempts are remembered. */
const MOST_AGENTS = 256;

export function openAgentWindows(database: SqlDatabase, tables: Tables): AgentWindows {
  const recent = database.prepare(
    "SELECT record FROM task_logs WHERE agent_id = ? AND outcome NOT IN ('skipped', 'not_needed') ORDER BY seq DESC LIMIT ?",
  );
  /** Newest first. */
  const remembered = new Map<
    string,
    { readonly window: number; readonly rows: readonly TaskLog[] }
  >();

  function of(agentId: string, window: number): readonly TaskLog[] {
    const known = remembered.get(agentId);
    if (known?.window === window) return known.rows;
    if (remembered.size >= MOST_AGENTS) remembered.clear();
    const rows = recent.all(agentId, window).map((row) => tables.logs.parse(row["record"]));
    remembered.set(agentId, { window, rows });
    return rows;
  }

  return {
    read: (agentIds, window) =>
      new Map(
        agentIds.map((id) => [id, of(id, window)] as const).filter(([, rows]) => rows.length > 0),
      ),
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
