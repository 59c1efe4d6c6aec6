/** The pages of runs: one that was asked for, or those that a board links to. */

import { dirname, join } from "node:path";

import type { MissionControl } from "../app/mission-control.ts";
import { renderRunPage } from "../reports/pages/run-page.ts";
import { pageOfRun } from "../reports/pages/table.ts";
import type { RunReport } from "../reports/run-report.ts";
import { writePage } from "./write-page.ts";

type Reading = Pick<MissionControl, "report" | "kpiSeries">;

export async function renderReportPage(report: RunReport, control: Reading): Promise<string> {
  return renderRunPage(report, await control.kpiSeries([report.mission_id]));
}

/** Writes the page of each run beside a file. @throws StoreFailedError */
export async function writeRunPages(
  runIds: readonly string[],
  { beside, control }: { beside: string; control: Reading },
): Promise<void> {
  for (const runId of runIds) {
    // One after another: each is read, written and forgotten.
    const page = await renderReportPage(await control.report(runId), control);
    writePage(join(dirname(beside), pageOfRun(runId)), page);
  }
}
