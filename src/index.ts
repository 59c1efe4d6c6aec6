/** The library. */

export { initWorkspace } from "./app/init-workspace.ts";
export type {
  DecideOptions,
  Decisions,
  MissionControl,
  MissionControlOptions,
} from "./app/mission-control.ts";
export { openMissionControl } from "./app/open-mission-control.ts";
export { type ErrorCode, MissionError } from "./errors.ts";
export type { ProgressEvent } from "./execution/progress-event.ts";
export type { RunFigures } from "./kpi/run-figures.ts";
export type { ApprovalRequest } from "./model/approval-requests.ts";
export type { Decision } from "./model/decision.ts";
export type { KpiResult } from "./model/kpi-result.ts";
export type { PortfolioSnapshot, SnapshotPeriod } from "./model/mission-portfolio-snapshot.ts";
export type { RiskEvent } from "./model/mission-risk-events.ts";
export type { MissionRun } from "./model/mission-runs.ts";
export type { ModelSettings } from "./model/model-settings.ts";
export type { Policy } from "./model/policy.ts";
export type { RiskRule } from "./model/risk-rules.ts";
export type { RunRecord } from "./model/run-record.ts";
export type {
  AgentAnswer,
  AgentMemory,
  AgentReply,
  AgentRequest,
  TaskResponse,
} from "./model/agent-reply.ts";
export type { AgentRuntime, ResumableRuntime, TaskRequest } from "./model/task-exchange.ts";
export type { Clock } from "./model/time.ts";
export type { PolishRequest, Polisher } from "./summary/polisher.ts";
export type { Backtest } from "./history/backtest/backtest.ts";
export type { ReplayResult } from "./model/replay-result.ts";
export type { Replay } from "./history/backtest/totals.ts";
export type { Portfolio } from "./reports/portfolio.ts";
export type { RunReport } from "./reports/run-report.ts";
export type { RunOutcome } from "./runs/run-outcome.ts";
export type { WatchResult } from "./runs/watch-runs.ts";
