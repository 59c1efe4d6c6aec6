/** The figures of a portfolio that are summed up over the runs that ended lately. */

import { countDecisions, escalationOf } from "../execution/run-aggregates.ts";
import { sumCost } from "../model/cost.ts";
import type { MissionPlan } from "../model/decomposed-mission-tasks.ts";
import type { SnapshotPeriod } from "../model/mission-portfolio-snapshot.ts";
import type { Tally } from "../model/portfolio-record.ts";
import { createUntil, toMs } from "../model/time.ts";
import { NO_RUNS, type PortfolioBasis, addToBasis } from "./portfolio-basis.ts";
import { type TaskCost, createTaskCosts } from "./task-costs.ts";

export const DAY_MS = 24 * 60 * 60 * 1000;
/** A bottleneck is sought in runs that ended within so many days. */
export const BOTTLENECK_DAYS = 7;

/** Escalations and decisions are counted over so many days. */
const PERIOD_DAYS = { day: 1, week: 7 } as const satisfies Record<SnapshotPeriod, number>;

/** What is summed up of the runs that ended lately. */
export interface RecentFigures {
  /** In the period. */
  readonly escalations: number;
  readonly interventions: number;
  /** What each task cost in the last days. */
  readonly costs: readonly TaskCost[];
  /** What the runs of each mission cost in the last days. */
  readonly costOf: (missionId: string) => number | undefined;
  readonly basis: PortfolioBasis;
}

export interface RecentTally extends Tally {
  readonly figures: () => RecentFigures;
}

/** The end of a date (UTC), in milliseconds. */
export function endOfDate(date: string): number {
  return toMs(`${date}T00:00:00Z`) + DAY_MS;
}

export function createRecentTally({
  instant,
  plans,
  dueMinutes,
  period,
}: {
  period: SnapshotPeriod;
  instant: number;
  plans: readonly MissionPlan[];
  dueMinutes: number;
}): RecentTally {
  const isBeforePeriod = createUntil(instant - PERIOD_DAYS[period] * DAY_MS);
  const isBeforeWeek = createUntil(instant - BOTTLENECK_DAYS * DAY_MS);
  const tasks = createTaskCosts({ plans });
  const costs = new Map<string, number>();
  let basis = NO_RUNS;
  let escalations = 0;
  let interventions = 0;
  return {
    add({ run, rows }) {
      basis = addToBasis(basis, rows);
      const end = run.end_time ?? run.start_time;
      if (isBeforeWeek(end)) return;
      tasks.add(rows);
      const cost = sumCost([{ cost: costs.get(run.mission_id) }, run]);
      if (cost !== undefined) costs.set(run.mission_id, cost);
      if (isBeforePeriod(end)) return;
      interventions += rows.reduce((sum, row) => sum + countDecisions(row), 0);
      escalations += rows.filter((row) => escalationOf(row, dueMinutes) !== undefined).length;
    },
    figures: () => ({
      escalations,
      interventions,
      costs: tasks.list(),
      costOf: (missionId) => costs.get(missionId),
      basis,
    }),
  };
}
