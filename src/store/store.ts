/**
 * The port to everything the system writes. All adapters pass test/contracts/store.ts.
 *
 * Every command is atomic, and survives the death of the process when it resolves; a decision, the end of a run and its
 * reopening also a power cut, once {@link Store.secured} has resolved. A record that its schema refuses is never stored.
 */

import type { AgentCall } from "../model/agent-call.ts";
import type { AgentHistory, RecentAttempts } from "../model/agent-history.ts";
import type { AgentStats } from "../model/agent-performance-stats.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { Amounts } from "../model/budget.ts";
import type { RecordedDecision } from "../model/decision.ts";
import type { TelemetryDocument } from "../model/documents.ts";
import type { Examination } from "../model/examination.ts";
import type { History } from "../model/history.ts";
import type { PortfolioSnapshot } from "../model/mission-portfolio-snapshot.ts";
import type { RiskEvent } from "../model/mission-risk-events.ts";
import type { MissionRun, RunStatus } from "../model/mission-runs.ts";
import type { OutboxEvent } from "../model/outbox-event.ts";
import type { Policy, RunLimits } from "../model/policy.ts";
import type { PortfolioRecord, Tally } from "../model/portfolio-record.ts";
import type { Json } from "../model/primitives.ts";
import type { RiskRecord } from "../model/risk-record.ts";
import type { Routing, RunPlan, StoredRun } from "../model/run-record.ts";
import type { OutputRef, TaskLog } from "../model/task-execution-logs.ts";
import type { Checkpoints } from "./checkpoints.ts";
import type { Pages } from "./pages.ts";
import type { Replays } from "./replays.ts";

/** A run that is about to start; the store gives it an id unless it names one. */
export type RunDraft = Omit<MissionRun, "run_id"> & { readonly run_id?: string };

/** A run with what it is opened with: for this run, that stands over later documents. */
export interface Opening {
  readonly draft: RunDraft;
  readonly plan: RunPlan;
  readonly policy: Policy;
  /**
   * Where workers are to go on with it, instead of who opens it: pure, throws when too many wait already.
   *
   * @param waiting runs that are carried on or wait for it.
   */
  readonly admit?: (waiting: { readonly all: number; readonly mission: number }) => void;
}

/** What becomes of the record of a run, by all that is recorded of it. */
export type RunChange = (run: MissionRun, record: StoredRun) => MissionRun;

/** Every given condition must hold. */
export interface RunFilter {
  readonly mission_id?: string;
  readonly status?: readonly RunStatus[];
  /** So many runs at most, the newest. */
  readonly limit?: number;
}

/** Every given condition must hold. */
export interface EventFilter {
  readonly run_id?: string;
  readonly mission_id?: string;
  readonly status?: RiskEvent["status"];
}

/** What there is of a task so far, each in the order of first writing. */
export interface TaskHistory {
  readonly rows: readonly TaskLog[];
  readonly requests: readonly ApprovalRequest[];
}

/** A name held by this process, so that no other works on it. */
export interface Lease {
  /** @param isDone what a run of this name was woken for, before the lease was taken, is done. */
  readonly release: (isDone?: boolean) => Promise<void>;
}

/** To carry a run on, as long as others may be carried on beside it; or for anything else. */
export type LeasePurpose = "hold" | "drive" | { readonly drive: RunLimits };

/** A run that somebody has to go on with. */
export interface Wake {
  readonly run_id: string;
  readonly mission_id: string;
  /** Since when, in milliseconds. */
  readonly since_ms: number;
  /** Who is at it, dead or alive. */
  readonly holder?: string;
}

export interface WakeCounts {
  readonly free: number;
  readonly held: number;
  /** Of those that nobody is at. */
  readonly oldest_ms: number | undefined;
  /** What waits for people, in any run. */
  readonly pending_approvals: number;
}

/** A record of a telemetry document, which has passed its schema. */
export interface ImportedRecord {
  readonly document: TelemetryDocument;
  readonly record: object;
}

/** Given each record of the documents, as JSON, in the order in which it stands in its own. */
export type TakeRecord = (document: TelemetryDocument, record: string) => void;

/** How far a reader of the outbox, or another follower of the store, has got. */
export interface Mark {
  readonly name: string;
  readonly value: string;
}

export interface Attempt {
  readonly run_id: string;
  readonly task_id: string;
  readonly attempt: number;
}

/** Attempts of one run, or of all runs that started in some time, of one mission or of any. */
export type SpendingScope =
  | { readonly run_id: string }
  | { readonly from: number; readonly to: number; readonly mission_id?: string };

export interface PortfolioQuery<T extends Tally> {
  readonly instant: number;
  /** Runs that ended, and events that were detected, after this one. */
  readonly since: number;
  /** What is told of those runs. */
  readonly openTally: () => T;
  /** Those whose latest measured run is asked for. */
  readonly missions: readonly string[];
  /** Whether a run has a measured KPI: never without any figure. Pure. */
  readonly isMeasured: (run: MissionRun) => boolean;
}

