/** A run as its users see it, made from what the store has of it. */

import { orderByUrgency } from "../approvals/urgency.ts";
import type { TaskStatuses } from "../execution/plan-progress.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { KpiResult } from "../model/kpi-result.ts";
import type { RiskEvent } from "../model/mission-risk-events.ts";
import type { RunStatus } from "../model/mission-runs.ts";
import { renderRunReport } from "../reports/render-run-report.ts";
import { type RunReport, buildRunReport } from "../reports/run-report.ts";
import { readFigures } from "./read-run.ts";
import type { RunReading } from "./world.ts";

/** What `run --json` prints and the library returns. */
export interface RunOutcome {
  readonly run_id: string;
  readonly mission_id: string;
  readonly status: RunStatus;
  readonly task_status_by_id: TaskStatuses;
  /** The most urgent first. */
  readonly pending_approvals: readonly ApprovalRequest[];
  readonly risk_events: readonly RiskEvent[];
  readonly kpi_gap_summary: readonly KpiResult[];
  readonly executive_summary: string;
  /** Markdown. */
  readonly report: string;
}

/**
 * A run as it stands. What has to be worked out is worked out when it is first read: most callers look
 * at the status alone.
 *
 * @throws UnknownRunError
 */
export async function readOutcome(runId: string, reading: RunReading): Promise<RunOutcome> {
  const figures = await readFigures(runId, reading);
  const { run, requests, events, now } = figures;
  let built: RunReport | undefined;
  const report = () => (built ??= buildRunReport(figures));
  return {
    run_id: run.run_id,
    mission_id: run.mission_id,
    status: run.status,
    pending_approvals: orderByUrgency(
      requests.filter((request) => request.status === "pending"),
      now,
    ),
    risk_events: events,
    get task_status_by_id() {
      return figures.statuses;
    },
    get kpi_gap_summary() {
      return figures.kpis;
    },
    get executive_summary() {
      return report().executive_summary;
    },
    get report() {
      return renderRunReport(report());
    },
  };
}
