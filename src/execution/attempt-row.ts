/** The timeline: when an attempt happened, and the log row that says so. */

import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { Reserved } from "../model/budget.ts";
import type { PlanTask } from "../model/decomposed-mission-tasks.ts";
import { defined } from "../model/defined.ts";
import type { RuntimeKind } from "../model/pinned-runtime.ts";
import {
  type FurtherDecision,
  type Outcome,
  type RouteCandidate,
  type TaskLog,
  isAttempt,
} from "../model/task-execution-logs.ts";
import {
  MINUTE_MS,
  laterOf,
  minutesBetween,
  roundMinutes,
  toInstant,
  toMs,
} from "../model/time.ts";
import type { Usage } from "../model/usage.ts";
import { asksOf } from "./bearing-requests.ts";
import type { Assignment } from "./task-world.ts";
import { budgetQuestions } from "./within-budget.ts";

/** What an attempt came to. */
export interface AttemptResult {
  readonly outcome: Outcome;
  readonly work_minutes: number;
  /** Clock: when measured work began. Absent for reported minutes, which move the timeline alone. */
  readonly called_at?: string | undefined;
  readonly error?: string | undefined;
  readonly retryable?: false | undefined;
  readonly reserved?: Reserved | undefined;
  /** What did the work; absent when nobody worked. */
  readonly runtime?: RuntimeKind | undefined;
  readonly usage?: Usage | undefined;
  readonly kept?:
    | Pick<TaskLog, "output" | "output_ref" | "kpi_observations" | "warnings">
    | undefined;
}

/**
 * Builds the row of an attempt.
 *
 * It starts when it is ready, or, for measured work, when the agent was really called; it ends
 * after the human delay and the work. Minutes come from milliseconds and are stored to 0.01.
 *
 * @param ready timeline: end of its dependencies or of the attempt before.
 * @param decided the decision this attempt rests on, or that ended it.
 */
export function buildRow(
  facts: {
    run_id: string;
    mission_id: string;
    task: PlanTask;
    agent_id: string;
    attempt: number;
    ready: string;
    decided?: ApprovalRequest | undefined;
    /** What was asked within the attempt, by the agent or about its budget, all decided. */
    asks?: readonly ApprovalRequest[] | undefined;
    route: readonly RouteCandidate[];
  },
  result: AttemptResult,
): TaskLog {
  const { task, decided, ready } = facts;
  const asks = tellAsks(facts.asks ?? []);
  const asksMs = asks.reduce(
    (sum, { delay_minutes }) => sum + Math.round(delay_minutes * MINUTE_MS),
    0,
  );
  const delayMs = (decided === undefined ? 0 : decisionDelayMs(decided)) + asksMs;
  const workMs = Math.round(result.work_minutes * MINUTE_MS);
  const called =
    result.called_at === undefined ? ready : toInstant(toMs(result.called_at) - delayMs);
  // Nothing ends before its decision.
  const last = asks.map(({ decided_at }) => toInstant(toMs(decided_at) - delayMs - workMs));
  const startedAt = [called, startOfAsked(decided, workMs + asksMs), ...last].reduce(
    laterOf,
    ready,
  );
  return {
    run_id: facts.run_id,
    mission_id: facts.mission_id,
    task_id: task.task_id,
    agent_id: facts.agent_id,
    actual_duration_minutes: roundMinutes((delayMs + workMs) / MINUTE_MS),
    human_approval_required:
      task.requires_human_approval || decided !== undefined || asks.length > 0,
    human_delay_minutes: roundMinutes(delayMs / MINUTE_MS),
    outcome: result.outcome,
    attempt: facts.attempt,
    started_at: startedAt,
    ended_at: toInstant(toMs(startedAt) + delayMs + workMs),
    ...(decided === undefined ? {} : describeDecision(decided)),
    ...(asks.length === 0 ? {} : { further_decisions: asks }),
    ...(facts.asks?.some(isLate) === true ? { escalation: "overdue" as const } : {}),
    ...defined({ runtime: result.runtime, error: result.error, retryable: result.retryable }),
    ...defined({ reserved: result.reserved }),
    ...describeUsage(result.usage),
    ...result.kept,
    ...(isAttempt(result) ? { propensity: propensityOf(facts) } : {}),
    route: [...facts.route],
  };
}

function describeUsage({ cost, ...tokens }: Usage = {}): Pick<TaskLog, "usage" | "cost"> {
  const usage = Object.values(tokens).some((count) => count !== undefined) ? tokens : undefined;
  return defined({ usage, cost });
}

/** Only who has the first attempt is drawn. */
function propensityOf({
  agent_id,
  attempt,
  route,
}: {
  agent_id: string;
  attempt: number;
  route: readonly RouteCandidate[];
}): number {
  if (attempt > 1) return 1;
  return route.find((candidate) => candidate.agent_id === agent_id)?.propensity ?? 1;
}

