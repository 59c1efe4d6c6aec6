/** Everything that the documents say of a run, and what follows from it. */

import { UnknownRunError } from "../src/errors.ts";
import { deriveStatuses } from "../src/execution/derive-statuses.ts";
import type { TaskStatuses } from "../src/execution/plan-progress.ts";
import type { PlanTask } from "../src/model/decomposed-mission-tasks.ts";
import type { MissionRun } from "../src/model/mission-runs.ts";
import type { Observations } from "../src/model/primitives.ts";
import { orderTasks } from "../src/planning/task-order.ts";
import {
  type Beside,
  type RunRecords,
  gatherFacts,
  gatherRiskFacts,
} from "../src/reporting/run-facts.ts";
import type { MissionGraphDependencies } from "./dependencies.ts";

/** What reading a run takes. */
export type RunReading = Pick<MissionGraphDependencies, "store" | "reference" | "policy" | "clock">;

/** What the graph's state knows of a run that has not been closed yet. */
export interface RunInState {
  readonly status?: MissionRun["status"];
  readonly tasks?: readonly PlanTask[];
  readonly statuses?: TaskStatuses;
  readonly observed?: Observations;
}

/** A run, and everything that follows from its records. @throws UnknownRunError */
export const readRun = createReader(gatherFacts);

/** As {@link readRun}, without what only the report needs. @throws UnknownRunError */
export const readRisks = createReader(gatherRiskFacts);

function createReader<T>(gather: (records: RunRecords, beside: Beside) => T) {
  return async (runId: string, reading: RunReading, known: RunInState = {}): Promise<T> => {
    const { reference, policy, clock } = reading;
    const { observed = {} } = known;
    const records = await readRecords(runId, reading, known);
    return gather(records, { reference: reference(), policy, now: clock.now(), observed });
  };
}

/** The run's records; where the state does not say how its tasks stand, that follows from the rows. */
export async function readRecords(
  runId: string,
  { store, reference }: RunReading,
  known: RunInState = {},
): Promise<RunRecords> {
  const found = await store.readRun(runId);
  if (found === undefined) throw new UnknownRunError(runId);
  const { rows, requests, risks } = found;
  const run = known.status === undefined ? found.run : { ...found.run, status: known.status };
  const tasks = known.tasks ?? planOf(run, reference);
  const statuses = known.statuses ?? deriveStatuses(tasks, { run, rows, requests });
  return { run, tasks, statuses, rows, requests, risks };
}

function planOf({ mission_id }: MissionRun, reference: RunReading["reference"]) {
  const plan = reference().plans.find((candidate) => candidate.mission_id === mission_id);
  return orderTasks(plan?.tasks ?? []).ordered;
}
