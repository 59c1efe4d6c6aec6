/** What of a history bears on one instant: the single pass that every portfolio figure is made from. */

import { escalationOf, isDecided } from "../execution/run-aggregates.ts";
import { type KpiDefinition, defineKpis } from "../kpi/define-kpis.ts";
import type { History } from "../model/history.ts";
import { type MissionRun, isEnded } from "../model/mission-runs.ts";
import type { Reference } from "../model/reference.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import { compareInstants, createUntil, toMs } from "../model/time.ts";
import { type TaskCost, createTaskCosts } from "./task-costs.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** A bottleneck is sought in runs that ended within so many days. */
const BOTTLENECK_DAYS = 7;

/** A mission as it stood. */
export interface MissionStanding {
  readonly definitions: readonly KpiDefinition[];
  /** Runs started so far. */
  readonly runs: number;
  /** The latest ended run in which a KPI was measured, with its rows. */
  readonly measured: MissionRun | undefined;
  readonly measuredRows: readonly TaskLog[];
}

export interface Standing {
  readonly active: number;
  readonly completed: number;
  readonly escalations: number;
  readonly interventions: number;
  readonly missions: ReadonlyMap<string, MissionStanding>;
  /** What each task cost in the runs of the last days. */
  readonly costs: readonly TaskCost[];
}

/** The end of a date (UTC), in milliseconds. */
export function endOfDate(date: string): number {
  return toMs(`${date}T00:00:00Z`) + DAY_MS;
}

/** Looks once at every run and once at every row. */
export function standingAt(
  instant: number,
  { runs, rows }: Pick<History, "runs" | "rows">,
  { reference, dueMinutes }: { reference: Reference; dueMinutes: number },
): Standing {
  const isUntil = createUntil(instant);
  const isBeforeDay = createUntil(instant - DAY_MS);
  const isBeforeWeek = createUntil(instant - BOTTLENECK_DAYS * DAY_MS);
  const missions = new Map(
    reference.missions.map(({ mission_id }) => {
      const figures = reference.kpis.find((document) => document.mission_id === mission_id)?.kpis;
      const standing = { runs: 0, measured: undefined, measuredRows: [] };
      return [mission_id, { ...standing, definitions: defineKpis(figures ?? {}) }] as [
        string,
        MutableStanding,
      ];
    }),
  );
  let active = 0;
  let completed = 0;
  /** Of runs whose rows matter: why they do. */
  const wanted = new Map<string, { isRecent: boolean; isToday: boolean; rows?: TaskLog[] }>();
  for (const run of runs) {
    if (!isUntil(run.start_time)) continue;
    const mission = missions.get(run.mission_id);
    if (mission !== undefined) mission.runs += 1;
    const end = run.end_time ?? (isEnded(run) ? run.start_time : undefined);
    if (end === undefined || !isUntil(end)) {
      active += 1;
      continue;
    }
    if (run.status === "completed") completed += 1;
    if (mission !== undefined && isMeasured(run, mission) && isLater(run, mission.measured)) {
      mission.measured = run;
    }
    if (!isBeforeWeek(end)) {
      wanted.set(run.run_id, { isRecent: true, isToday: !isBeforeDay(end) });
    }
  }
  for (const { measured, measuredRows: own } of missions.values()) {
    if (measured === undefined) continue;
    const { run_id } = measured;
    const why = wanted.get(run_id) ?? { isRecent: false, isToday: false };
    wanted.set(run_id, { ...why, rows: own });
  }
  const costs = createTaskCosts(reference);
  let escalations = 0;
  let interventions = 0;
  for (const row of rows) {
    const why = wanted.get(row.run_id);
    if (why === undefined) continue;
    why.rows?.push(row);
    if (!why.isRecent) continue;
    if (why.isToday) {
      if (isDecided(row)) interventions += 1;
      if (escalationOf(row, dueMinutes) !== undefined) escalations += 1;
    }
    costs.add(row);
  }
  return { active, completed, escalations, interventions, missions, costs: costs.list() };
}

interface MutableStanding {
  readonly definitions: readonly KpiDefinition[];
  runs: number;
  measured: MissionRun | undefined;
  readonly measuredRows: TaskLog[];
}

/** True when something was observed that has a baseline to improve on. */
function isMeasured(
  { kpis, kpis_recorded }: MissionRun,
  { definitions }: MutableStanding,
): boolean {
  return definitions.some(
    ({ kpi, baseline }) =>
      baseline !== null && (kpis?.[kpi] !== undefined || kpis_recorded?.[kpi] !== undefined),
  );
}

/** The later end, then the greater id. */
function isLater(run: MissionRun, than: MissionRun | undefined): boolean {
  if (than === undefined) return true;
  const order = compareInstants(run.end_time ?? run.start_time, than.end_time ?? than.start_time);
  return order === 0 ? run.run_id > than.run_id : order > 0;
}
