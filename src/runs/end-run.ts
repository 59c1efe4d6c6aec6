/** Ends a run: its record with the summary in it, and the statistics of its agents (node G). */

import { aggregateRun } from "../execution/run-aggregates.ts";
import { measureRun } from "../kpi/run-figures.ts";
import { amend } from "../model/amend.ts";
import { defined } from "../model/defined.ts";
import { type MissionRun, isEnded } from "../model/mission-runs.ts";
import type { StoredRun } from "../model/run-record.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import { renderRunReport } from "../reports/render-run-report.ts";
import { type RunReport, buildRunReport } from "../reports/run-report.ts";
import { completeRun, readRun } from "./read-run.ts";
import { refreshStats } from "./refresh-stats.ts";
import { figuresNow, summarize } from "./summarize-run.ts";
import type { RunWorld } from "./world.ts";

export interface ReportedRun {
  readonly run: MissionRun;
  readonly report: RunReport;
  /** The report as Markdown. */
  readonly markdown: string;
}

/** Ends the run, unless it has ended already, and reports on it. Safe to repeat. */
export async function endRun(
  runId: string,
  ending: {
    readonly status: MissionRun["status"];
    readonly ended_reason?: string;
    /** Attempts that end with it. */
    readonly rows?: readonly TaskLog[];
  },
  world: RunWorld,
): Promise<ReportedRun> {
  const { store, clock } = world;
  const { run, rows } = await readRun(runId, world);
  if (!isEnded(run)) {
    const unsettled = await store.readUnsettled(runId);
    const now = clock.now();
    const end = (current: MissionRun, stored: StoredRun): MissionRun => {
      if (isEnded(current)) return current;
      const record = completeRun(stored, world);
      const dueMinutes = record.policy.approvals.due_minutes;
      const ended: MissionRun = amend(current, {
        status: ending.status,
        kpis: measureRun(record, { now }).observations,
        risk_flagged: record.events.length > 0,
        ...aggregateRun(record.rows, { startTime: current.start_time, dueMinutes }),
        ...defined({ ended_reason: ending.ended_reason }),
        ...(Object.values(unsettled).some((amount) => amount > 0) ? { unsettled } : {}),
      });
      return summarize({ ...record, run: ended }, world);
    };
    const agentIds = [...new Set(rows.map((row) => row.agent_id))];
    await Promise.all([store.endRun(runId, end, ending.rows), refreshStats(world, agentIds)]);
  }
  return reportRun(runId, world);
}

/** A run's report as it stands. @throws UnknownRunError */
export async function reportRun(
  runId: string,
  world: Pick<RunWorld, "store" | "reference" | "policy" | "clock">,
): Promise<ReportedRun> {
  const record = await readRun(runId, world);
  const report = buildRunReport(figuresNow(record, world));
  return { run: record.run, report, markdown: renderRunReport(report) };
}
