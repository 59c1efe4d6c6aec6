/** Recorded runs as cases for a policy. */

import { deriveStatuses } from "../execution/derive-statuses.ts";
import type { TaskStatuses } from "../execution/plan-progress.ts";
import { type KpiDefinition, timeBudgetMinutes } from "../kpi/define-kpis.ts";
import { evaluateKpis } from "../kpi/evaluate-kpis.ts";
import { kpisOfMission } from "../kpi/observations.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import { compareText } from "../model/canonical-json.ts";
import type { PlanTask } from "../model/decomposed-mission-tasks.ts";
import type { History } from "../model/history.ts";
import type { KpiResult } from "../model/kpi-result.ts";
import { type MissionRun, isEnded } from "../model/mission-runs.ts";
import type { Reference } from "../model/reference.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import { orderTasks } from "../planning/task-order.ts";
import { observationsOf } from "../reporting/run-facts.ts";
import type { RiskFacts } from "../risk/risk-facts.ts";
import { sortByRun } from "./sort-by-run.ts";

/** What a mission's runs have in common. */
export interface MissionFrame {
  /** In dependency order; none when the mission has no plan any more. */
  readonly tasks: readonly PlanTask[];
  readonly definitions: readonly KpiDefinition[];
  readonly budgetMinutes: number | undefined;
  /** The statuses of a run in which nothing went wrong. */
  readonly completed: TaskStatuses;
}

/** A recorded run, but for what a policy says of it. What few rules ask for is worked out when one does. */
export class RunCase {
  readonly run: MissionRun;
  readonly frame: MissionFrame;
  /** By task, then attempt. */
  readonly rows: readonly TaskLog[];
  readonly requests: readonly ApprovalRequest[];
  /** A run that has not ended is judged as it stands at this instant. */
  readonly now: string;
  private derived: TaskStatuses | undefined;
  private measured: readonly KpiResult[] | undefined;

  constructor({ run, frame, rows, requests, now }: CaseRecord) {
    this.run = run;
    this.frame = frame;
    this.rows = rows;
    this.requests = requests;
    this.now = now;
  }

  get tasks(): readonly PlanTask[] {
    return this.frame.tasks;
  }

  get statuses(): TaskStatuses {
    return (this.derived ??= isSmooth(this)
      ? this.frame.completed
      : deriveStatuses(this.frame.tasks, this));
  }

  get kpis(): readonly KpiResult[] {
    return (this.measured ??= evaluateKpis(this.frame.definitions, {
      observations: observationsOf(this.run),
      rows: this.rows,
    }));
  }
}

type CaseRecord = Pick<RunCase, "run" | "frame" | "rows" | "requests" | "now">;

/** The facts that node E would have looked at, had this been the time that approvals may take. */
export class CaseFacts implements RiskFacts {
  readonly run: MissionRun;
  readonly tasks: readonly PlanTask[];
  readonly rows: readonly TaskLog[];
  readonly requests: readonly ApprovalRequest[];
  readonly dueMinutes: number;
  readonly budgetMinutes: number | undefined;
  readonly now: string;
  private readonly recorded: RunCase;

  constructor(dueMinutes: number, recorded: RunCase) {
    this.run = recorded.run;
    this.tasks = recorded.tasks;
    this.rows = judgeDelays(recorded.rows, dueMinutes);
    this.requests = recorded.requests;
    this.dueMinutes = dueMinutes;
    this.budgetMinutes = recorded.frame.budgetMinutes;
    this.now = recorded.now;
    this.recorded = recorded;
  }

  get statuses(): TaskStatuses {
    return this.recorded.statuses;
  }

  get kpis(): readonly KpiResult[] {
    return this.recorded.kpis;
  }
}

/**
 * One case for each run, in the order of the runs; the order of rows and requests does not matter.
 * Linear in the history, and nothing of a case is kept when the next is looked at.
 */
export function* listCases(
  history: Pick<History, "runs" | "rows" | "requests">,
  { reference, now }: { reference: Reference; now: string },
): Generator<RunCase, void> {
  const { runs } = history;
  const positions = new Map(runs.map((run, position) => [run.run_id, position]));
  const rowsOf = sortByRun(history.rows, positions);
  const requestsOf = sortByRun(history.requests, positions);
  const frameOf = createFrames(reference);
  for (const run of runs) {
    const rows = inOrder(rowsOf(run.run_id));
    const requests = requestsOf(run.run_id);
    yield new RunCase({ run, frame: frameOf(run.mission_id), rows, requests, now });
  }
}

/** True when every task is done and nothing was refused or failed: most runs. */
function isSmooth({ run, rows, tasks }: RunCase): boolean {
  if (!isEnded(run)) return false;
  for (const { outcome } of rows) if (outcome === "failed" || outcome === "rejected") return false;
  return tasks.every(({ task_id }) => rows.some((row) => row.task_id === task_id));
}

/** Rows that say themselves that they were late say so by the time allowed then: here by another. */
function judgeDelays(rows: readonly TaskLog[], dueMinutes: number): readonly TaskLog[] {
  const isAsItWas = rows.every((row) => !isJudged(row) || isLate(row, dueMinutes) === wasLate(row));
  if (isAsItWas) return rows;
  return rows.map((row) => {
    if (!isJudged(row)) return row;
    const { escalation: _then, ...rest } = row;
    return isLate(row, dueMinutes) ? { ...rest, escalation: "overdue" } : rest;
  });
}

/** True when the row says whether its approval was late. */
function isJudged({ attempt, decision, stage, escalation }: TaskLog): boolean {
  if (attempt === undefined || decision === undefined) return false;
  return stage !== "failure" && escalation !== "failure";
}

function isLate(row: TaskLog, dueMinutes: number): boolean {
  return row.human_delay_minutes >= dueMinutes;
}

function wasLate(row: TaskLog): boolean {
  return row.escalation === "overdue";
}

function createFrames(reference: Reference): (missionId: string) => MissionFrame {
  const frames = new Map<string, MissionFrame>();
  return (missionId) => {
    const known = frames.get(missionId);
    if (known !== undefined) return known;
    const plan = reference.plans.find((candidate) => candidate.mission_id === missionId);
    const mission = reference.missions.find((candidate) => candidate.mission_id === missionId);
    const definitions = kpisOfMission(missionId, reference);
    const budgetMinutes = timeBudgetMinutes(mission, definitions);
    const tasks = orderTasks(plan?.tasks ?? []).ordered;
    const completed = Object.fromEntries(tasks.map((task) => [task.task_id, "completed" as const]));
    const frame = { tasks, definitions, budgetMinutes, completed };
    frames.set(missionId, frame);
    return frame;
  };
}

/** Mostly they were written in this order. */
function inOrder(rows: readonly TaskLog[]): readonly TaskLog[] {
  const isOrdered = rows.every((row, position) => {
    const before = rows[position - 1];
    return before === undefined || byAttempt(before, row) <= 0;
  });
  return isOrdered ? rows : rows.toSorted(byAttempt);
}

function byAttempt(a: TaskLog, b: TaskLog): number {
  return compareText(a.task_id, b.task_id) || (a.attempt ?? 1) - (b.attempt ?? 1);
}
