/** The library. */

export { initWorkspace } from "./app/workspace.ts";
export {
  type DecideOptions,
  type Decisions,
  type MissionControl,
  type MissionControlOptions,
  openMissionControl,
} from "./app/open-mission-control.ts";
export type { RunOutcome } from "./app/run-outcome.ts";
export { type ErrorCode, MissionError } from "./errors.ts";
export type { ProgressEvent } from "./execution/progress-event.ts";
export type { ApprovalRequest } from "./model/approval-requests.ts";
export type { Decision } from "./model/decision.ts";
export type { MissionRun } from "./model/mission-runs.ts";
export type { Policy } from "./model/policy.ts";
export type { AgentRuntime, TaskRequest, TaskResponse } from "./model/task-exchange.ts";
export type { Clock } from "./model/time.ts";
