/** The use cases that move a run: start, decide, resume, cancel. */

import { z } from "zod";

import { assessRun } from "../../graph/assess-run.ts";
import { closeRun } from "../../graph/close-run.ts";
import { draftRun, requireGraphVersion } from "../../graph/draft-run.ts";
import { readRecords, readRisks } from "../../graph/read-run.ts";
import { refreshPortfolio } from "../../graph/refresh-portfolio.ts";
import { readKeyed } from "../approvals/read-decisions.ts";
import { toRecords } from "../approvals/record.ts";
import { BusyError, FaultsError, MissionError, UnknownRunError } from "../errors.ts";
import { requireKnownKpis } from "../kpi/observations.ts";
import type { DecisionSource } from "../model/decision.ts";
import { type StartRequest, startRequestSchema } from "../model/mission-input.ts";
import { type MissionRun, isEnded } from "../model/mission-runs.ts";
import { personSchema, reasonSchema } from "../model/primitives.ts";
import { findMissionFaults } from "../planning/mission-faults.ts";
import { type ProgressListener, type Question, driveRun, undelivered } from "./drive-run.ts";
import type { Engine } from "./engine.ts";
import { type RunOutcome, readOutcome } from "./run-outcome.ts";

interface DriveOptions {
  readonly onProgress?: ProgressListener | undefined;
}

