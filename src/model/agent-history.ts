import type { AgentStats } from "./agent-performance-stats.ts";
import type { TaskLog } from "./task-execution-logs.ts";

/** The last attempts of each agent, newest first, skipped ones left out. */
export type RecentAttempts = ReadonlyMap<string, readonly TaskLog[]>;

/** What is known of agents. */
export interface AgentHistory {
  readonly stats: readonly AgentStats[];
  /** Of agents whose statistics do not say everything. */
  readonly recent: RecentAttempts;
  /** Requests about each agent that wait for a person. */
  readonly waiting: ReadonlyMap<string, number>;
}
