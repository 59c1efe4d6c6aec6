/** Ends a run: its record with the summary in it, and the statistics of its agents (node G). */

import { aggregateRun } from "../execution/run-aggregates.ts";
import { measureRun } from "../kpi/run-figures.ts";
import { defined } from "../model/defined.ts";
import { type MissionRun, isEnded } from "../model/mission-runs.ts";
import { renderRunReport } from "../reports/render-run-report.ts";
import { type RunReport, buildRunReport } from "../reports/run-report.ts";
import { summarizeRun } from "../summary/executive-summary.ts";
import { readRun } from "./read-run.ts";
import { refreshStats } from "./refresh-stats.ts";
import { figuresNow, withSummary } from "./summarize-run.ts";
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
  ending: { readonly status: MissionRun["status"]; readonly ended_reason?: string },
  world: RunWorld,
): Promise<ReportedRun> {
  const { store, clock } = world;
  const record = await readRun(runId, world);
  if (!isEnded(record.run)) {
    const { run, rows, events } = record;
    const unsettled = await store.readUnsettled(runId);
    const dueMinutes = record.policy.approvals.due_minutes;
    const ended: MissionRun = {
      ...run,
      ...aggregateRun(rows, { startTime: run.start_time, dueMinutes }),
      status: ending.status,
      kpis: measureRun(record, { now: clock.now() }).observations,
      risk_flagged: events.length > 0,
      ...defined({ ended_reason: ending.ended_reason }),
      ...(Object.values(unsettled).some((amount) => amount > 0) ? { unsettled } : {}),
    };
    const summary = summarizeRun(figuresNow({ ...record, run: ended }, world)).text;
    const agentIds = [...new Set(rows.map((row) => row.agent_id))];
    await Promise.all([
      store.endRun(runId, (current) =>
        isEnded(current)
          ? current
          : withSummary({ ...current, ...pickEnding(ended) }, summary, world),
      ),
      refreshStats(world, agentIds),
    ]);
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

/** What the end of a run says; the rest of its record may have changed meanwhile. */
function pickEnding(run: MissionRun) {
  const { status, end_time, total_duration_minutes, human_interventions, escalations } = run;
  const { kpis, risk_flagged, ended_reason, cost, unsettled } = run;
  return {
    status,
    human_interventions,
    escalations,
    risk_flagged,
    ...defined({ end_time, total_duration_minutes, kpis, ended_reason, cost, unsettled }),
  };
}
