/**
 * The one door: everything that the command line, programs and servers do with a workspace. What looks back
 * is loaded when somebody does: most commands only pass through.
 */

import { resolve } from "node:path";

import { monthOf } from "../model/time.ts";
import { cancelRun } from "../runs/cancel-run.ts";
import { closeRisk } from "../runs/close-risk.ts";
import { reportRun } from "../runs/end-run.ts";
import { keepSnapshot, readKpiSeries, readPortfolio } from "../runs/read-board.ts";
import { readFigures, readRun } from "../runs/read-run.ts";
import { recordKpis } from "../runs/record-kpis.ts";
import { refreshStats } from "../runs/refresh-stats.ts";
import { readOutcome } from "../runs/run-outcome.ts";
import { findMissingRuntimes } from "../runs/run-runtimes.ts";
import { watchRuns } from "../runs/watch-runs.ts";
import { exportDocuments, importFolder } from "./documents.ts";
import { lookAtRecords } from "./look-at-records.ts";
import type {
  LazyMissionControl,
  MissionControl,
  MissionControlOptions,
} from "./mission-control.ts";
import { createRunActions } from "./run-actions.ts";
import { openWorld } from "./world.ts";

/**
 * Opens a workspace to run missions in.
 *
 * @throws MissionError `NO_WORKSPACE`, `BAD_DOCUMENT`, `STORE_FAILED`; `BAD_INPUT` for a runtime of nobody.
 */
export async function openMissionControl(options: MissionControlOptions): Promise<MissionControl> {
  const control = await openLazily(options);
  return { ...control, graph: await control.loadGraph() };
}

/** As {@link openMissionControl}, for whoever may not drive any run. */
export async function openLazily(
  options: MissionControlOptions,
  /** `leaveOut`: records of documents that cannot be read are left out, for an audit to tell. */
  reading: { readonly leaveOut?: boolean } = {},
): Promise<LazyMissionControl> {
  const opened = await openWorld(options, reading);
  const { world, workspace, folder, publisher, loadEngine, closeRuntimes } = opened;
  const { store, clock } = world;
  const actions = createRunActions(opened);
  const figures = (runId: string) => readFigures(runId, world);
  const outcome = (runId: string) => readOutcome(runId, world);
  let closing: Promise<void> | undefined;
  async function closeAll(): Promise<void> {
    await publisher.close();
    await store.close();
    await closeRuntimes();
  }
  return {
    ...actions,
    ...lookAtRecords(opened, clock),
    async work(how) {
      const { runWorker } = await import("./run-worker.ts");
      return runWorker(opened, how);
    },
    waiting: () => store.countWakes(),
    tally: async () => ({
      runs: await store.countRuns(),
      month: await store.readSpending(monthOf(clock.now())),
    }),
    async cancel(runId, because) {
      await cancelRun(runId, because, world);
      return outcome(runId);
    },
    missingRuntimes: async (runId) => findMissingRuntimes(await readRun(runId, world), world),
    async run(runId) {
      // Who looks on is told no sooner than who decided; where the disk refuses, they may look all the same.
      await store.secured().catch(() => {});
      return outcome(runId);
    },
    figures,
    async recordKpis(runId, observed) {
      await recordKpis(runId, observed, world);
      return outcome(runId);
    },
    watch: () => watchRuns(world),
    closeRisk: (eventId, because) => closeRisk(eventId, because, world),
    report: async (runId) => (await reportRun(runId, world)).report,
    portfolio: (date, period) => readPortfolio({ date, period }, world),
    async saveSnapshot(portfolio) {
      await keepSnapshot(portfolio, world);
      await world.publish();
    },
    kpiSeries: (missionIds) => readKpiSeries(missionIds, world),
    async stats() {
      await refreshStats(world);
      await world.publish();
      return store.listAgentStats();
    },
    async replay(runIds = [], replayOptions = {}) {
      const { replayHistory } = await import("./replay-history.ts");
      return replayHistory(runIds, world, replayOptions);
    },
    async enqueueReplay(runIds = []) {
      const { leaveReplay } = await import("./left-replays.ts");
      return leaveReplay(runIds, { ...world, store: opened.store });
    },
    async leftReplay(replayId) {
      const { readLeftReplay } = await import("./left-replays.ts");
      return readLeftReplay(replayId, opened.store);
    },
    async backtest(query) {
      const { backtestPolicies } = await import("./backtest-policies.ts");
      return backtestPolicies(query, { ...world, folder: workspace.folder });
    },
    async advise() {
      const { adviseGates } = await import("../history/backtest/advise.ts");
      const { rows } = await store.readHistory();
      return adviseGates(rows, world.reference().plans, world.policy().approvals);
    },
    async untried() {
      const { listUntried } = await import("../history/backtest/advise-trials.ts");
      const { rows } = await store.readHistory();
      return listUntried(rows, world.reference(), world.policy().routing);
    },
    async audit({ fix = false, expectHead } = {}) {
      const { auditWorkspace } = await import("./audit-workspace.ts");
      await publisher.catchUp();
      return auditWorkspace(
        { ...world, folder, workspaceFolder: workspace.folder, faults: opened.faults },
        { fix, expectHead },
      );
    },
    history: () => store.readHistory(),
    importDocuments: (from = folder) => importFolder(from, { store, folder }),
    pruneCheckpoints: async () => (await import("./sweep.ts")).pruneCheckpoints(opened.store),
    async archive({ olderThanDays, into }) {
      const { archivesOf } = await import("./sweep.ts");
      const { archiveRuns } = await import("./archive-runs.ts");
      const archived = await archiveRuns(
        { olderThanDays, into: resolve(into ?? archivesOf(workspace.folder)) },
        world,
      );
      await world.publish();
      return archived;
    },
    async exportDocuments(to) {
      // They are brought up to date when a run ends; some may be under way.
      await refreshStats(world);
      return exportDocuments(to, { store, folder });
    },
    reference: world.reference,
    policy: world.policy,
    workspaceFolder: workspace.folder,
    documentsFolder: folder,
    loadGraph: async () => (await loadEngine()).graph,
    close: () => (closing ??= closeAll()),
  };
}
