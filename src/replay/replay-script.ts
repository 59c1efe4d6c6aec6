/** What a recorded run is replayed from: its plan, its agents in the order they worked, its rows and decisions. */

import { COUNTED_KPI } from "../kpi/evaluate-kpis.ts";
import { kpisOfMission } from "../kpi/observations.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import { compareText } from "../model/canonical-json.ts";
import type { RecordedDecision } from "../model/decision.ts";
import { type MissionRun, isEnded } from "../model/mission-runs.ts";
import type { Observations } from "../model/primitives.ts";
import type { Reference } from "../model/reference.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import { addMinutes, minutesBetween } from "../model/time.ts";

/** What the documents say of one run. */
export interface RecordedRun {
  readonly run: MissionRun;
  readonly rows: readonly TaskLog[];
  readonly requests: readonly ApprovalRequest[];
}

export interface ReplayScript extends RecordedRun {
  /** One mission, with the agents that worked able and available, and nobody else. */
  readonly reference: Reference;
  /** Agents of each task in the order they worked. */
  readonly agentsByTask: ReadonlyMap<string, readonly string[]>;
  readonly observations: Observations;
}

/** The script of a run, or why it cannot be replayed. */
export function writeScript(
  recorded: RecordedRun,
  reference: Reference,
): { readonly script: ReplayScript } | { readonly reason: string } {
  const { run, rows } = recorded;
  const plan = reference.plans.find((candidate) => candidate.mission_id === run.mission_id);
  const mission = reference.missions.find((candidate) => candidate.mission_id === run.mission_id);
  if (!isEnded(run)) return { reason: `it has not ended (${run.status})` };
  if (run.status === "abandoned") return { reason: "a person cancelled it" };
  if (rows.length === 0) return { reason: "it has no rows" };
  if (plan === undefined || mission === undefined) {
    return { reason: `mission ${run.mission_id} is not there any more` };
  }
  const tasks = new Set(plan.tasks.map((task) => task.task_id));
  const foreign = rows.find((row) => !tasks.has(row.task_id));
  if (foreign !== undefined) return { reason: `the plan has no task ${foreign.task_id} any more` };
  const registered = new Map(reference.agents.map((agent) => [agent.agent_id, agent]));
  const gone = rows.find((row) => !registered.has(row.agent_id));
  if (gone !== undefined) return { reason: `agent ${gone.agent_id} is not registered any more` };

  const agentsByTask = orderAgents(rows);
  const known = kpisOfMission(run.mission_id, reference)
    .map(({ kpi }) => kpi)
    .filter((kpi) => kpi !== COUNTED_KPI);
  const script = {
    ...recorded,
    agentsByTask,
    reference: {
      missions: [mission],
      plans: [plan],
      agents: reference.agents.map((agent) => ({ ...agent, status: "available" as const })),
      capabilities: reference.capabilities
        .filter((capability) => tasks.has(capability.task_id))
        .map((capability) => ({
          ...capability,
          capable_agents: [...(agentsByTask.get(capability.task_id) ?? capability.capable_agents)],
        })),
      kpis: reference.kpis.filter((document) => document.mission_id === run.mission_id),
    },
    observations: Object.fromEntries(
      Object.entries(run.kpis ?? {}).filter(([kpi]) => known.includes(kpi)),
    ),
  };
  return { script };
}

/**
 * The logged answer to a question of the replay, the logged delay after it was asked. What no request
 * is kept of is read from the rows. Undefined when nobody ever answered.
 */
export function recallDecision(
  asked: ApprovalRequest,
  { rows, requests }: RecordedRun,
): RecordedDecision | undefined {
  const { run_id, approval_id, approval_request_time: from } = asked;
  const request = requests.find((candidate) => candidate.approval_id === approval_id);
  if (request?.status === "decided" && request.decision !== undefined) {
    const { decision, decided_by = "unknown", source = "library", reason, edits } = request;
    const until = request.decided_at ?? request.approval_request_time;
    const delay = minutesBetween(request.approval_request_time, until);
    return {
      run_id,
      approval_id,
      decision,
      decided_by,
      source,
      decided_at: addMinutes(from, Math.max(0, delay)),
      ...(reason === undefined ? {} : { reason }),
      ...(edits === undefined ? {} : { edits }),
    };
  }
  const attempt = asked.stage === "failure" ? asked.attempt + 1 : asked.attempt;
  const row = rows.find(
    (candidate) => candidate.task_id === asked.task_id && (candidate.attempt ?? 1) === attempt,
  );
  if (row === undefined || !row.human_approval_required) return undefined;
  return {
    run_id,
    approval_id,
    decided_by: row.decided_by ?? "unknown",
    decision: row.decision ?? (row.outcome === "rejected" ? "reject" : "approve"),
    decided_at: addMinutes(from, row.human_delay_minutes),
    source: row.source ?? "library",
    ...(row.reason === undefined ? {} : { reason: row.reason }),
  };
}

function orderAgents(rows: readonly TaskLog[]): ReadonlyMap<string, readonly string[]> {
  const agents = new Map<string, string[]>();
  const ordered = rows.toSorted(
    (a, b) => (a.attempt ?? 1) - (b.attempt ?? 1) || compareText(a.task_id, b.task_id),
  );
  for (const { task_id, agent_id } of ordered) {
    const own = agents.get(task_id) ?? [];
    if (!own.includes(agent_id)) own.push(agent_id);
    agents.set(task_id, own);
  }
  return agents;
}
