import type { TaskStatuses } from "../execution/plan-progress.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { BusinessMission } from "../model/business-missions.ts";
import type { PlanTask } from "../model/decomposed-mission-tasks.ts";
import type { RiskEvent } from "../model/mission-risk-events.ts";
import type { MissionRun } from "../model/mission-runs.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";

/** Everything a report is made from. */
export interface RunFacts {
  readonly mission: Pick<BusinessMission, "mission_id" | "mission_name">;
  readonly run: MissionRun;
  readonly tasks: readonly PlanTask[];
  readonly statuses: TaskStatuses;
  readonly rows: readonly TaskLog[];
  readonly requests: readonly ApprovalRequest[];
  readonly risks: readonly RiskEvent[];
}
