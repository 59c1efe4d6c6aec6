import { orderAcrossRuns } from "../approvals/urgency.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import { isEnded } from "../model/mission-runs.ts";
import type { TelemetryStore } from "../telemetry/telemetry-store.ts";

/** What waits for a person, the most urgent first: important runs, then overdue, then what holds up most. */
export async function listPendingApprovals(
  store: TelemetryStore,
  now: string,
): Promise<readonly ApprovalRequest[]> {
  const runs = new Map((await store.listRuns()).map((run) => [run.run_id, run]));
  const waiting = (await store.listApprovals()).filter(({ status, run_id }) => {
    const run = runs.get(run_id);
    return status === "pending" && run !== undefined && !isEnded(run);
  });
  return orderAcrossRuns(waiting, {
    now,
    priorityOf: (runId) => runs.get(runId)?.priority ?? "normal",
  });
}
