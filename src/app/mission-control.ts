/** What can be done with a workspace, and what opening one takes. */

import type { z } from "zod";

import type { MissionGraph } from "../../graph/mission-graph.ts";
import type { Runtimes } from "../agents/runtimes.ts";
import type { Simulation } from "../agents/simulated-runtime.ts";
import type { Untried } from "../history/backtest/advise-trials.ts";
import type { Advice } from "../history/backtest/advise.ts";
import type { Backtest } from "../history/backtest/backtest.ts";
import type { ThresholdSweep } from "../history/backtest/sweep.ts";
import type { Replay } from "../history/backtest/totals.ts";
import type { KpiSeries } from "../kpi/kpi-series.ts";
import type { RunFigures } from "../kpi/run-figures.ts";
import type { AgentStats } from "../model/agent-performance-stats.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { Amounts } from "../model/budget.ts";
import type { DecisionSource, decisionSchema } from "../model/decision.ts";
import type { History } from "../model/history.ts";
import type { SnapshotPeriod } from "../model/mission-portfolio-snapshot.ts";
import type { RiskEvent } from "../model/mission-risk-events.ts";
import type { MissionRun, RunStatus } from "../model/mission-runs.ts";
import type { ModelSettings } from "../model/model-settings.ts";
import type { GivenPolicy, Policy } from "../model/policy.ts";
import type { Reference } from "../model/reference.ts";
import type { StartRequest } from "../model/start-request.ts";
import type { Clock } from "../model/time.ts";
import type { Portfolio } from "../reports/portfolio.ts";
import type { RunReport } from "../reports/run-report.ts";
import type { RetryRequest } from "../runs/retry-task.ts";
import type { RunOutcome } from "../runs/run-outcome.ts";
import type { WatchResult } from "../runs/watch-runs.ts";
import type { WholeStore } from "../store/store.ts";
import type { EventFilter, RunFilter, WakeCounts } from "../store/store.ts";
import type { Polisher } from "../summary/polisher.ts";
import type { ProgressListener } from "../work/drive-run.ts";
import type { Worker, WorkerOptions } from "../work/worker.ts";
import type { Archived } from "./archive-runs.ts";
import type { AuditResult } from "./audit-workspace.ts";
import type { BacktestQuery } from "./backtest-policies.ts";
import type { LeftReplay } from "./left-replays.ts";
import type { ReplayOptions } from "./replay-history.ts";

export interface MissionControlOptions {
  /** Folder of the workspace; see {@link initWorkspace}. */
  readonly workspace: string;
  /** Where telemetry is kept: a folder, a `postgres:` URL, or a store that is open already. Default: the workspace. */
  readonly store?: string | WholeStore;
  /** Overrides the workspace's `policy.json`; what it leaves out has its default. */
  readonly policy?: GivenPolicy;
  /** A policy file in force instead of the workspace's own. */
  readonly policyFile?: string;
  /** Runtimes by agent id or by the name in the registry. Agents without one are simulated. */
  readonly runtimes?: Runtimes;
  /** How simulated agents behave. */
  readonly simulation?: Pick<Simulation, "seed" | "failureRate">;
  readonly clock?: Clock;
  /** Rewords executive summaries: a function, or a model behind an OpenAI-compatible API. Default: none. */
  readonly polisher?: Polisher | ModelSettings;
  /** A rewording that takes longer is given up. Default: 20. */
  readonly polishTimeoutSeconds?: number;
  /** Told what went wrong without failing anything: documents that could not be written, for one. */
  readonly onWarning?: (message: string) => void;
}

/** Decisions by approval id or task id. */
export type Decisions = Readonly<Record<string, z.input<typeof decisionSchema>>>;

export interface DecideOptions {
  readonly source?: DecisionSource;
  readonly onProgress?: ProgressListener;
  /** Leaves it to the workers of this store to go on. */
  readonly detach?: boolean;
}

/** Who did something, and why, in their words. */
export interface Because {
  readonly reason: string;
  readonly by: string;
}

/** How much there is of everything. */
export interface Tally {
  readonly runs: Readonly<Partial<Record<RunStatus, number>>>;
  readonly month: Amounts;
}

