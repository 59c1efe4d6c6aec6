/** The port to everything the system writes. All adapters pass test/contracts/telemetry-store.ts. */

import type { AgentStats } from "../model/agent-performance-stats.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { RecordedDecision } from "../model/decision.ts";
import type { History } from "../model/history.ts";
import type { PortfolioSnapshot } from "../model/mission-portfolio-snapshot.ts";
import type { RiskEvent } from "../model/mission-risk-events.ts";
import type { MissionRun } from "../model/mission-runs.ts";
import type { Json } from "../model/primitives.ts";
import type { OutputRef, TaskLog } from "../model/task-execution-logs.ts";
import type { MakeBoard } from "./board.ts";

/** A run that is about to start; the store gives it an id unless it names one. */
export type RunDraft = Omit<MissionRun, "run_id"> & { readonly run_id?: string };

/** What is recorded of one run. */
export interface RunTelemetry {
  readonly run: MissionRun;
  readonly rows: readonly TaskLog[];
  readonly requests: readonly ApprovalRequest[];
  readonly risks: readonly RiskEvent[];
}

export interface TelemetryStore {
  /**
   * Writes a run record, atomically with the choice of its id.
   *
   * A thread has one unended run at most: when it has one, that is returned and nothing written. A
   * draft without a thread gets one named like the run.
   *
   * @throws MissionError `RUN_EXISTS` when the id named is taken.
   */
  openRun(draft: RunDraft): Promise<MissionRun>;
  findRun(runId: string): Promise<MissionRun | undefined>;
  /** The newest run on a LangGraph thread. */
  findRunByThread(threadId: string): Promise<MissionRun | undefined>;
  /** All that is recorded of one run. */
  readRun(runId: string): Promise<RunTelemetry | undefined>;
  /** All runs, in the order they were opened. */
  listRuns(): Promise<readonly MissionRun[]>;
  /**
   * Replaces a run record by what `change` makes of it, atomically.
   *
   * @throws MissionError `UNKNOWN_RUN`.
   */
  changeRun(runId: string, change: (run: MissionRun) => MissionRun): Promise<MissionRun>;

  /** Rows of one run, or of all, in the order they were first written. */
  listTaskLogs(runId?: string): Promise<readonly TaskLog[]>;
  /** Rows of one task of a run. */
  listTaskLogsOf(runId: string, taskId: string): Promise<readonly TaskLog[]>;
  /** Writes a row; one with the same (run, task, attempt) is replaced. Durable when it resolves. */
  putTaskLog(row: TaskLog): Promise<void>;

  /** Requests of one run, or of all, in the order they were made. */
  listApprovals(runId?: string): Promise<readonly ApprovalRequest[]>;
  listApprovalsOf(runId: string, taskId: string): Promise<readonly ApprovalRequest[]>;
  /** Writes a request unless one with its id is there; returns the one that is. */
  requestApproval(request: ApprovalRequest): Promise<ApprovalRequest>;
  /**
   * Records decisions, all or none; returns the decided requests. The first decision wins.
   *
   * @throws MissionError `UNKNOWN_APPROVAL`, or `ALREADY_DECIDED` when one was decided before.
   */
  decideApprovals(decisions: readonly RecordedDecision[]): Promise<readonly ApprovalRequest[]>;
  /** Takes requests of a run back, unless they are decided already. */
  voidApprovals(runId: string, approvalIds: readonly string[]): Promise<void>;

  listRiskEvents(runId?: string): Promise<readonly RiskEvent[]>;
  /** Upserts what `change` makes of all events, atomically with their reading; returns just those. */
  changeRiskEvents(
    change: (events: readonly RiskEvent[]) => readonly RiskEvent[],
  ): Promise<readonly RiskEvent[]>;

  listAgentStats(): Promise<readonly AgentStats[]>;
  /** Upserts what `compute` makes of all rows, atomically with their reading. */
  refreshAgentStats(
    compute: (rows: readonly TaskLog[], current: readonly AgentStats[]) => readonly AgentStats[],
  ): Promise<readonly AgentStats[]>;

  readHistory(): Promise<History>;
  /**
   * Writes the snapshots that `compute` makes of the history, atomically with its reading. One for
   * the same date and period is replaced.
   */
  refreshSnapshots(compute: (history: History) => readonly PortfolioSnapshot[]): Promise<void>;
  /**
   * Brings snapshots and the board's page in line with the history when the storage is next brought
   * up to date: of several calls until then one is carried out, the last, for the earliest `since`.
   */
  readonly refreshBoard: (since: string, make: MakeBoard) => void;

  /** Keeps a report under the run's id; returns where. */
  saveReport(name: string, markdown: string): Promise<string>;
  /** Keeps an output that is too large for a row. */
  saveOutput(output: Json): Promise<OutputRef>;
  /** @throws MissionError `STORE_FAILED` when it is gone or no longer the same. */
  loadOutput(reference: OutputRef): Promise<Json>;

  /**
   * Takes the run for this process, so that nobody else resumes it meanwhile; returns the release.
   *
   * @throws MissionError `BUSY` at once when a living process, this one included, has it.
   */
  lockRun(runId: string): Promise<() => Promise<void>>;
  /** Resolves when everything written can be read by whoever reads the storage directly. */
  settle(): Promise<void>;
  /** Has it done at once; or, when it was done just now, a little later, for several runs together. */
  settleSoon(): Promise<void>;
  close(): Promise<void>;
}
