/** What moves a run: start, decide, resume. Each loads LangGraph. */

import { MissionError, badInput } from "../errors.ts";
import { defined } from "../model/defined.ts";
import { isEnded } from "../model/mission-runs.ts";
import { type StartRequest, startRequestSchema } from "../model/start-request.ts";
import { decideRun } from "../runs/decide-run.ts";
import { openRun } from "../runs/open-run.ts";
import { readRun } from "../runs/read-run.ts";
import { retryTask } from "../runs/retry-task.ts";
import { type RunOutcome, readOutcome } from "../runs/run-outcome.ts";
import {
  adoptRuntimes,
  findMissingRuntimes,
  refuseExternal,
  requireRuntimes,
} from "../runs/run-runtimes.ts";
import type { Opening } from "../store/store.ts";
import type { MissionControl } from "./mission-control.ts";
import type { OpenedWorld } from "./world.ts";

/** Who starts the mission once more would have it twice. */
function hasBegun(run_id: string, error: unknown): unknown {
  if (!(error instanceof MissionError) || error.code !== "STORE_FAILED") return error;
  const message = `${error.message} ${run_id} has begun: \`mission-control resume ${run_id}\` goes on with it.`;
  const details = { ...error.details, run_id };
  return new MissionError(error.code, message, { details, cause: error });
}

export function createRunActions({
  world,
  workspace,
  loadEngine,
  publisher,
}: OpenedWorld): Pick<
  MissionControl,
  "enqueue" | "begin" | "start" | "decide" | "resume" | "retry"
> {
  /** @returns the run's id. */
  async function open(request: StartRequest, admit?: Opening["admit"]): Promise<string> {
    const parsed = startRequestSchema.safeParse(request);
    if (!parsed.success) throw badInput(parsed.error, request);
    const { mission_id, run_id = "", requested_by = "" } = parsed.data;
    const { priority = "normal", kpi_observations = {}, mission_inputs = {} } = parsed.data;
    const { budget = {} } = parsed.data;
    workspace.lookAgain();
    const opened = await openRun(
      {
        mission_id,
        run_id,
        requested_by,
        priority,
        kpi_observations,
        mission_inputs,
        budget,
        checkpoints: "workspace",
        ...defined({ admit }),
      },
      world,
    );
    return opened.run_id;
  }

  /** How the run stands, told when nothing of that can be lost any more. */
  async function outcome(runId: string): Promise<RunOutcome> {
    await world.store.secured();
    return readOutcome(runId, world);
  }

  const actions: ReturnType<typeof createRunActions> = {
    async enqueue(request) {
      const { admitBy } = await import("./run-worker.ts");
      const admit = admitBy(request.mission_id, world.policy().workers);
      return { run_id: await open(request, admit) };
    },
    async begin(request, onProgress) {
      // Before the run is there: it is not to wait for that.
      const { driver } = await loadEngine();
      const run_id = await open(request);
      const ended = driver
        .drive(run_id, { onProgress })
        .then(() => outcome(run_id))
        .catch((error: unknown) => {
          throw hasBegun(run_id, error);
        });
      // Who does not wait is told by the record of the run.
      ended.catch(() => {});
      return { run_id, ended };
    },
    async start(request, onProgress) {
      const { ended } = await actions.begin(request, onProgress);
      return ended;
    },
    async decide(runId, decisions, { source = "library", onProgress, detach = false } = {}) {
      workspace.lookAgain();
      const run = await decideRun(runId, decisions, { ...world, source });
      const record = await readRun(runId, world);
      const isLeft = detach || run.checkpoints === "external";
      if (isLeft || (await findMissingRuntimes(record, world)).length > 0) {
        // Somebody else goes on with it.
        await world.publish();
      } else {
        const { driver } = await loadEngine();
        await driver.deliver(runId, { onProgress });
      }
      return outcome(runId);
    },
    async retry(runId, taskId, { source = "library", onProgress, ...request }) {
      workspace.lookAgain();
      await retryTask(runId, taskId, { ...request, source }, world);
      const { driver } = await loadEngine();
      await driver.drive(runId, { onProgress });
      return outcome(runId);
    },
    async resume(runId, onProgress, { adoptRuntimesBy } = {}) {
      workspace.lookAgain();
      if (adoptRuntimesBy !== undefined) await adoptRuntimes(runId, adoptRuntimesBy, world);
      const record = await readRun(runId, world);
      const { run } = record;
      if (isEnded(run)) {
        // A crash may have come between its end and its report.
        await publisher.catchUp();
      } else {
        refuseExternal(run);
        await requireRuntimes(record, world);
        const { driver } = await loadEngine();
        await driver.drive(runId, { onProgress });
      }
      return outcome(runId);
    },
  };
  return actions;
}
