/** The use case behind `replay`: recorded runs of the workspace, again. Nothing of the workspace is written. */

import { UnknownRunError } from "../errors.ts";
import { groupBy } from "../model/group-by.ts";
import type { ReplayResult } from "../replay/compare-runs.ts";
import { type Replay, sumUp } from "../replay/totals.ts";
import { replayAll } from "./replay-pool.ts";
import type { Workspace } from "./workspace.ts";

export interface ReplayOptions {
  readonly onResult?: (result: ReplayResult) => void;
  readonly signal?: AbortSignal;
}

/**
 * @param runIds the runs to replay; all when empty.
 * @throws UnknownRunError before anything is replayed.
 */
export async function replayHistory(
  runIds: readonly string[],
  { store, reference, policy }: Pick<Workspace, "store" | "reference" | "policy">,
  { onResult, signal }: ReplayOptions = {},
): Promise<Replay> {
  const history = await store.readHistory();
  const byId = new Map(history.runs.map((run) => [run.run_id, run]));
  const chosen = runIds.length === 0 ? [...byId.keys()] : [...new Set(runIds)];
  const rows = groupBy(history.rows, (row) => row.run_id);
  const requests = groupBy(history.requests, (request) => request.run_id);
  const events = groupBy(history.events, (event) => event.run_id);
  const runs = await Promise.all(
    chosen.map(async (runId) => {
      const run = byId.get(runId);
      if (run === undefined) throw new UnknownRunError(runId);
      const own = rows.get(runId) ?? [];
      // Large outputs are kept apart: the replay needs them where they are.
      const whole = await Promise.all(
        own.map(async (row) =>
          row.output_ref === undefined
            ? row
            : { ...row, output: await store.loadOutput(row.output_ref) },
        ),
      );
      return {
        run,
        rows: whole,
        requests: requests.get(runId) ?? [],
        events: events.get(runId) ?? [],
      };
    }),
  );
  return sumUp(await replayAll({ runs, reference: reference(), policy, onResult, signal }));
}
