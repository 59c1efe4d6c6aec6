/** A run as its users see it, made from what the store has of it. */

import { orderByUrgency } from "../approvals/urgency.ts";
import type { TaskStatuses } from "../execution/plan-progress.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { KpiResult } from "../model/kpi-result.ts";
import type { RiskEvent } from "../model/mission-risk-events.ts";
import type { RunStatus } from "../model/mission-runs.ts";
import { renderRunReport } from "../reporting/render-run-report.ts";
import type { RunFacts } from "../reporting/run-facts.ts";
import { type RunReport, buildRunReport } from "../reporting/run-report.ts";

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

/** The texts are made when they are first read: most callers look at the status alone. */
export function toOutcome(facts: RunFacts): RunOutcome {
  const { run, requests, risks, statuses, kpis, now } = facts;
  const pending = requests.filter((request) => request.status === "pending");
  let built: RunReport | undefined;
  const report = () => (built ??= buildRunReport(facts));
  return {
    run_id: run.run_id,
    mission_id: run.mission_id,
    status: run.status,
    task_status_by_id: statuses,
    pending_approvals: orderByUrgency(pending, now),
    risk_events: risks,
    kpi_gap_summary: kpis,
    get executive_summary() {
      return report().executive_summary;
    },
    get report() {
      return renderRunReport(report());
    },
  };
}
