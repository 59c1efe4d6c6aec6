/** What is known of each agent, as counts: the statistics document, filled up from the log. */

import type { AgentHistory } from "../model/agent-history.ts";
import { sumCost } from "../model/cost.ts";
import type { MissionPlan } from "../model/decomposed-mission-tasks.ts";
import { defined } from "../model/defined.ts";
import { workMinutes } from "../model/minutes.ts";
import type { Evidence } from "../model/run-record.ts";
import { type TaskLog, isAttempt } from "../model/task-execution-logs.ts";

/** Planned minutes by mission and task. */
export type Estimates = ReadonlyMap<string, ReadonlyMap<string, number>>;

export function estimatesOf(plans: readonly MissionPlan[]): Estimates {
  return new Map(
    plans.map((plan) => [
      plan.mission_id,
      new Map(plan.tasks.map((task) => [task.task_id, task.estimated_duration_minutes])),
    ]),
  );
}

/** True when the agent really worked: refused beforehand or skipped, it did not. */
export function isExecution(row: TaskLog): boolean {
  if (row.outcome === "rejected") return row.stage === "after";
  return isAttempt(row) && row.over_budget === undefined;
}

/** Σ work ÷ Σ estimate over attempts that did not fail; undefined when there is none to go by. */
export function workRatio(rows: readonly TaskLog[], estimates: Estimates): number | undefined {
  let work = 0;
  let planned = 0;
  for (const row of rows) {
    const estimate = estimates.get(row.mission_id)?.get(row.task_id);
    if (!isExecution(row) || row.outcome === "failed" || estimate === undefined) continue;
    work += workMinutes(row);
    planned += estimate;
  }
  return planned === 0 ? undefined : work / planned;
}

/** Mean cost of the attempts that say one, to a millionth; undefined when none does. */
export function meanCost(rows: readonly TaskLog[]): number | undefined {
  const priced = rows.filter((row) => row.cost !== undefined);
  const total = sumCost(priced);
  return total === undefined ? undefined : Math.round((total / priced.length) * 1e6) / 1e6;
}

/**
 * Evidence for each agent. The document's counts win over its bare rates; a bare rate counts with
 * n = the agent's rows; whatever the document does not say is taken from the rows.
 */
export function gatherEvidence(
  agentIds: readonly string[],
  { stats, recent, waiting }: AgentHistory,
  estimates: Estimates,
): readonly Evidence[] {
  const documented = new Map(stats.map((row) => [row.agent_id, row]));
  return agentIds.map((id) => {
    const known = documented.get(id);
    const own = (recent.get(id) ?? []).filter(isExecution);
    const executions = known?.executions ?? own.length;
    const failed = own.filter((row) => row.outcome === "failed").length;
    const logged = own.filter((row) => row.escalation === "failure").length;
    const escalated = known === undefined ? logged : known.escalation_rate * executions;
    return {
      agent_id: id,
      executions,
      escalated_executions: known?.escalated_executions ?? escalated,
      waiting_requests: waiting.get(id) ?? 0,
      ...defined({
        failed_executions: known === undefined ? failed : known.failed_executions,
        work_ratio: known?.work_ratio ?? workRatio(own, estimates),
        approval_rate: known?.approval_rate,
        avg_cost: known?.avg_cost ?? meanCost(own),
      }),
    };
  });
}
