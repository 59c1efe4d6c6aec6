/** Everything that is recorded of a run, and what follows from it. */

import { type RunFigures, measureRun } from "../kpi/run-figures.ts";
import type { MissionRun } from "../model/mission-runs.ts";
import type { RunRecord, StoredRun } from "../model/run-record.ts";
import { planRun } from "../planning/plan-run.ts";
import { requireRun } from "./require-run.ts";
import type { RunReading } from "./world.ts";

/**
 * A run goes by what it was opened with. One that was not opened here, or by an earlier version, goes
 * by today's documents.
 *
 * @throws UnknownRunError
 */
export async function readRun(
  runId: string,
  { store, reference, policy }: Pick<RunReading, "store" | "reference" | "policy">,
): Promise<RunRecord> {
  return completeRun(await requireRun(runId, store), { reference, policy });
}

/** The record with what it lacks taken from today's documents. */
export function completeRun(
  stored: StoredRun,
  { reference, policy }: Pick<RunReading, "reference" | "policy">,
): RunRecord {
  return {
    ...stored,
    plan: stored.plan ?? planRun(stored.run.mission_id, reference()),
    policy: stored.policy ?? policy(),
  };
}

/**
 * A run's figures as of now.
 *
 * @param status what its record is about to say, when it does not yet.
 * @throws UnknownRunError
 */
export async function readFigures(
  runId: string,
  reading: RunReading,
  status?: MissionRun["status"],
): Promise<RunFigures> {
  const record = await readRun(runId, reading);
  const { clock, policy } = reading;
  const { run } = record;
  return measureRun(status === undefined ? record : { ...record, run: { ...run, status } }, {
    now: clock.now(),
    approvers: policy().approvals.approvers,
  });
}