export interface MissionControl {
  /**
   * Opens a run, and leaves it to the workers of this store.
   *
   * @throws as `start`, before anything is recorded; MissionError `RETRY_LATER` when too many wait already.
   */
  enqueue(request: StartRequest): Promise<{ readonly run_id: string }>;
  /** Carries on whatever was started or decided, by whomever, until the signal aborts. Loads LangGraph. */
  work(options: WorkerOptions): Promise<Worker>;
  /** What waits for a worker, and what workers are at. */
  waiting(): Promise<WakeCounts>;
  /** Runs by status, and what all runs that started this month (UTC) have used up or reserved. */
  tally(): Promise<Tally>;
  /**
   * Opens a run, and goes on with it in this process while the caller does something else.
   *
   * @returns its id, and what it comes to: as of `start`.
   * @throws as `start`, before anything is recorded.
   */
  begin(
    request: StartRequest,
    onProgress?: ProgressListener,
  ): Promise<{ readonly run_id: string; readonly ended: Promise<RunOutcome> }>;
  /**
   * Starts a mission and works until it has ended or waits for a person.
   *
   * @throws MissionError `UNKNOWN_MISSION`, `PLAN_FAULTS`, `BAD_INPUT`, `RUN_EXISTS`, `STORE_FAILED`.
   */
  start(request: StartRequest, onProgress?: ProgressListener): Promise<RunOutcome>;
  /**
   * Records decisions, all or none, then goes on with the run. While another process works on the
   * run, that one picks them up; the outcome then says `running`.
   *
   * @throws MissionError `UNKNOWN_RUN`, `UNKNOWN_APPROVAL`, `ALREADY_DECIDED`, `NOT_ALLOWED`, `NOT_AN_APPROVER`.
   */
  decide(runId: string, decisions: Decisions, options?: DecideOptions): Promise<RunOutcome>;
  /**
   * Goes on after a crash. Harmless on a run that waits or has ended.
   *
   * @param options.adoptRuntimesBy who answers for it that the run goes on with the runtimes of this
   *   process, where it was opened with others.
   * @throws MissionError `BUSY`, `UNKNOWN_RUN`, `EXTERNAL_RUN`, `RUNTIME_MISSING`.
   */
  resume(
    runId: string,
    onProgress?: ProgressListener,
    options?: { readonly adoptRuntimesBy?: string | undefined },
  ): Promise<RunOutcome>;
  /**
   * Has a failed task of a failed run tried again, as a new attempt; what it blocked goes on after it.
   *
   * @throws MissionError `UNKNOWN_RUN`, `NOT_ALLOWED`, `NOT_AN_APPROVER`, `BAD_INPUT`, `BUSY`,
   *   `EXTERNAL_RUN`, `RUNTIME_MISSING`.
   */
  retry(runId: string, taskId: string, request: RetryRequest & DecideOptions): Promise<RunOutcome>;
  /** Agents that what is left of a run may need, and whose runtime this process lacks. @throws MissionError `UNKNOWN_RUN`. */
  missingRuntimes(runId: string): Promise<readonly string[]>;
  /** Ends a run as `abandoned`; what waits becomes void. @throws MissionError `RUN_ENDED`, `BUSY`. */
  cancel(runId: string, because: Because): Promise<RunOutcome>;
  /** What waits for a person in all runs or in one, the most urgent first. @throws MissionError `UNKNOWN_RUN`. */
  pendingApprovals(query?: {
    readonly run_id?: string;
    readonly limit?: number;
  }): Promise<readonly ApprovalRequest[]>;
  /** In the order in which they were opened. */
  runs(filter?: RunFilter): Promise<readonly MissionRun[]>;
  /** One run as it stands. @throws MissionError `UNKNOWN_RUN`. */
  run(runId: string): Promise<RunOutcome>;
  /** All that is recorded of a run, and what follows from it. @throws MissionError `UNKNOWN_RUN`. */
  figures(runId: string): Promise<RunFigures>;
  /**
   * Records business figures that arrive late, and brings risk events, report and portfolio in line.
   *
   * @throws MissionError `UNKNOWN_RUN`, `BAD_INPUT`, `BUSY`.
   */
  recordKpis(runId: string, figures: Readonly<Record<string, unknown>>): Promise<RunOutcome>;
  /** One sweep over the runs that wait: raises what is overdue now. Safe to repeat. */
  watch(): Promise<WatchResult>;
  /** In the order in which they were raised. */
  risks(filter?: EventFilter): Promise<readonly RiskEvent[]>;
  /** @throws MissionError `UNKNOWN_EVENT`, `EVENT_CLOSED`, `BAD_INPUT`. */
  closeRisk(eventId: string, because: Because): Promise<RiskEvent>;
  /** A run's report as data; `run(id).report` is the same as Markdown. @throws MissionError `UNKNOWN_RUN`. */
  report(runId: string): Promise<RunReport>;
  /** All missions at the end of a date (UTC, `2026-02-06`), today by default. @throws MissionError `BAD_INPUT`. */
  portfolio(date?: string, period?: SnapshotPeriod): Promise<Portfolio>;
  /** Keeps the figures of a portfolio as the snapshot of its date. */
  saveSnapshot(portfolio: Portfolio): Promise<void>;
  /** The KPIs of missions over their runs. */
  kpiSeries(missionIds: readonly string[]): Promise<readonly KpiSeries[]>;
  /** Performance of every agent in the log, recomputed and kept. */
  stats(): Promise<readonly AgentStats[]>;
  /**
   * Recorded runs again, through the graph, with the logged answers of agents and people; all runs
   * when none is named. In memory: nothing is written and no agent is called.
   *
   * @throws MissionError `UNKNOWN_RUN`.
   */
  replay(runIds?: readonly string[], options?: ReplayOptions): Promise<Replay>;
  /**
   * As {@link replay}, by the workers of this store: in parts, as they have time.
   *
   * @returns its id, and how many runs it is about.
   * @throws MissionError `UNKNOWN_RUN`.
   */
  enqueueReplay(
    runIds?: readonly string[],
  ): Promise<{ readonly replay_id: string; readonly asked: number }>;
  /** What such a replay came to so far; kept for 30 days. @throws MissionError `USAGE`. */
  leftReplay(replayId: string): Promise<LeftReplay>;
  /**
   * A policy over recorded history, without the graph, against another: that in force by default.
   *
   * @throws MissionError `BAD_DOCUMENT`, `USAGE` for a sweep that makes no sense.
   */
  backtest(query: BacktestQuery): Promise<Backtest & { readonly sweep?: ThresholdSweep }>;
  /** Which approval gates the log would keep, tighten or relax. */
  advise(): Promise<readonly Advice[]>;
  /** Agents that were never tried at a task they could do, and what a trial would cost. */
  untried(): Promise<readonly Untried[]>;
  /** Do the records balance? `fix` writes recomputed documents next to the recorded ones. */
  audit(options?: { readonly fix?: boolean; readonly expectHead?: string }): Promise<AuditResult>;
  /** Everything that was recorded. */
  history(): Promise<History>;
  /** Takes over the telemetry documents of a folder, the workspace's own by default. @throws MissionError `BAD_DOCUMENT`. */
  importDocuments(folder?: string): Promise<{
    readonly records: number;
    /** Approvals whose agents do not know here what they go on from: they begin anew. */
    readonly forgotten: readonly string[];
  }>;
  /**
   * Forgets the checkpoints of runs that have ended, a few at a time; runs that wait keep theirs.
   *
   * @returns of how many threads.
   */
  pruneCheckpoints(): Promise<number>;
  /**
   * Moves runs that ended more than so many days ago, and that nobody goes by any more, to archives that `importDocuments` takes
   * back. What people wait for, and the chain of what happened, stays.
   *
   * @param query.into a folder that gets a folder for each archive; absent for `archive` in the workspace.
   * @throws MissionError `USAGE` for less than 31 days, `BUSY`, `STORE_FAILED`.
   */
  archive(query: { readonly olderThanDays: number; readonly into?: string }): Promise<Archived>;
  /** Writes all that is recorded as telemetry documents. @throws MissionError `STORE_FAILED`. */
  exportDocuments(options: { readonly folder: string; readonly force: boolean }): Promise<void>;
  /** The reference documents as they are now. @throws MissionError `BAD_DOCUMENT`. */
  reference(): Reference;
  /** The policy in force. @throws MissionError `BAD_DOCUMENT`. */
  policy(): Policy;
  /** The folder of the workspace. */
  readonly workspaceFolder: string;
  /** Where the telemetry documents and reports are. */
  readonly documentsFolder: string;
  /** The compiled graph, for use as a subgraph or tool. Its runs wait in this workspace. */
  readonly graph: MissionGraph;
  /** Writes the documents that are not written yet, and lets go of everything. Safe to repeat. */
  close(): Promise<void>;
}

/** A {@link MissionControl} that loads LangGraph only when a run is driven. */
export type LazyMissionControl = Omit<MissionControl, "graph"> & {
  readonly loadGraph: () => Promise<MissionGraph>;
};
