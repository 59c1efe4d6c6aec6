import type { MissionRun } from "../model/mission-runs.ts";

/** Generated ids: date and number. Ids that people chose do not count. */
const GENERATED_ID = /^RUN_\d{4}_\d{2}_\d{2}_(\d{3,})$/;

/** The next id: `RUN_2026_11_22_009` after eight runs. Numbers go on, whatever the date. */
export function nextRunId(runs: readonly MissionRun[], startTime: string): string {
  let highest = 0;
  for (const { run_id } of runs) {
    highest = Math.max(highest, Number(GENERATED_ID.exec(run_id)?.[1] ?? 0));
  }
  const next = highest + 1;
  const date = startTime.slice(0, 10).replaceAll("-", "_");
  return `RUN_${date}_${String(next).padStart(3, "0")}`;
}
