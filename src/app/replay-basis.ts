/** Which runs a replay is about, and what they are replayed by. */

import { z } from "zod";

import { UnknownRunError, badInput } from "../errors.ts";
import type { MissionRun } from "../model/mission-runs.ts";
import type { ReplayBasis } from "../model/replay-result.ts";
import { planRun } from "../planning/plan-run.ts";
import type { RunReading } from "../runs/world.ts";

const runIdsSchema = z.array(z.string());

/**
 * @param given ids of runs; all when empty.
 * @throws UnknownRunError; MissionError `BAD_INPUT` when these are no ids.
 */
export function chooseRuns(
  given: readonly string[],
  runs: readonly MissionRun[],
): readonly MissionRun[] {
  const runIds = runIdsSchema.safeParse(given);
  if (!runIds.success) throw badInput(runIds.error, given);
  if (runIds.data.length === 0) return runs;
  const known = new Map(runs.map((run) => [run.run_id, run]));
  return [...new Set(runIds.data)].map((runId) => {
    const run = known.get(runId);
    if (run === undefined) throw new UnknownRunError(runId);
    return run;
  });
}

/** By today's documents, where the records of runs do not say it. */
export function basisOfReplay(
  runs: readonly MissionRun[],
  { reference, policy }: Pick<RunReading, "reference" | "policy">,
): ReplayBasis {
  const documents = reference();
  const missionIds = [...new Set(runs.map(({ mission_id }) => mission_id))];
  return {
    policy: policy(),
    plans: Object.fromEntries(missionIds.map((id) => [id, planRun(id, documents)])),
    agents: documents.agents.map(({ status: _asOfToday, ...agent }) => agent),
  };
}
