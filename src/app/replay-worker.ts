/** A thread that replays the runs it is sent, batch by batch. */

import { parentPort, workerData } from "node:worker_threads";

import type { Policy } from "../model/policy.ts";
import type { ReplayResult } from "../model/replay-result.ts";
import type { RunRecord } from "../model/run-record.ts";
import { createReplayer } from "./replay-runs.ts";

// Sent by replay-pool.ts of the same build: no boundary is crossed.
const { policy }: { policy: Policy } = workerData;
const replay = createReplayer(policy);

parentPort?.on("message", (batch: readonly RunRecord[]) => {
  replayBatch(batch).then(
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    (results) => parentPort?.postMessage(results),
    // Thrown out of any promise, so that the pool is told.
    (error: unknown) => setImmediate(() => fail(error)),
  );
});

async function replayBatch(batch: readonly RunRecord[]): Promise<readonly ReplayResult[]> {
  const results: ReplayResult[] = [];
  for (const recorded of batch) results.push(await replay(recorded));
  return results;
}

function fail(error: unknown): never {
  throw error;
}
