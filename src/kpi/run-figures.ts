/** Everything that follows from a run's record: what its risks, KPIs and report are made of. */

import { deriveStatuses } from "../execution/derive-statuses.ts";
import type { TaskStatuses } from "../execution/plan-progress.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { BusinessMission } from "../model/business-missions.ts";
import type { PlanTask } from "../model/decomposed-mission-tasks.ts";
import type { KpiResult } from "../model/kpi-result.ts";
import { type MissionRun, isEnded } from "../model/mission-runs.ts";
import { compareText } from "../model/order.ts";
import type { Observations } from "../model/primitives.ts";
import type { RunRecord } from "../model/run-record.ts";
import { laterOf, toInstant, toMs } from "../model/time.ts";
import { type DelayLedger, measureDelays } from "./delay-ledger.ts";
import { evaluateKpis } from "./evaluate-kpis.ts";
import { type PlacedAttempt, layTimeline } from "./lay-timeline.ts";
import { measuresOf } from "./plan-measures.ts";
import { observationsOf } from "./run-observations.ts";
import { type Fix, rankFixes } from "./what-to-fix.ts";

/** A run's record with what follows from it. A figure that takes work is made when it is first read. */
export interface RunFigures extends RunRecord {
  readonly now: string;
  readonly mission: BusinessMission;
  /** In dependency order. */
  readonly tasks: readonly PlanTask[];
  readonly statuses: TaskStatuses;
  readonly observations: Observations;
  readonly kpis: readonly KpiResult[];
  readonly dueMinutes: number;
  readonly budgetMinutes: number | undefined;
  readonly placed: readonly PlacedAttempt[];
  readonly ledger: DelayLedger;
  readonly fixes: readonly Fix[];
  /** Who may decide today; empty when anybody may. */
  readonly approvers: readonly string[];
}

/** What of a run risk rules are held against. */
export type RiskBasis = Pick<
  RunFigures,
  | "run"
  | "tasks"
  | "statuses"
  | "rows"
  | "requests"
  | "kpis"
  | "dueMinutes"
  | "budgetMinutes"
  | "now"
>;

export function measureRun(
  record: RunRecord,
  { now, approvers = [] }: { now: string; approvers?: readonly string[] | undefined },
): RunFigures {
  const { run, plan, policy, routing, rows, requests, events } = record;
  const { tasks, mission } = plan;
  const { definitions, budgetMinutes } = measuresOf(plan);
  const observations = once(() => observationsOf(record));
  const placed = once(() => layTimeline(rows, { tasks, startTime: run.start_time }));
  const pending = once(() => pendingOf(record));
  const ledger = once(() =>
    measureDelays(
      [...placed(), ...pending().map((request) => placePending(request, placed(), now))],
      { tasks, start: run.start_time, end: endOf(run, placed(), now) },
    ),
  );
  const statuses = once(() => deriveStatuses(tasks, record));
  const isComplete = run.status === "completed";
  const kpis = once(() =>
    evaluateKpis(definitions, { observations: observations(), rows, isComplete }),
  );
  const fixes = once(() =>
    rankFixes({
      tasks,
      rows,
      pending: pending(),
      now,
      criticalTasks: new Set(ledger().critical_path.map((step) => step.task_id)),
    }),
  );
  return {
    run,
    plan,
    policy,
    routing,
    rows,
    requests,
    events,
    now,
    mission,
    tasks,
    approvers,
    dueMinutes: policy.approvals.due_minutes,
    budgetMinutes,
    get statuses() {
      return statuses();
    },
    get observations() {
      return observations();
    },
    get kpis() {
      return kpis();
    },
    get placed() {
      return placed();
    },
    get ledger() {
      return ledger();
    },
    get fixes() {
      return fixes();
    },
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** What waits for a person, in the order of the plan. */
function pendingOf({ run, plan, requests }: RunRecord): readonly ApprovalRequest[] {
  if (isEnded(run)) return [];
  const position = new Map(plan.tasks.map((task, index) => [task.task_id, index]));
  const placeOf = ({ task_id }: ApprovalRequest) => position.get(task_id) ?? plan.tasks.length;
  return requests
    .filter((request) => request.status === "pending")
    .toSorted((a, b) => placeOf(a) - placeOf(b) || compareText(a.approval_id, b.approval_id));
}

/** An open request as an attempt that has only waited so far. */
function placePending(
  { task_id, attempt, approval_request_time }: ApprovalRequest,
  placed: readonly PlacedAttempt[],
  now: string,
): PlacedAttempt {
  const before = placed.filter((other) => other.task_id === task_id);
  const start = Math.max(toMs(approval_request_time), ...before.map((other) => other.end));
  const end = Math.max(start, toMs(now));
  return { task_id, attempt, start, end, wait: end - start };
}

/** A run that has not ended lasts until now, or as long as its timeline has got. */
function endOf(run: MissionRun, placed: readonly PlacedAttempt[], now: string): string {
  const last = placed.reduce((end, attempt) => Math.max(end, attempt.end), toMs(run.start_time));
  const worked = toInstant(last);
  return isEnded(run) ? (run.end_time ?? worked) : laterOf(now, worked);
}