/** The row of a failed attempt with what a person decided about the failure, and the wait for it. */
export function settleRow(row: TaskLog, decided: ApprovalRequest): TaskLog {
  const { approval_request_time, decided_at = approval_request_time } = decided;
  const { decided_by = "unknown", decision = "reject", reason, source } = decided;
  const delayMs = decisionDelayMs(decided);
  const failedAt = row.ended_at ?? approval_request_time;
  const endedAt = [toInstant(toMs(failedAt) + delayMs), decided_at].reduce(laterOf);
  const shift = toMs(endedAt) - toMs(failedAt) - delayMs;
  return {
    ...row,
    actual_duration_minutes: roundMinutes(row.actual_duration_minutes + delayMs / MINUTE_MS),
    human_delay_minutes: roundMinutes(row.human_delay_minutes + delayMs / MINUTE_MS),
    human_approval_required: true,
    // Asked later than it failed: after a crash for one. Then the attempt is told as that much later.
    started_at: toInstant(toMs(row.started_at ?? failedAt) + shift),
    ended_at: endedAt,
    failure_decision: {
      approval_request_time,
      decided_at,
      decided_by,
      decision,
      delay_minutes: roundMinutes(delayMs / MINUTE_MS),
      ...defined({ reason, source }),
    },
  };
}

/** An attempt that a person was asked about has not started before: nothing ends before its decision. */
function startOfAsked(decided: ApprovalRequest | undefined, beforeMs: number): string {
  if (decided === undefined) return "";
  const asked = toMs(decided.approval_request_time);
  return toInstant(decided.stage === "after" ? asked - beforeMs : asked);
}

/** A task, and what there is of it so far. */
export interface Progress {
  readonly assignment: Assignment;
  readonly rows: readonly TaskLog[];
  readonly requests: readonly ApprovalRequest[];
}

/** The row of a task's next attempt. `ready` is when it could start, when that is known otherwise. */
export function rowOf(
  step: { agent_id: string; attempt: number; decided?: ApprovalRequest },
  { assignment, rows, requests }: Progress,
  result: AttemptResult,
  ready?: string,
): TaskLog {
  const before = rows.at(-1);
  // The time between the end of a run and its reopening is nobody's.
  const again = laterOf(before?.ended_at ?? "", before?.reopened?.at ?? "");
  const start = ready ?? (again === "" ? assignment.ready : again);
  const { agent_id, attempt, decided } = step;
  const asks = [...budgetQuestions(requests, attempt), ...asksOf(requests, attempt)].filter(
    (asked) => asked.status === "decided" && asked !== decided,
  );
  const { run_id, mission_id, task, route } = assignment;
  const facts = { run_id, mission_id, task, route, agent_id, attempt, ready: start, decided, asks };
  return buildRow(facts, result);
}

/** Clock milliseconds between question and decision. */
function decisionDelayMs({ approval_request_time, decided_at }: ApprovalRequest): number {
  return Math.max(0, toMs(decided_at ?? approval_request_time) - toMs(approval_request_time));
}

function describeDecision(decided: ApprovalRequest): Partial<TaskLog> {
  const { approval_request_time, decided_at, stage } = decided;
  return {
    approval_request_time,
    stage,
    ...defined({
      decided_at,
      decided_by: decided.decided_by,
      decision: decided.decision,
      reason: decided.reason,
      source: decided.source,
    }),
    ...(isLate(decided) ? { escalation: "overdue" as const } : {}),
  };
}

function isLate({ due_at, decided_at }: ApprovalRequest): boolean {
  return decided_at !== undefined && minutesBetween(due_at, decided_at) >= 0;
}

/** What was said of each, and how long it alone had the agent wait: several may have waited at once. */
function tellAsks(asks: readonly ApprovalRequest[]): FurtherDecision[] {
  let waited = 0;
  return asks
    .toSorted((a, b) => toMs(a.decided_at ?? "") - toMs(b.decided_at ?? ""))
    .map((asked) => {
      const { approval_id, approval_request_time, decided_at = approval_request_time } = asked;
      const { decided_by = "unknown", decision = "reject", reason, source } = asked;
      const from = Math.max(toMs(approval_request_time), waited);
      const until = Math.max(from, toMs(decided_at));
      waited = until;
      return {
        approval_id,
        stage: asked.stage,
        title: asked.question?.title ?? String(asked.args["budget"] ?? asked.task),
        approval_request_time,
        decided_at,
        decided_by,
        decision,
        delay_minutes: roundMinutes((until - from) / MINUTE_MS),
        ...defined({ reason, source }),
      };
    });
}
