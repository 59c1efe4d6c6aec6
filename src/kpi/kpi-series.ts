/** A mission's KPIs over its runs. */

import { type MissionRun, isEnded } from "../model/mission-runs.ts";
import { compareText } from "../model/order.ts";
import { toMs } from "../model/time.ts";
import type { KpiDefinition } from "./define-kpis.ts";

export interface KpiSeries extends KpiDefinition {
  readonly mission_id: string;
  /** Ended runs in which it was observed, oldest first. */
  readonly points: readonly { run_id: string; end_time: string; observed: number }[];
}

/** One series for each KPI that was ever observed. */
export function listKpiSeries(
  mission_id: string,
  definitions: readonly KpiDefinition[],
  runs: readonly MissionRun[],
): readonly KpiSeries[] {
  const ended = runs
    .filter((run) => run.mission_id === mission_id && isEnded(run))
    .toSorted(
      (a, b) =>
        toMs(a.end_time ?? a.start_time) - toMs(b.end_time ?? b.start_time) ||
        compareText(a.run_id, b.run_id),
    );
  return definitions
    .map((definition) => ({
      ...definition,
      mission_id,
      points: ended.flatMap(({ run_id, start_time, end_time = start_time, ...run }) => {
        const observed =
          figureOf(run.kpis_recorded, definition.kpi) ?? figureOf(run.kpis, definition.kpi);
        return observed === undefined ? [] : [{ run_id, end_time, observed }];
      }),
    }))
    .filter((series) => series.points.length > 0);
}

/** Any name may be a KPI's, also that of what every object has. */
function figureOf(figures: MissionRun["kpis"], kpi: string): number | undefined {
  return figures !== undefined && Object.hasOwn(figures, kpi) ? figures[kpi] : undefined;
}
