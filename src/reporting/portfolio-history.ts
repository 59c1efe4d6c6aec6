/** What of a history bears on one instant: the single pass that every portfolio figure is made from. */

import { escalationOf, isDecided } from "../execution/run-aggregates.ts";
import { type KpiDefinition, defineKpis } from "../kpi/define-kpis.ts";
import type { History } from "../model/history.ts";
import { type MissionRun, isEnded } from "../model/mission-runs.ts";
import type { Reference } from "../model/reference.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import { roundMinutes, toInstant, toMs } from "../model/time.ts";
import { estimatesOf } from "../routing/evidence.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** A bottleneck is sought in runs that ended within so many days. */
const BOTTLENECK_DAYS = 7;

export interface TaskCost {
  readonly mission_id: string;
  readonly task_id: string;
  /** Human delay + overrun, in minutes. */
  readonly minutes: number;
}

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
  const isUntil = createComparison(instant);
  const isBeforeDay = createComparison(instant - DAY_MS);
  const isBeforeWeek = createComparison(instant - BOTTLENECK_DAYS * DAY_MS);
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
  const recent = new Map<string, { isToday: boolean }>();
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
    if (!isBeforeWeek(end)) recent.set(run.run_id, { isToday: !isBeforeDay(end) });
  }
  const measuredRows = new Map(
    [...missions.values()].flatMap((mission) =>
      mission.measured === undefined ? [] : [[mission.measured.run_id, mission.measuredRows]],
    ),
  );
  const estimates = estimatesOf(reference.plans);
  const costs = new Map<string, { mission_id: string; task_id: string; minutes: number }>();
  let escalations = 0;
  let interventions = 0;
  for (const row of rows) {
    measuredRows.get(row.run_id)?.push(row);
    const ended = recent.get(row.run_id);
    if (ended === undefined) continue;
    if (ended.isToday) {
      if (isDecided(row)) interventions += 1;
      if (escalationOf(row, dueMinutes) !== undefined) escalations += 1;
    }
    const { mission_id, task_id, actual_duration_minutes: duration } = row;
    const estimate = estimates.get(mission_id)?.get(task_id) ?? duration;
    const minutes = row.human_delay_minutes + Math.max(0, duration - estimate);
    const key = `${mission_id}/${task_id}`;
    const cost = costs.get(key);
    if (cost === undefined) costs.set(key, { mission_id, task_id, minutes });
    else cost.minutes += minutes;
  }
  const rounded = [...costs.values()].map((cost) => ({
    ...cost,
    minutes: roundMinutes(cost.minutes),
  }));
  return { active, completed, escalations, interventions, missions, costs: rounded };
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
  const difference = toMs(run.end_time ?? run.start_time) - toMs(than.end_time ?? than.start_time);
  return difference === 0 ? run.run_id > than.run_id : difference > 0;
}

/**
 * Whether an instant is at or before another. ISO 8601 in UTC sorts as text, but for fractions of a
 * second: only within the very minute are the texts parsed.
 */
function createComparison(instant: number): (time: string) => boolean {
  const minute = toInstant(instant).slice(0, "2026-02-06T00:00".length);
  return (time) => (time.startsWith(minute) ? toMs(time) <= instant : time < minute);
}
