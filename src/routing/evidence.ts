/** What is known of each agent, as counts: the statistics document, filled up from the log. */

import { z } from "zod";

import type { AgentStats } from "../model/agent-performance-stats.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { MissionPlan } from "../model/decomposed-mission-tasks.ts";
import { idSchema } from "../model/primitives.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import { roundMinutes } from "../model/time.ts";

/** What routing rests on for one agent. Absent figures are unknown, not zero. */
export const evidenceSchema = z.object({
  agent_id: idSchema,
  executions: z.int().min(0).describe("Attempts that ran."),
  work_ratio: z.number().min(0).optional().describe("Σ work ÷ Σ estimate."),
  escalated_executions: z
    .number()
    .min(0)
    .describe("How many were escalated; a fraction when only a rate is known."),
  approval_rate: z.number().min(0).max(1).optional().describe("Share of decisions that approved."),
  waiting_requests: z.int().min(0).describe("Requests about it that wait for a person now."),
});
export type Evidence = Readonly<z.infer<typeof evidenceSchema>>;

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

/** Minutes of agent work of an attempt: what it took, less the waiting for a person. */
export function workMinutes(
  row: Pick<TaskLog, "actual_duration_minutes" | "human_delay_minutes">,
): number {
  return roundMinutes(Math.max(0, row.actual_duration_minutes - row.human_delay_minutes));
}

/** True when the agent really worked: refused beforehand or skipped, it did not. */
export function isExecution(row: TaskLog): boolean {
  if (row.outcome === "rejected") return row.stage === "after";
  return row.outcome !== "skipped";
}

/**
 * Collects the last `window` attempts of each agent, newest first, those refused beforehand
 * included. Reads from the end, and stops as soon as all windows are full.
 */
export function recentAttempts(
  rows: readonly TaskLog[],
  { agents, window }: { agents: ReadonlySet<string>; window: number },
): ReadonlyMap<string, readonly TaskLog[]> {
  const recent = new Map<string, TaskLog[]>();
  let full = 0;
  for (let position = rows.length - 1; position >= 0 && full < agents.size; position -= 1) {
    const row = rows[position];
    if (row === undefined || row.outcome === "skipped" || !agents.has(row.agent_id)) continue;
    const list = recent.get(row.agent_id) ?? [];
    if (list.length >= window) continue;
    list.push(row);
    if (list.length === window) full += 1;
    recent.set(row.agent_id, list);
  }
  return recent;
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

/**
 * Evidence for each agent. The document's counts win over its bare rates; a bare rate counts with
 * n = the agent's rows; whatever the document does not say is taken from the rows.
 */
export function gatherEvidence(
  agentIds: readonly string[],
  facts: {
    readonly stats: readonly AgentStats[];
    readonly rows: readonly TaskLog[];
    readonly pending: readonly Pick<ApprovalRequest, "agent_id">[];
    readonly estimates: Estimates;
    readonly window: number;
  },
): readonly Evidence[] {
  const documented = new Map(facts.stats.map((row) => [row.agent_id, row]));
  const silent = agentIds.filter((id) => {
    const known = documented.get(id);
    return known?.executions === undefined || known.work_ratio === undefined;
  });
  const recent = recentAttempts(facts.rows, { agents: new Set(silent), window: facts.window });
  return agentIds.map((id) => {
    const known = documented.get(id);
    const own = (recent.get(id) ?? []).filter(isExecution);
    const executions = known?.executions ?? own.length;
    const ratio = known?.work_ratio ?? workRatio(own, facts.estimates);
    const logged = own.filter((row) => row.escalation === "failure").length;
    const escalated = known === undefined ? logged : known.escalation_rate * executions;
    return {
      agent_id: id,
      executions,
      ...(ratio === undefined ? {} : { work_ratio: ratio }),
      escalated_executions: known?.escalated_executions ?? escalated,
      ...(known === undefined ? {} : { approval_rate: known.approval_rate }),
      waiting_requests: facts.pending.filter((request) => request.agent_id === id).length,
    };
  });
}