export interface Store {
  /**
   * Writes a run record, atomically with the choice of its id.
   *
   * A thread has one unended run at most: when it has one, that is returned and nothing written. A
   * draft without a thread gets one named like the run.
   *
   * @throws MissionError `RUN_EXISTS` when the id named is taken, be it by a run in an archive; what `admit` throws.
   */
  openRun(opening: Opening): Promise<MissionRun>;
  findRun(runId: string): Promise<MissionRun | undefined>;
  /** The newest run on a LangGraph thread. */
  findRunByThread(threadId: string): Promise<MissionRun | undefined>;
  /** All that is recorded of one run, at one instant. */
  readRun(runId: string): Promise<StoredRun | undefined>;
  /** In the order in which they were opened. */
  listRuns(filter?: RunFilter): Promise<readonly MissionRun[]>;
  /**
   * Replaces a run record by what the pure `change` makes of it.
   *
   * @throws MissionError `UNKNOWN_RUN`.
   */
  changeRun(runId: string, change: RunChange): Promise<MissionRun>;
  /**
   * As {@link changeRun}, {@link secured} from a power cut: for what ends a run.
   *
   * @param rows of attempts that it ends, written at once with it.
   */
  endRun(runId: string, change: RunChange, rows?: readonly TaskLog[]): Promise<MissionRun>;
  /** Opens a run again that had ended, with the row of the task that is tried again, at once. */
  reopenRun(row: TaskLog, change: RunChange): Promise<MissionRun>;
  /** Keeps the ranking of a run unless it has one; returns the one that it has. */
  keepRouting(runId: string, routing: Routing): Promise<Routing>;

  /**
   * Says how far an attempt that is under way has come; replaces what was said before.
   *
   * @param requests what the agent asks, written at once with it, unless it is there.
   * @returns those that are.
   */
  keepCall(
    attempt: Attempt,
    call: AgentCall,
    requests?: readonly ApprovalRequest[],
  ): Promise<readonly ApprovalRequest[]>;
  /**
   * As {@link keepCall}, for an attempt that begins: unless the pure `refuse` has something against it.
   *
   * @param scopes whose attempts count, each by what it is asked for.
   * @param refuse is given what was used up or reserved in each scope, in their order, and the agent's other calls.
   * @returns what it has against it.
   */
  reserve<R>(
    attempt: Attempt,
    call: AgentCall,
    scopes: readonly SpendingScope[],
    refuse: (spent: readonly Amounts[], underWay: readonly AgentCall[]) => R | undefined,
  ): Promise<R | undefined>;
  /** All calls of a run that are under way. */
  listCalls(runId: string): Promise<readonly AgentCall[]>;
  /** What a run's calls without a row have used up or reserved: under way, cut short by its end, or lost. */
  readUnsettled(runId: string): Promise<Amounts>;
  /** Adds a warning to the row of an attempt; nothing where it has none. */
  warnOfAttempt(attempt: Attempt, warning: string): Promise<void>;
  /** What is known of such a call; undefined before it, and once the attempt has a row. */
  findCall(attempt: Attempt): Promise<AgentCall | undefined>;

  readTask(runId: string, taskId: string): Promise<TaskHistory>;
  /** Writes a row; one with the same (run, task, attempt) is replaced. */
  putTaskLog(row: TaskLog): Promise<void>;

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
  /** What waits in runs that have not ended: the most urgent first, as `orderAcrossRuns` has it. */
  listPending(query: {
    readonly now: string;
    readonly run_id?: string;
    readonly limit?: number;
  }): Promise<readonly ApprovalRequest[]>;

  /** In the order in which they were raised. */
  listEvents(filter?: EventFilter): Promise<readonly RiskEvent[]>;
  /**
   * Upserts what the pure `change` makes of the events that bear on a run; returns just those. It may be called more than
   * once: its last answer counts.
   *
   * @param renew what the records of the runs of those events become by it, at once.
   */
  changeRisks(
    runId: string,
    change: (known: RiskRecord) => readonly RiskEvent[],
    renew: RunChange,
  ): Promise<readonly RiskEvent[]>;
  /** Replaces one event, and renews its run with it. @throws MissionError `UNKNOWN_EVENT`, and what `change` throws. */
  changeEvent(
    eventId: string,
    change: (event: RiskEvent) => RiskEvent,
    renew: RunChange,
  ): Promise<RiskEvent>;

  readAgents(agentIds: readonly string[], window: number): Promise<AgentHistory>;
  listAgentStats(): Promise<readonly AgentStats[]>;
  /**
   * Upserts what the pure `compute` makes of the agents' last attempts.
   *
   * @param agentIds all agents with an attempt when absent.
   */
  refreshAgentStats(
    query: { readonly agentIds?: readonly string[]; readonly window: number },
    compute: (recent: RecentAttempts, current: readonly AgentStats[]) => readonly AgentStats[],
  ): Promise<void>;