export function createRunControl({ graph, dependencies }: Engine) {
  const { store, reference, clock, policy } = dependencies;
  /** Runs that this process works on now. */
  const active = new Map<string, Promise<unknown>>();
  /** Where this process left the threads of its runs. */
  const standings = new Map<string, Question | "new">();

  async function findRun(runId: string): Promise<MissionRun> {
    const run = await store.findRun(runId);
    if (run === undefined) throw new UnknownRunError(runId);
    return run;
  }

  async function outcome(runId: string): Promise<RunOutcome> {
    return readOutcome(runId, dependencies);
  }

  /**
   * Works on a run under its lock until all that is decided is delivered. A decision that is recorded
   * while the lock is held is never left lying: whoever held it looks again after giving it back.
   *
   * @throws BusyError at once when somebody else works on it.
   */
  async function drive(runId: string, options: DriveOptions): Promise<void> {
    const run = await findRun(runId);
    if (!isEnded(run)) requireGraphVersion(run);
    const release = await store.lockRun(runId);
    const work = workUnderLock(runId, { ...options, release });
    active.set(runId, work);
    try {
      await work;
    } finally {
      if (active.get(runId) === work) active.delete(runId);
    }
  }

  async function workUnderLock(
    runId: string,
    { release, onProgress }: DriveOptions & { release: () => Promise<void> },
  ): Promise<void> {
    let question: Question | undefined;
    try {
      const standing = standings.get(runId);
      standings.delete(runId);
      question = await driveRun(await findRun(runId), { graph, store }, { standing, onProgress });
    } finally {
      await release();
    }
    if (question === undefined) return;
    standings.set(runId, question);
    const late = await undelivered(runId, question, store);
    if (late.length > 0) await deliver(runId, { onProgress });
  }

  /** As {@link drive}; but when somebody else works on the run, they will deliver what is recorded. */
  async function deliver(runId: string, options: DriveOptions): Promise<void> {
    try {
      await drive(runId, options);
    } catch (error) {
      if (!(error instanceof BusyError)) throw error;
      await active.get(runId);
    }
  }

  async function start(request: StartRequest, onProgress?: ProgressListener): Promise<RunOutcome> {
    const parsed = startRequestSchema.safeParse(request);
    if (!parsed.success) throw badInput(parsed.error);
    const { run_id = "", requested_by = "", priority = "normal" } = parsed.data;
    const { mission_id, kpi_observations = {} } = parsed.data;
    const documents = reference();
    const faults = findMissionFaults(mission_id, documents, dependencies.hasRuntime);
    if (faults.length > 0) throw new FaultsError(faults);
    requireKnownKpis(Object.keys(kpi_observations), mission_id, documents);
    const run = await store.openRun(
      draftRun({ mission_id, run_id, requested_by, priority, kpi_observations }, dependencies),
    );
    standings.set(run.run_id, "new");
    await drive(run.run_id, { onProgress });
    return outcome(run.run_id);
  }

  async function decide(
    runId: string,
    decisions: Readonly<Record<string, unknown>>,
    { source, onProgress }: { source: DecisionSource; onProgress?: ProgressListener | undefined },
  ): Promise<RunOutcome> {
    const run = await findRun(runId);
    const requests = await store.listApprovals(runId);
    const pending = isEnded(run) ? [] : requests.filter(({ status }) => status === "pending");
    const settled = requests.filter((request) => !pending.includes(request));
    const { approvers } = policy.approvals;
    const reading = readKeyed(new Map(Object.entries(decisions)), { pending, settled, approvers });
    if (reading.kind === "refused") {
      throw new MissionError(reading.code, reading.message, { details: { run_id: runId } });
    }
    await store.decideApprovals(
      toRecords(reading.decisions, { run_id: runId, decided_at: clock.now(), source }),
    );
    if (run.checkpoints === "external") await store.settle();
    else await deliver(runId, { onProgress });
    return outcome(runId);
  }

  async function resume(runId: string, onProgress?: ProgressListener): Promise<RunOutcome> {
    const run = await findRun(runId);
    if (!isEnded(run)) refuseExternal(run);
    // It may have ended just before a crash, and the board was still to be brought in line.
    else refreshPortfolio(run.end_time ?? run.start_time, dependencies);
    if (run.thread_id !== undefined) await drive(runId, { onProgress });
    return outcome(runId);
  }

  async function cancel(
    runId: string,
    request: { reason: string; by: string },
  ): Promise<RunOutcome> {
    const parsed = z.object({ reason: reasonSchema, by: personSchema }).safeParse(request);
    if (!parsed.success) throw badInput(parsed.error);
    const { reason, by } = parsed.data;
    const release = await store.lockRun(runId);
    try {
      const run = await findRun(runId);
      if (isEnded(run)) {
        throw new MissionError("RUN_ENDED", `${runId} has ended already (${run.status}).`);
      }
      const facts = await readRecords(runId, dependencies);
      const pending = facts.requests.filter(({ status }) => status === "pending");
      const ids = pending.map((approval) => approval.approval_id);
      await store.voidApprovals(runId, ids);
      const statuses = Object.fromEntries(
        Object.entries(facts.statuses).map(([id, status]) => [
          id,
          status === "completed" || status === "failed" ? status : ("pending" as const),
        ]),
      );
      // What only waited for a decision is no risk any more.
      await assessRun(await readRisks(runId, dependencies, { status: "abandoned" }), dependencies);
      const ending = { status: "abandoned" as const, tasks: facts.tasks, statuses, kpis: {} };
      await closeRun(runId, { ...ending, ended_reason: `${reason} (${by})` }, dependencies);
    } finally {
      await release();
    }
    return outcome(runId);
  }

  return { start, decide, resume, cancel, outcome };
}

/** Names the first field that is wrong. */
function badInput(error: z.ZodError): MissionError {
  const [issue] = error.issues;
  const where = issue?.path.join(".") || "the request";
  return new MissionError("BAD_INPUT", `${where}: ${issue?.message}.`);
}

/** @throws MissionError `EXTERNAL_RUN` saying where the run can go on. */
function refuseExternal(run: MissionRun): void {
  if (run.checkpoints !== "external") return;
  const { run_id, thread_id } = run;
  const where = `Its checkpoints live with the server it was started on: send any input to thread ${thread_id} there.`;
  throw new MissionError("EXTERNAL_RUN", `${run_id} cannot go on here. ${where}`, {
    details: { run_id, thread_id },
  });
}
