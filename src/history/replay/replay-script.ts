/** What a recorded run is replayed from: its plan, its agents in the order they worked, its rows and decisions. */

import { gateDelayMinutes } from "../../execution/run-aggregates.ts";
import { COUNTED_KPI } from "../../kpi/evaluate-kpis.ts";
import { measuresOf } from "../../kpi/plan-measures.ts";
import type { AgentRequest } from "../../model/agent-reply.ts";
import type { ApprovalRequest } from "../../model/approval-requests.ts";
import type { RecordedDecision } from "../../model/decision.ts";
import type { PlanTask } from "../../model/decomposed-mission-tasks.ts";
import { defined } from "../../model/defined.ts";
import { isEnded } from "../../model/mission-runs.ts";
import { compareText, groupBy } from "../../model/order.ts";
import type { Observations } from "../../model/primitives.ts";
import type { Routing, RunRecord } from "../../model/run-record.ts";
import type { TaskLog } from "../../model/task-execution-logs.ts";
import { addMinutes, minutesBetween } from "../../model/time.ts";

/** A record that can be replayed: each task is ranked as its agents worked. */
export interface ReplayScript extends RunRecord {
  readonly routing: Routing;
  /** Figures known at the start. */
  readonly known: Observations;
}

/** The script of a run, or why it cannot be replayed. */
export function writeScript(
  recorded: RunRecord,
): { readonly script: ReplayScript } | { readonly reason: string } {
  const { run, rows, plan } = recorded;
  if (!isEnded(run)) return { reason: `it has not ended (${run.status})` };
  if (run.status === "abandoned") return { reason: "a person cancelled it" };
  if (rows.length === 0) return { reason: "it has no rows" };
  const again = rows.find((row) => row.reopened !== undefined);
  if (again !== undefined) {
    return { reason: `it had ended when ${again.task_id} was tried again by a person` };
  }
  if (plan.tasks.length === 0) {
    return { reason: `mission ${run.mission_id} is not there any more` };
  }
  const tasks = new Set(plan.tasks.map((task) => task.task_id));
  const foreign = rows.find((row) => !tasks.has(row.task_id));
  if (foreign !== undefined) return { reason: `the plan has no task ${foreign.task_id} any more` };
  const registered = new Set(plan.agents.map((agent) => agent.agent_id));
  const gone = rows.find((row) => !registered.has(row.agent_id));
  if (gone !== undefined) return { reason: `agent ${gone.agent_id} is not registered any more` };
  const kpis = new Set(
    measuresOf(plan)
      .definitions.map(({ kpi }) => kpi)
      .filter((kpi) => kpi !== COUNTED_KPI),
  );
  const known = Object.entries(run.kpis ?? {}).filter(([kpi]) => kpis.has(kpi));
  return {
    script: {
      ...recorded,
      plan: { ...plan, tasks: plan.tasks.map((task) => recallCondition(task, rows)) },
      routing: routeAsLogged(recorded),
      known: Object.fromEntries(known),
    },
  };
}

/** What the record says of a condition on an output that is too large to be in it. */
function recallCondition(task: PlanTask, rows: readonly TaskLog[]): PlanTask {
  const isLarge = (row: TaskLog) =>
    row.output_ref !== undefined && task.depends_on.includes(row.task_id);
  if (task.only_if === undefined || !rows.some(isLarge)) return task;
  const value = !rows.some(
    ({ task_id, outcome }) => task_id === task.task_id && outcome === "not_needed",
  );
  // The inputs are always there.
  return { ...task, only_if: { all: [{ at: "/mission_inputs", op: "exists", value }] } };
}

/** Agents of each task in the order they worked; of a task that nobody worked on, those able to. */
function routeAsLogged({ rows, plan }: RunRecord): Routing {
  const worked = orderAgents(rows);
  const routes = plan.tasks.map(({ task_id }) => {
    const agents = worked.get(task_id) ?? plan.capable[task_id] ?? [];
    return [task_id, agents.map((agent_id) => ({ agent_id, ...UNRANKED }))] as const;
  });
  return { routes: Object.fromEntries(routes), evidence: [] };
}

/** A replay asks nobody who is best. */
const UNRANKED = { score: 0, n: 0, work_ratio: 0, escalation_rate: 0, terms: {} };