  /**
   * What a portfolio at an instant is made from, by queries that a long history does not slow down. Runs that ended lately
   * are read in several steps: some may end in between.
   */
  readPortfolio<T extends Tally>(query: PortfolioQuery<T>): Promise<PortfolioRecord<T>>;
  listSnapshots(): Promise<readonly PortfolioSnapshot[]>;
  /** One for the same date and period is replaced. */
  saveSnapshots(snapshots: readonly PortfolioSnapshot[]): Promise<void>;

  /** Everything that was recorded, at one instant. */
  readHistory(): Promise<History>;
  /** Whether all that is kept twice is the same both times. */
  examine(): Promise<Examination>;

  /** Keeps an output that is too large for a row. */
  saveOutput(output: Json): Promise<OutputRef>;
  /** @throws MissionError `STORE_FAILED` when it is gone or no longer the same. */
  loadOutput(reference: OutputRef): Promise<Json>;

  /** What has happened after the event with this number, in order. */
  readOutbox(after: number, limit?: number): Promise<readonly OutboxEvent[]>;
  /** True when something has happened here after the event with this number: more than an import. */
  hasNews(after: number): Promise<boolean>;

  /**
   * Ended runs that may leave, the oldest first: none that statistics, pages or people go by.
   *
   * @param query.before they ended before, in milliseconds.
   * @param query.keepOfMission so many of each mission stay, the newest.
   * @param query.keepOfAgent so many attempts of each agent stay, the last.
   */
  listArchivable(query: {
    readonly before: number;
    readonly keepOfMission: number;
    readonly keepOfAgent: number;
    readonly limit: number;
  }): Promise<readonly string[]>;
  /** Of runs that have left for an archive, which it was and the seal that they left with. */
  findArchived(
    runIds: readonly string[],
  ): Promise<ReadonlyMap<string, { readonly archive: string; readonly seal: string }>>;
  /**
   * Takes runs out that were written to an archive, with all that is theirs but their events.
   *
   * @param runs each with the seal of what was written: one that is no longer so stays.
   * @returns those that have left.
   */
  archiveRuns(
    name: string,
    runs: readonly { readonly run_id: string; readonly seal: string }[],
  ): Promise<readonly string[]>;

  /**
   * Runs that nobody is at and somebody has to go on with: the important first, then each mission in its turn; none of a
   * mission or a priority of which as many are carried on as may be.
   */
  listWakes(limit: number, limits: RunLimits): Promise<readonly Wake[]>;
  /** Such runs that somebody is at, or was when it died. */
  listHeldWakes(): Promise<readonly Wake[]>;
  countWakes(): Promise<WakeCounts>;
  /** Runs by status; a status that none has is absent. */
  countRuns(): Promise<Readonly<Partial<Record<RunStatus, number>>>>;
  /** What attempts of some runs have used up or reserved. */
  readSpending(scope: SpendingScope): Promise<Amounts>;
  /**
   * Tells when there may be something new in {@link listWakes}: at once where it was written here, or where the database
   * says so.
   *
   * @returns what ends it.
   */
  watchWakes(onWake: () => void): Promise<() => Promise<void>>;

  /**
   * Takes a name for this process. Whoever was taken over has each later write about it refused.
   *
   * @param purpose `drive` for the run of this name: should this process die, workers go on with it.
   * @throws MissionError `BUSY` when a living process, this one included, has it; FullError when the limits are reached.
   */
  takeLease(name: string, purpose?: LeasePurpose): Promise<Lease>;

  /**
   * Upserts records of the telemetry documents, all or none; whoever they replace is gone.
   *
   * @param how.mark set with them; when there is one of its name already, nothing is done.
   * @param how.isOlder they come before all that is there.
   * @throws what `records` throws.
   */
  importRecords(
    records: Iterable<ImportedRecord>,
    how?: { readonly mark?: Mark; readonly isOlder?: boolean },
  ): Promise<void>;
  /**
   * Goes through the newest runs with all that belongs to them, as they are at one moment: a page at a time, however many there are.
   *
   * @param begin called before the first record, and again where the database had to be reached anew: then all come again.
   * @returns the outbox number that they stand for.
   * @throws what `begin`, or what it returns, throws.
   */
  readDocuments(keepRuns: number, begin: () => TakeRecord): Promise<number>;
  /** Where a reader of the outbox, or another follower of the store, has got to. */
  findMark(name: string): Promise<string | undefined>;
  setMark(name: string, value: string): Promise<void>;
  /** The next outputs that were kept after the one with this number, a hundred at most. */
  listOutputs(
    after: number,
  ): Promise<
    readonly { readonly number: number; readonly sha256: string; readonly text: string }[]
  >;

  /**
   * Resolves when decisions, ends and reopenings that were recorded so far, by whomever, survive a power cut: before
   * those who asked for them are told, and before agents act on them.
   *
   * @throws MissionError `STORE_FAILED` when the disk refuses: they are recorded, but may be lost.
   */
  secured(): Promise<void>;
  /** Lets go of everything that this process holds. */
  close(): Promise<void>;
}

/** With where threads of LangGraph stand, replays that are left to workers, and its rows as they are. */
export interface WholeStore extends Store {
  readonly checkpoints: Checkpoints;
  readonly replays: Replays;
  readonly pages: Pages;
}
