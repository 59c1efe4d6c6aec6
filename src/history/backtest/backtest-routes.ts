/** Which agent two policies would put first, and what the evidence says of both. */

import type { AgentStats } from "../../model/agent-performance-stats.ts";
import { canonicalJson } from "../../model/canonical-json.ts";
import type { History } from "../../model/history.ts";
import { compareText } from "../../model/order.ts";
import type { Policy } from "../../model/policy.ts";
import type { Reference } from "../../model/reference.ts";
import type { RouteCandidate, TaskLog } from "../../model/task-execution-logs.ts";
import { recentAttempts } from "../../routing/agent-stats.ts";
import { estimatesOf, gatherEvidence, isExecution } from "../../routing/evidence.ts";
import { eligibleAgents, rankRoutes } from "../../routing/rank-routes.ts";

/** The agent put first, with the terms of its score. */
export interface TestedRoute extends RouteCandidate {
  /** How often it has run this very task. */
  readonly executions_of_task: number;
}

export interface RouteChange {
  readonly mission_id: string;
  readonly task_id: string;
  /** First under the policy that is tested against. */
  readonly from: TestedRoute;
  /** First under the policy that is tested. */
  readonly to: TestedRoute;
}

export interface RouteComparison {
  /** Tasks of the plans whose first agent differs, by today's evidence. */
  readonly changed: readonly RouteChange[];
  readonly same: number;
  /** Rankings that were logged with two candidates or more, weighed again. */
  readonly recorded: {
    readonly weighed: number;
    readonly changed: readonly {
      readonly mission_id: string;
      readonly task_id: string;
      readonly from: string;
      readonly to: string;
      readonly runs: number;
    }[];
  };
}

type Routing = Policy["routing"];

export interface RoutingRecord {
  readonly history: Pick<History, "rows" | "requests">;
  readonly stats: readonly AgentStats[];
  readonly reference: Reference;
}

export function compareRoutes(
  record: RoutingRecord,
  { under, against }: { under: Routing; against: Routing },
): RouteComparison {
  const { plans } = record.reference;
  const tasks = plans.flatMap(({ mission_id, tasks: planned }) =>
    planned.map(({ task_id }) => ({ mission_id, task_id })),
  );
  const recorded = reweigh(record.history.rows, { under, against });
  if (canonicalJson(under) === canonicalJson(against)) {
    return { changed: [], same: tasks.length, recorded };
  }
  const firstAfter = createRanking(record, under);
  const firstBefore = createRanking(record, against);
  const changed = tasks.flatMap(({ mission_id, task_id }) => {
    const to = firstAfter(task_id);
    const from = firstBefore(task_id);
    if (to === undefined || from === undefined || to.agent_id === from.agent_id) return [];
    const withCount = (route: RouteCandidate) => ({
      ...route,
      executions_of_task: countExecutions(record.history.rows, {
        mission_id,
        task_id,
        agent_id: route.agent_id,
      }),
    });
    return [{ mission_id, task_id, from: withCount(from), to: withCount(to) }];
  });
  return { changed, same: tasks.length - changed.length, recorded };
}

/** Ranks as node C does: the evidence of now, in the policy's window. */
function createRanking({ history, stats, reference }: RoutingRecord, routing: Routing) {
  const { agents, capabilities, plans } = reference;
  const evidence = gatherEvidence(
    agents.map((agent) => agent.agent_id),
    { stats, recent: recentAttempts(history.rows, routing.window), waiting: countWaiting(history) },
    estimatesOf(plans),
  );
  const able = new Map(capabilities.map((row) => [row.task_id, row.capable_agents]));
  const available = agents.filter((agent) => agent.status !== "unavailable");
  const facts = { evidence: new Map(evidence.map((known) => [known.agent_id, known])), routing };
  return (taskId: string): RouteCandidate | undefined =>
    rankRoutes(eligibleAgents(able.get(taskId) ?? [], available), facts)[0];
}

/** Requests about each agent that wait for a person. */
function countWaiting({ requests }: Pick<History, "requests">): ReadonlyMap<string, number> {
  const waiting = new Map<string, number>();
  for (const { agent_id, status } of requests) {
    if (status === "pending") waiting.set(agent_id, (waiting.get(agent_id) ?? 0) + 1);
  }
  return waiting;
}

/** Terms are logged before their weights, so that other weights can be put on them. */
function reweigh(
  rows: readonly TaskLog[],
  { under, against }: { under: Routing; against: Routing },
): RouteComparison["recorded"] {
  const isSame = canonicalJson(under.weights) === canonicalJson(against.weights);
  const ranked = rows.filter(isRanking);
  const changes = new Map<string, RouteComparison["recorded"]["changed"][number]>();
  for (const { mission_id, task_id, route = [] } of isSame ? [] : ranked) {
    const to = firstOf(route, under.weights);
    const from = firstOf(route, against.weights);
    if (to === undefined || from === undefined || to === from) continue;
    const key = `${mission_id}/${task_id}/${from}/${to}`;
    const runs = (changes.get(key)?.runs ?? 0) + 1;
    changes.set(key, { mission_id, task_id, from, to, runs });
  }
  const changed = [...changes].toSorted(([a], [b]) => compareText(a, b)).map(([, one]) => one);
  return { weighed: ranked.length, changed };
}

/** The first attempt tells how its task was ranked in its run. */
function isRanking({ attempt, route }: TaskLog): boolean {
  return (attempt ?? 1) === 1 && route !== undefined && route.length > 1;
}

/** Ties go to the smaller agent id, as in routing. */
function firstOf(
  route: readonly RouteCandidate[],
  weights: Routing["weights"],
): string | undefined {
  const scored = route.map(({ agent_id, terms }) => {
    const sum = Object.entries(weights).reduce(
      (total, [name, weight]) => total + weight * (terms[name] ?? 0),
      0,
    );
    return { agent_id, score: Math.round(sum * 10_000) };
  });
  return scored.toSorted((a, b) => b.score - a.score || compareText(a.agent_id, b.agent_id))[0]
    ?.agent_id;
}

function countExecutions(
  rows: readonly TaskLog[],
  of: { mission_id: string; task_id: string; agent_id: string },
): number {
  const isIts = (row: TaskLog) =>
    row.agent_id === of.agent_id &&
    row.task_id === of.task_id &&
    row.mission_id === of.mission_id &&
    isExecution(row);
  return rows.filter(isIts).length;
}
