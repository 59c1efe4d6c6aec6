/** The facade: everything that users of the library do with runs. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { SqliteSaver } from "@langchain/langgraph-checkpoint-sqlite";
import type { z } from "zod";

import type { MissionGraph } from "../../graph/mission-graph.ts";
import { type Runtimes, createRuntimeLookup } from "../agents/runtimes.ts";
import type { Simulation } from "../agents/simulated-runtime.ts";
import { BadDocumentError, MissionError, StoreFailedError } from "../errors.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { DecisionSource, decisionSchema } from "../model/decision.ts";
import type { StartRequest } from "../model/mission-input.ts";
import type { SnapshotPeriod } from "../model/mission-portfolio-snapshot.ts";
import type { RiskEvent } from "../model/mission-risk-events.ts";
import type { MissionRun } from "../model/mission-runs.ts";
import type { ModelSettings } from "../model/model-settings.ts";
import { policySchema } from "../model/policy.ts";
import type { Clock } from "../model/time.ts";
import type { Backtest } from "../replay/backtest.ts";
import type { Replay } from "../replay/totals.ts";
import type { Portfolio } from "../reporting/portfolio.ts";
import type { RunReport } from "../reporting/run-report.ts";
import type { Polisher } from "../summary/polisher.ts";
import { describeIssues } from "../telemetry/json-text.ts";
import type { TelemetryStore } from "../telemetry/telemetry-store.ts";
import { type AuditResult, auditWorkspace } from "./audit-workspace.ts";
import { comparePolicies } from "./backtest-policies.ts";
import type { ProgressListener } from "./drive-run.ts";
import { createEngine } from "./engine.ts";
import {
  type Sweep,
  closeRisk,
  readPortfolio,
  recordKpis,
  reportRun,
  watchRuns,
} from "./governance.ts";
import { openPolisher } from "./open-polisher.ts";
import { listPendingApprovals } from "./pending-approvals.ts";
import { type ReplayOptions, replayHistory } from "./replay-history.ts";
import { createRunControl } from "./run-control.ts";
import type { RunOutcome } from "./run-outcome.ts";
import { simulate } from "./simulate.ts";
import { systemClock } from "./system.ts";
import { openWorkspace, requireSoundRules } from "./workspace.ts";

export interface MissionControlOptions {
  /** Folder of the workspace; see {@link initWorkspace}. */
  readonly workspace: string;
  /** Where telemetry is kept: a folder, or a store of your own. Default: the workspace. */
  readonly store?: string | TelemetryStore;
  /** Overrides the workspace's `policy.json`; what it leaves out has its default. */
  readonly policy?: z.input<typeof policySchema>;
  /** Runtimes by agent id or by the name in the registry. Agents without one are simulated. */
  readonly runtimes?: Runtimes;
  /** How simulated agents behave. */
  readonly simulation?: Pick<Simulation, "seed" | "failureRate">;
  readonly clock?: Clock;
  /** Rewords executive summaries: a function, or a model behind an OpenAI-compatible API. Default: none. */
  readonly polisher?: Polisher | ModelSettings;
  /** A rewording that takes longer is given up. Default: 20. */
  readonly polishTimeoutSeconds?: number;
}

/** Decisions by approval id or task id. */
export type Decisions = Readonly<Record<string, z.input<typeof decisionSchema>>>;

