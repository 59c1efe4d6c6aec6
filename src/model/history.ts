import type { ApprovalRequest } from "./approval-requests.ts";
import type { PortfolioSnapshot } from "./mission-portfolio-snapshot.ts";
import type { RiskEvent } from "./mission-risk-events.ts";
import type { MissionRun } from "./mission-runs.ts";
import type { RunPlan } from "./run-record.ts";
import type { TaskLog } from "./task-execution-logs.ts";

/** Everything that was recorded of all runs. */
export interface History {
  readonly runs: readonly MissionRun[];
  readonly rows: readonly TaskLog[];
  readonly events: readonly RiskEvent[];
  readonly requests: readonly ApprovalRequest[];
  readonly snapshots: readonly PortfolioSnapshot[];
  /** What runs were opened with, by `plan_hash`. */
  readonly plans: ReadonlyMap<string, RunPlan>;
}
