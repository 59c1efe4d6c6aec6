/** What risk rules are held against: a run as it stands. */

import type { TaskStatuses } from "../execution/plan-progress.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { PlanTask } from "../model/decomposed-mission-tasks.ts";
import type { KpiResult } from "../model/kpi-result.ts";
import type { MissionRun } from "../model/mission-runs.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";

/** Everything that bears on a run's risks. */
export interface RiskFacts {
  readonly run: MissionRun;
  /** In dependency order. */
  readonly tasks: readonly PlanTask[];
  readonly statuses: TaskStatuses;
  readonly rows: readonly TaskLog[];
  readonly requests: readonly ApprovalRequest[];
  readonly kpis: readonly KpiResult[];
  readonly dueMinutes: number;
  readonly budgetMinutes: number | undefined;
  readonly now: string;
}