export interface MissionControl {
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
  /** Goes on after a crash. Harmless on a run that waits or has ended. @throws MissionError `BUSY`, `UNKNOWN_RUN`, `EXTERNAL_RUN`. */
  resume(runId: string, onProgress?: ProgressListener): Promise<RunOutcome>;
  /** Ends a run as `abandoned`; what waits becomes void. @throws MissionError `RUN_ENDED`, `BUSY`. */
  cancel(runId: string, request: { reason: string; by: string }): Promise<RunOutcome>;
  /** What waits for a person in all runs, the most urgent first. */
  pendingApprovals(): Promise<readonly ApprovalRequest[]>;
  runs(): Promise<readonly MissionRun[]>;
  /** One run as it stands. @throws MissionError `UNKNOWN_RUN`. */
  run(runId: string): Promise<RunOutcome>;
  /**
   * Records business figures that arrive late, and brings risk events, report and portfolio in line.
   *
   * @throws MissionError `UNKNOWN_RUN`, `BAD_INPUT`, `BUSY`.
   */
  recordKpis(runId: string, figures: Readonly<Record<string, number>>): Promise<RunOutcome>;
  /** One sweep over the runs that wait: raises what is overdue now. Safe to repeat. */
  watch(): Promise<Sweep>;
  /** All risk events, in the order they were found. */
  risks(): Promise<readonly RiskEvent[]>;
  /** @throws MissionError `UNKNOWN_EVENT`, `EVENT_CLOSED`, `BAD_INPUT`. */
  closeRisk(eventId: string, request: { reason: string; by: string }): Promise<RiskEvent>;
  /** A run's report as data; `run(id).report` is the same as Markdown. @throws MissionError `UNKNOWN_RUN`. */
  report(runId: string): Promise<RunReport>;
  /** All missions at the end of a date (UTC, `2026-02-06`), today by default. @throws MissionError `BAD_INPUT`. */
  portfolio(date?: string, period?: SnapshotPeriod): Promise<Portfolio>;
  /**
   * Recorded runs again, through the graph, with the logged answers of agents and people; all runs
   * when none is named. In memory: nothing is written and no agent is called.
   *
   * @throws MissionError `UNKNOWN_RUN`.
   */
  replay(runIds?: readonly string[], options?: ReplayOptions): Promise<Replay>;
  /**
   * A policy over recorded history, without the graph, against another: that in force by default.
   *
   * @throws MissionError `BAD_DOCUMENT`.
   */
  backtest(policies: {
    readonly policy: z.input<typeof policySchema>;
    readonly against?: z.input<typeof policySchema>;
  }): Promise<Backtest>;
  /** Do the books balance? Reads the workspace's documents; `fix` writes recomputed ones next to them. */
  audit(options?: { readonly fix?: boolean }): Promise<AuditResult>;
  /** The compiled graph, for use as a subgraph or tool. Its runs wait in this workspace. */
  readonly graph: MissionGraph;
  close(): Promise<void>;
}

export interface DecideOptions {
  readonly source?: DecisionSource;
  readonly onProgress?: ProgressListener;
}

/**
 * Opens a workspace to run missions in.
 *
 * @throws MissionError `NO_WORKSPACE`, `BAD_DOCUMENT`, `STORE_FAILED`.
 */
export async function openMissionControl(options: MissionControlOptions): Promise<MissionControl> {
  const { clock = systemClock, runtimes = {}, simulation = {} } = options;
  const policy = parsePolicy(options.policy);
  const workspace = openWorkspace({ folder: options.workspace, store: options.store, policy });
  const checkpointer = openCheckpoints(workspace.folder);
  const lookup = createRuntimeLookup(runtimes, simulate(simulation, workspace));
  const polisher = openPolisher(options.polisher, options.polishTimeoutSeconds);
  const engine = createEngine(workspace, { runtimes: lookup, clock, checkpointer, polisher });
  const control = createRunControl(engine);
  const books = engine.dependencies;
  const { store } = workspace;
  return {
    start: control.start,
    decide: (runId, decisions, { source = "library", onProgress } = {}) =>
      control.decide(runId, decisions, { source, onProgress }),
    resume: control.resume,
    cancel: control.cancel,
    pendingApprovals: () => listPendingApprovals(store, clock.now()),
    runs: () => store.listRuns(),
    run: control.outcome,
    async recordKpis(runId, figures) {
      await recordKpis(runId, figures, books);
      return control.outcome(runId);
    },
    watch: () => watchRuns(books),
    risks: () => store.listRiskEvents(),
    closeRisk: (eventId, request) => closeRisk(eventId, request, books),
    report: (runId) => reportRun(runId, books),
    portfolio: (date, period) => readPortfolio({ date, period }, books),
    replay: (runIds = [], replayOptions = {}) => replayHistory(runIds, workspace, replayOptions),
    async backtest({ policy: tested, against }) {
      const sound = (given: MissionControlOptions["policy"]) =>
        requireSoundRules(parsePolicy(given) ?? workspace.policy, workspace.folder);
      return comparePolicies(
        workspace,
        { under: sound(tested), against: sound(against) },
        { clock },
      );
    },
    async audit({ fix = false } = {}) {
      // Documents that cannot be read are findings.
      await store.settle().catch(() => {});
      return auditWorkspace(workspace, { fix });
    },
    graph: engine.graph,
    async close() {
      checkpointer.db.close();
      await store.close();
    },
  };
}

function parsePolicy(policy: MissionControlOptions["policy"]) {
  if (policy === undefined) return undefined;
  const parsed = policySchema.safeParse(policy);
  if (parsed.success) return parsed.data;
  throw new BadDocumentError(describeIssues("policy", "", parsed.error), parsed.error);
}

function openCheckpoints(folder: string): SqliteSaver {
  const path = join(folder, ".mission-control", "checkpoints.sqlite");
  try {
    mkdirSync(join(folder, ".mission-control"), { recursive: true });
    return SqliteSaver.fromConnString(path);
  } catch (error) {
    if (error instanceof MissionError) throw error;
    throw new StoreFailedError("open", path, error);
  }
}
