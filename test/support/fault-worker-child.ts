/** A worker to which things happen. Argument: what it works on and what happens to it, as JSON. */

import { z } from "zod";

import { openMissionControl } from "../../src/index.ts";
import { faultyRuntime } from "./fault-agents.ts";
import { type Fault, faultSchema, ofKind } from "./faults.ts";

const HOUR_MS = 3_600_000;

const jobSchema = z.object({
  folder: z.string(),
  store: z.string(),
  seed: z.int(),
  /** Those of this worker alone. */
  faults: z.array(faultSchema),
});
export type Job = z.infer<typeof jobSchema>;

const job = jobSchema.parse(JSON.parse(process.argv[2] ?? ""));

/** A clock that jumps when it has been read so often. */
function jumpingClock(faults: readonly Fault[]) {
  const jumps = ofKind(faults, "clock");
  let reads = 0;
  return {
    now() {
      reads += 1;
      const hours = jumps.reduce((sum, jump) => sum + (reads > jump.reads ? jump.hours : 0), 0);
      return new Date(Date.now() + hours * HOUR_MS).toISOString();
    },
  };
}

const told = (text: string) => process.stdout.write(`${text}\n`);
const runtime = faultyRuntime(job);
const control = await openMissionControl({
  workspace: job.folder,
  store: job.store,
  clock: jumpingClock(job.faults),
  runtimes: { A1: runtime, A2: runtime },
  onWarning: told,
});
const stop = new AbortController();
process.once("SIGTERM", () => stop.abort());
const worker = await control.work({
  concurrency: 4,
  graceSeconds: 5,
  signal: stop.signal,
  onFailure: (runId, message) => told(`${runId}: ${message}`),
});
told("works");
await worker.ended;
await control.close();
