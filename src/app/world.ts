/** The real world, as the use cases of runs see it. */

import type { GraphWorld } from "../../graph/dependencies.ts";
import { createRuntimeLookup, requireKnownRuntimes } from "../agents/runtimes.ts";
import { simulateKpis } from "../kpi/simulate-kpis.ts";
import { renderPortfolio } from "../reports/render-portfolio.ts";
import { reportRun } from "../runs/end-run.ts";
import { refreshBoard } from "../runs/read-board.ts";
import { type Publisher, createPublisher } from "../store/documents/publisher.ts";
import type { Engine } from "../work/engine.ts";
import { checkInputs, checkJson } from "./input-schema.ts";
import type { MissionControlOptions } from "./mission-control.ts";
import { createOpenKind } from "./open-kinds.ts";
import { openPolisher } from "./open-polisher.ts";
import { type OpenedStore, openStoreOf } from "./open-store.ts";
import { openTelemetry } from "./open-telemetry.ts";
import { expectListeners, sha256, systemClock, waitSeconds } from "./system.ts";
import { type Workspace, openWorkspace, parsePolicy } from "./workspace.ts";

export interface OpenedWorld extends OpenedStore {
  readonly workspace: Workspace;
  readonly world: GraphWorld;
  readonly publisher: Publisher;
  /** The graph and what drives it, loaded when it is first asked for. */
  readonly loadEngine: () => Promise<Engine>;
  /** Ends what was opened to reach agents. */
  readonly closeRuntimes: () => Promise<void>;
}

/** @throws MissionError `NO_WORKSPACE`, `BAD_DOCUMENT`, `BAD_INPUT`, `STORE_FAILED`, `USAGE`. */
export async function openWorld(
  options: MissionControlOptions,
  { leaveOut = false }: { leaveOut?: boolean } = {},
): Promise<OpenedWorld> {
  const { clock = systemClock, runtimes = {}, simulation = {}, onWarning = warn } = options;
  const workspace = openWorkspace({
    folder: options.workspace,
    policy: parsePolicy(options.policy) ?? options.policyFile,
  });
  const { reference, policy } = workspace;
  const opened = await openStoreOf(options, { leaveOut });
  const { store, folder, hasFiles, isReadOnly } = opened;
  const reading = { store, reference, policy, clock };
  const publisher = isReadOnly
    ? NOTHING_TO_PUBLISH
    : createPublisher({
        folder: hasFiles ? folder : undefined,
        store,
        onWarning,
        keepRuns: () => policy().documents.keep_runs,
        makeBoard: async (since) => renderPortfolio(await refreshBoard(since, reading)),
        makeReport: async (runId) => (await reportRun(runId, reading)).markdown,
      });
  if (options.runtimes !== undefined) requireKnownRuntimes(runtimes, reference().agents);
  const { close: closeRuntimes, ...lookup } = createRuntimeLookup(runtimes, {
    openKind: createOpenKind(workspace.folder, () => reference().agents),
    simulation: {
      observe: (task, slowness) => simulateKpis(task, slowness, reference()),
      ...simulation,
    },
  });
  const world = {
    ...reading,
    ...lookup,
    checkInputs,
    checkJson,
    trace: openTelemetry,
    lookAgain: workspace.lookAgain,
    hash: sha256,
    wait: waitSeconds,
    expectListeners,
    reword: openPolisher(options.polisher, options.polishTimeoutSeconds),
    publish: publisher.publish,
  };
  let engine: Promise<Engine> | undefined;
  const loadEngine = () =>
    (engine ??= import("../work/engine.ts").then(({ createEngine }) => createEngine(world, store)));
  return { ...opened, workspace, world, publisher, loadEngine, closeRuntimes };
}

/** Where nothing can be written, nothing is. */
const NOTHING_TO_PUBLISH: Publisher = {
  publish: async () => {},
  catchUp: async () => {},
  close: async () => {},
};

function warn(message: string): void {
  process.emitWarning(message, "MissionControl");
}
