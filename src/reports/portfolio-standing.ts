/** The figures of a portfolio that are counted: one pass over the runs that ended lately. */

import { countDecisions, escalationOf } from "../execution/run-aggregates.ts";
import type { MissionPlan } from "../model/decomposed-mission-tasks.ts";
import type { SnapshotPeriod } from "../model/mission-portfolio-snapshot.ts";
import type { PortfolioRecord } from "../model/portfolio-record.ts";
import { createUntil, toMs } from "../model/time.ts";
import { type TaskCost, createTaskCosts } from "./task-costs.ts";

export const DAY_MS = 24 * 60 * 60 * 1000;
/** A bottleneck is sought in runs that ended within so many days. */
export const BOTTLENECK_DAYS = 7;

/** Escalations and decisions are counted over so many days. */
const PERIOD_DAYS = { day: 1, week: 7 } as const satisfies Record<SnapshotPeriod, number>;

export interface Standing {
  readonly active: number;
  readonly completed: number;
  readonly escalations: number;
  readonly interventions: number;
  /** What each task cost in the runs of the last days. */
  readonly costs: readonly TaskCost[];
}

/** The end of a date (UTC), in milliseconds. */
export function endOfDate(date: string): number {
  return toMs(`${date}T00:00:00Z`) + DAY_MS;
}

export function measureStanding(
  { missions, recent }: Pick<PortfolioRecord, "missions" | "recent">,
  {
    instant,
    plans,
    dueMinutes,
    period,
  }: { period: SnapshotPeriod; instant: number; plans: readonly MissionPlan[]; dueMinutes: number },
): Standing {
  const isBeforePeriod = createUntil(instant - PERIOD_DAYS[period] * DAY_MS);
  const isBeforeWeek = createUntil(instant - BOTTLENECK_DAYS * DAY_MS);
  const costs = createTaskCosts({ plans });
  let escalations = 0;
  let interventions = 0;
  for (const { run, rows } of recent) {
    const end = run.end_time ?? run.start_time;
    if (isBeforeWeek(end)) continue;
    for (const row of rows) costs.add(row);
    if (isBeforePeriod(end)) continue;
    interventions += rows.reduce((sum, row) => sum + countDecisions(row), 0);
    escalations += rows.filter((row) => escalationOf(row, dueMinutes) !== undefined).length;
  }
  const counted = [...missions.values()];
  return {
    active: counted.reduce((sum, { active }) => sum + active, 0),
    completed: counted.reduce((sum, { completed }) => sum + completed, 0),
    escalations,
    interventions,
    costs: costs.list(),
  };
}
