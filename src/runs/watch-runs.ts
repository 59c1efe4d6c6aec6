/** One sweep over the runs that have not ended. */

import { isOverdue } from "../approvals/urgency.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { RiskEvent } from "../model/mission-risk-events.ts";
import { assessRun } from "./assess-run.ts";
import { readFigures } from "./read-run.ts";
import type { RunWorld } from "./world.ts";

/** What one sweep over the waiting runs found. */
export interface WatchResult {
  /** Runs that have not ended. */
  readonly runs: number;
  /** Requests that are overdue now. */
  readonly overdue: readonly ApprovalRequest[];
  /** Risk events that were raised or closed. */
  readonly changed: readonly RiskEvent[];
}

/** Raises and closes risk events as of now. Safe to repeat. */
export async function watchRuns(world: RunWorld): Promise<WatchResult> {
  const { store } = world;
  const runs = await store.listRuns({ status: ["running", "awaiting_approval"] });
  const changed: RiskEvent[] = [];
  const overdue: ApprovalRequest[] = [];
  for (const { run_id } of runs) {
    const figures = await readFigures(run_id, world);
    changed.push(...(await assessRun(figures, world)));
    overdue.push(
      ...figures.requests.filter(
        (request) => request.status === "pending" && isOverdue(request, figures.now),
      ),
    );
  }
  if (changed.length > 0) await world.publish();
  return { runs: runs.length, overdue, changed };
}