/**
 * The logged answer to a question of the replay, the logged delay after it was asked. What no request
 * is kept of is read from the rows. Undefined when nobody ever answered.
 */
export function recallDecision(
  asked: ApprovalRequest,
  { rows, requests }: Pick<RunRecord, "rows" | "requests">,
): RecordedDecision | undefined {
  const { run_id, approval_id, approval_request_time: from } = asked;
  const request = requests.find((candidate) => candidate.approval_id === approval_id);
  if (asked.stage === "agent" || isAside(approval_id, rows)) {
    return recallAnswer(asked, { rows, request });
  }
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
      ...defined({ reason, edits }),
    };
  }
  const failed = rows.find(
    (row) => row.task_id === asked.task_id && (row.attempt ?? 1) === asked.attempt,
  )?.failure_decision;
  if (asked.stage === "failure" && failed !== undefined) {
    const { decision, decided_by, delay_minutes, source = "library", reason } = failed;
    const decided_at = addMinutes(from, delay_minutes);
    const said = { decision, decided_by, decided_at, source, ...defined({ reason }) };
    return { run_id, approval_id, ...said };
  }
  // Before failures had decisions of their own, the next attempt had them.
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
    decided_at: addMinutes(from, gateDelayMinutes(row)),
    source: row.source ?? "library",
    ...defined({ reason: row.reason }),
  };
}

/** True of what was decided within an attempt, and is no decision about it. */
function isAside(approvalId: string, rows: readonly TaskLog[]): boolean {
  return rows.some(({ further_decisions = [] }) =>
    further_decisions.some(({ approval_id }) => approval_id === approvalId),
  );
}

/** Whether a budget was in the way of an attempt. */
export function hadOverrun({ over_budget, further_decisions = [] }: TaskLog): boolean {
  return over_budget === true || further_decisions.some(({ stage }) => stage === "budget");
}

/**
 * What was said to an agent that asked. In a replay all is asked at the same time: each decision comes as long after it
 * as it and those before it had the agent wait.
 */
function recallAnswer(
  asked: ApprovalRequest,
  { rows, request }: { rows: readonly TaskLog[]; request: ApprovalRequest | undefined },
): RecordedDecision | undefined {
  const { run_id, approval_id, approval_request_time } = asked;
  const isNamed = (ask: { readonly approval_id: string }) => ask.approval_id === approval_id;
  const asks = rows.find((row) => row.further_decisions?.some(isNamed))?.further_decisions ?? [];
  const ask = asks.find(isNamed);
  if (ask === undefined) return undefined;
  const waited = asks.slice(0, asks.indexOf(ask) + 1);
  const minutes = waited.reduce((sum, { delay_minutes }) => sum + delay_minutes, 0);
  const { decision, decided_by, source = "library", reason } = ask;
  return {
    run_id,
    approval_id,
    decision,
    decided_by,
    source,
    decided_at: addMinutes(approval_request_time, minutes),
    ...defined({ reason, edits: request?.edits, value: request?.value }),
  };
}

/** What the agent asked itself in an attempt: a list for each time that it stopped to ask. */
export function recallAsks(
  { task_id, attempt }: { task_id: string; attempt: number },
  { rows, requests }: Pick<RunRecord, "rows" | "requests">,
): readonly (readonly AgentRequest[])[] {
  const row = rows.find((one) => one.task_id === task_id && (one.attempt ?? 1) === attempt);
  const asks = (row?.further_decisions ?? [])
    .filter(({ stage }) => stage === "agent")
    .toSorted((a, b) => numberOf(a) - numberOf(b));
  const batches = groupBy(asks, (ask) => ask.approval_request_time);
  return [...batches.values()].map((batch) =>
    batch.map(({ approval_id, title, decision }) => {
      const asked = requests.find((request) => request.approval_id === approval_id);
      const { key = approval_id, ...question } = asked?.question ?? {};
      const allowed = ANSWERS.filter((type) => type === decision || asked?.allowed.includes(type));
      return { ...question, key, title, allowed };
    }),
  );
}

const ANSWERS = ["approve", "edit", "reject", "answer"] as const;

/** The last part of `APR-…-ask-<n>`. */
function numberOf({ approval_id }: { readonly approval_id: string }): number {
  return Number(/\d+$/.exec(approval_id)?.[0] ?? 0);
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
