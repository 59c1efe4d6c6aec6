/** `agent_performance_stats.json`, recomputed from the log. */

import { isDecided } from "../execution/run-aggregates.ts";
import type { RecentAttempts } from "../model/agent-history.ts";
import type { AgentStats } from "../model/agent-performance-stats.ts";
import type { MissionPlan } from "../model/decomposed-mission-tasks.ts";
import { defined } from "../model/defined.ts";
import { compareText } from "../model/order.ts";
import { type TaskLog, isAttempt } from "../model/task-execution-logs.ts";
import { type Estimates, estimatesOf, isExecution, meanCost, workRatio } from "./evidence.ts";

/**
 * Statistics of each agent over its last attempts, by agent id. An agent without any is left out:
 * nothing is known of it.
 *
 * `current` rows keep their unknown fields, and their date when no figure has changed.
 */
export function computeAgentStats(
  recent: RecentAttempts,
  {
    plans,
    date,
    current,
  }: { plans: readonly MissionPlan[]; date: string; current: readonly AgentStats[] },
): readonly AgentStats[] {
  const estimates = estimatesOf(plans);
  const before = new Map(current.map((row) => [row.agent_id, row]));
  return [...recent]
    .map(([agentId, own]) => {
      const old = before.get(agentId);
      const figures = describeAgent(agentId, own, estimates);
      const isSame = Object.entries(figures).every(
        ([field, value]) => new Map(Object.entries(old ?? {})).get(field) === value,
      );
      return { ...old, ...figures, last_updated: isSame ? (old?.last_updated ?? date) : date };
    })
    .toSorted((a, b) => compareText(a.agent_id, b.agent_id));
}

/** The last `window` attempts of each agent in a whole log, newest first. */
export function recentAttempts(rows: readonly TaskLog[], window: number): RecentAttempts {
  const recent = new Map<string, TaskLog[]>();
  for (const row of rows.toReversed()) {
    if (!isAttempt(row)) continue;
    const own = recent.get(row.agent_id);
    if (own === undefined) recent.set(row.agent_id, [row]);
    else if (own.length < window) own.push(row);
  }
  return recent;
}

function describeAgent(agentId: string, rows: readonly TaskLog[], estimates: Estimates) {
  const ran = rows.filter(isExecution);
  const decisions = rows.flatMap(listDecisions);
  const approved = decisions.filter((isApproved) => isApproved).length;
  const failed = ran.filter((row) => row.outcome === "failed").length;
  const escalated = ran.filter((row) => row.escalation === "failure").length;
  const minutes = ran.reduce((sum, row) => sum + row.actual_duration_minutes, 0);
  const ratio = workRatio(ran, estimates);
  return {
    agent_id: agentId,
    avg_task_duration_minutes: ran.length === 0 ? 0 : Math.round((minutes / ran.length) * 10) / 10,
    approval_rate: decisions.length === 0 ? 1 : toShare(approved / decisions.length),
    escalation_rate: ran.length === 0 ? 0 : toShare(escalated / ran.length),
    executions: ran.length,
    escalated_executions: escalated,
    failed_executions: failed,
    ...(ratio === undefined ? {} : { work_ratio: toShare(ratio) }),
    ...defined({ avg_cost: meanCost(ran) }),
  };
}

/** Whether people approved, in each decision about an attempt: about itself, and about its failure. */
function listDecisions(row: TaskLog): readonly boolean[] {
  const { outcome, failure_decision, human_approval_required } = row;
  if (failure_decision !== undefined) {
    return [failure_decision.decision === "approve" || failure_decision.decision === "edit"];
  }
  // What the agent asked itself is no judgement of it.
  const isKept = row.further_decisions?.some(
    ({ stage, decision }) => stage === "budget" && decision === "reject",
  );
  if (isKept === true) return [];
  const isJudged =
    human_approval_required && (row.further_decisions === undefined || isDecided(row));
  return isJudged && outcome !== "failed" ? [outcome === "approved"] : [];
}

function toShare(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
