/** Replays many runs, over the cores where that pays. */

import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";

import type { Policy } from "../model/policy.ts";
import type { ReplayResult } from "../model/replay-result.ts";
import type { RunRecord } from "../model/run-record.ts";
import { createReplayer } from "./replay-runs.ts";

/** Runs handed over at a time. */
const BATCH = 16;
/** Fewer runs are done before a second thread has started. */
const WORTH_A_THREAD = 64;

export interface ReplayJob {
  readonly runs: readonly RunRecord[];
  readonly policy: Policy;
  readonly onResult?: ((result: ReplayResult) => void) | undefined;
  /** When it aborts, what has been replayed so far is the result. */
  readonly signal?: AbortSignal | undefined;
}

/** The results in the order of the runs, whatever order they were done in. */
export async function replayAll(job: ReplayJob): Promise<readonly ReplayResult[]> {
  const { runs, signal, onResult } = job;
  const results = new Map<string, ReplayResult>();
  const keep = (result: ReplayResult) => {
    results.set(result.run_id, result);
    onResult?.(result);
  };
  const batches = toBatches(runs);
  const script = findWorker();
  const threads = Math.min(availableParallelism(), Math.floor(runs.length / WORTH_A_THREAD));
  if (script === undefined || threads < 2) {
    const replay = createReplayer(job.policy);
    for (const recorded of runs) {
      if (signal?.aborted === true) break;
      keep(await replay(recorded));
    }
  } else {
    const lanes = Array.from({ length: threads }, () => runLane(script, job, { batches, keep }));
    await Promise.all(lanes);
  }
  return runs.flatMap(({ run }) => results.get(run.run_id) ?? []);
}

/** One thread, which is given the next batch as long as there is one. */
function runLane(
  script: URL,
  { policy, signal }: ReplayJob,
  { batches, keep }: { batches: RunRecord[][]; keep: (result: ReplayResult) => void },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(script, { workerData: { policy } });
    const stop = () => {
      signal?.removeEventListener("abort", stop);
      worker.terminate().then(() => resolve(), reject);
    };
    const goOn = () => {
      const batch = signal?.aborted === true ? undefined : batches.shift();
      if (batch === undefined) stop();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      else worker.postMessage(batch);
    };
    worker.on("message", (done: readonly ReplayResult[]) => {
      for (const result of done) keep(result);
      goOn();
    });
    worker.on("error", reject);
    signal?.addEventListener("abort", stop, { once: true });
    goOn();
  });
}

function toBatches(runs: readonly RunRecord[]): RunRecord[][] {
  return Array.from({ length: Math.ceil(runs.length / BATCH) }, (_, position) =>
    runs.slice(position * BATCH, (position + 1) * BATCH),
  );
}

/** The built worker, beside the library or the bundle; undefined when running from source. */
function findWorker(): URL | undefined {
  const places = ["./replay-worker.js", "../replay-worker.js"].map(
    (place) => new URL(place, import.meta.url),
  );
  return places.find((place) => existsSync(fileURLToPath(place)));
}
