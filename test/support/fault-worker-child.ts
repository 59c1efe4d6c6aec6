/** A worker to which things happen. Argument: what it works on and what happens to it, as JSON. */

import { z } from "zod";

import { openMissionControl } from "../../src/index.ts";
import { breakDisk } from "./broken-disk.ts";
import { faultyRuntime } from "./fault-agents.ts";
import { type Fault, faultSchema, ofKind } from "./faults.ts";

const HOUR_MS = 3_600_000;

const jobSchema = z.object({
  folder: z.string(),
  store: z.string(),
  seed: z.int(),
  /** Those of this worker, and of agents. */
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

for (const fault of ofKind(job.faults, "disk")) breakDisk(fault);
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
const how = {
  concurrency: 2,
  graceSeconds: 5,
  signal: stop.signal,
  onFailure: (runId: string, message: string) => told(`${runId}: ${message}`),
};
const workers = [await control.work(how)];
if (ofKind(job.faults, "twice").length > 0) workers.push(await control.work(how));
told("works");
await Promise.all(workers.map(({ ended }) => ended));
await control.close();
