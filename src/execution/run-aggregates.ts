/** A run's aggregates, from its rows and nothing else. */

import { sumCost } from "../model/cost.ts";
import { defined } from "../model/defined.ts";
import { compareText } from "../model/order.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import { laterOf, minutesBetween, roundMinutes, toMs } from "../model/time.ts";

export interface RunAggregates {
  readonly end_time: string;
  readonly total_duration_minutes: number;
  readonly human_interventions: number;
  readonly escalations: number;
  /** Absent where no attempt says what it cost. */
  readonly cost?: number;
}

/**
 * Recomputes what `mission_runs.json` says of a run.
 *
 * @param startTime start of the run, which it also ends at when there are no rows.
 * @param dueMinutes what counts as late for rows that do not say so themselves.
 */
export function aggregateRun(
  rows: readonly TaskLog[],
  { startTime, dueMinutes }: { startTime: string; dueMinutes: number },
): RunAggregates {
  const ends = rows.flatMap((row) => row.ended_at ?? []);
  const endTime = ends.reduce(laterOf, startTime);
  return {
    end_time: endTime,
    total_duration_minutes: Math.max(0, minutesBetween(startTime, endTime)),
    human_interventions: rows.reduce((sum, row) => sum + countDecisions(row), 0),
    escalations: rows.filter((row) => escalationOf(row, dueMinutes) !== undefined).length,
    ...defined({ cost: sumCost(rows) }),
  };
}

/** True when a person decided. Rows from before decisions were recorded have one when an approval was required. */
export function isDecided(row: TaskLog): boolean {
  if (row.attempt === undefined) return row.human_approval_required;
  return row.decision !== undefined;
}

/** Decisions that people made about an attempt: about itself, about its failure, and to try again. */
export function countDecisions(row: TaskLog): number {
  return countAnswers(row) + Number(row.reopened !== undefined);
}

/** Those that were asked for. */
export function countAnswers(row: TaskLog): number {
  const asked = row.further_decisions?.length ?? 0;
  return Number(isDecided(row)) + asked + Number(row.failure_decision !== undefined);
}

/** Minutes that a person was waited for at the attempt's gate; what the agent asked and its failure left out. */
export function gateDelayMinutes(row: TaskLog): number {
  const { human_delay_minutes, failure_decision } = row;
  const others = askDelayMinutes(row) + (failure_decision?.delay_minutes ?? 0);
  return Math.max(0, roundMinutes(human_delay_minutes - others));
}

/** Minutes that the agent waited for what it asked itself. */
export function askDelayMinutes({ further_decisions = [] }: TaskLog): number {
  return further_decisions.reduce((sum, { delay_minutes }) => sum + delay_minutes, 0);
}

/** Why a row counts as escalated; undefined when it does not. Older rows tell by their delay. */
export function escalationOf(row: TaskLog, dueMinutes: number): TaskLog["escalation"] {
  if (row.attempt !== undefined || row.escalation !== undefined) return row.escalation;
  const isLate = row.human_approval_required && row.human_delay_minutes >= dueMinutes;
  return isLate ? "overdue" : undefined;
}

type OnTimeline = Pick<TaskLog, "started_at" | "attempt" | "task_id">;

/** Orders rows by the timeline; ties by task and attempt. */
export function byTimeline(a: OnTimeline, b: OnTimeline): number {
  const starts = toMs(a.started_at ?? "") - toMs(b.started_at ?? "");
  if (Number.isFinite(starts) && starts !== 0) return starts;
  return compareText(a.task_id, b.task_id) || (a.attempt ?? 1) - (b.attempt ?? 1);
}
