/** A run as its users see it, made from what the store has of it. */

import { type RunReading, readRecords } from "../../graph/read-run.ts";
import { orderByUrgency } from "../approvals/urgency.ts";
import type { TaskStatuses } from "../execution/plan-progress.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { KpiResult } from "../model/kpi-result.ts";
import type { RiskEvent } from "../model/mission-risk-events.ts";
import type { RunStatus } from "../model/mission-runs.ts";
import { renderRunReport } from "../reporting/render-run-report.ts";
import { type RunFacts, type RunRecords, gatherFacts } from "../reporting/run-facts.ts";
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

/** What has to be worked out is worked out when it is first read: most callers look at the status alone. */
function toOutcome(records: RunRecords, now: string, gather: () => RunFacts): RunOutcome {
  const { run, requests, risks, statuses } = records;
  const pending = requests.filter((request) => request.status === "pending");
  let known: RunFacts | undefined;
  let built: RunReport | undefined;
  const facts = () => (known ??= gather());
  const report = () => (built ??= buildRunReport(facts()));
  return {
    run_id: run.run_id,
    mission_id: run.mission_id,
    status: run.status,
    task_status_by_id: statuses,
    pending_approvals: orderByUrgency(pending, now),
    risk_events: risks,
    get kpi_gap_summary() {
      return facts().kpis;
    },
    get executive_summary() {
      return report().executive_summary;
    },
    get report() {
      return renderRunReport(report());
    },
  };
}

/** A run as it stands. @throws UnknownRunError */
export async function readOutcome(runId: string, reading: RunReading): Promise<RunOutcome> {
  const { policy, clock } = reading;
  const reference = reading.reference();
  const records = await readRecords(runId, { ...reading, reference: () => reference });
  const now = clock.now();
  return toOutcome(records, now, () => gatherFacts(records, { reference, policy, now }));
}
