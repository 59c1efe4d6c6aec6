/** Has a fault happen at its moment. */

import { setTimeout as delay } from "node:timers/promises";

import { readCalls } from "./fault-agents.ts";
import type { Fault, Moment } from "./faults.ts";
import type { PostgresProxy } from "./postgres-proxy.ts";
import type { Takeovers } from "./takeovers.ts";
import type { Workers } from "./worker-processes.ts";

const LOOK_MS = 10;
/** A process stands still until others have its runs; where it keeps them from taking anything, no longer. */
const LONGEST_STOP_MS = 20_000;

/** Where things happen, until the signal aborts. */
export interface Playing {
  readonly folder: string;
  readonly workers: Workers;
  readonly takeovers: Takeovers;
  /** Of Postgres alone. */
  readonly proxy: PostgresProxy | undefined;
  readonly restart: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** Resolves when it is over; at once where those to whom it happens see to it. */
export async function happen(fault: Fault, playing: Playing): Promise<void> {
  switch (fault.kind) {
    case "kill":
      if (await isTime(fault.moment, playing)) playing.workers.kill(pick(fault, playing));
      return;
    case "stop":
      if (await isTime(fault.moment, playing)) await standStill(pick(fault, playing), playing);
      return;
    case "cut":
      if (await isTime(fault.moment, playing)) playing.proxy?.cut(fault.how, fault.times);
      return;
    case "restart":
      if (await isTime(fault.moment, playing)) await playing.restart();
      return;
    case "clock":
    case "disk":
    case "twice":
    case "agents":
    case "notices":
      return;
  }
}

/** Waits for the moment. @returns false when the round is over before. */
async function isTime({ calls, ms }: Moment, playing: Playing): Promise<boolean> {
  await until(() => readCalls(playing.folder).length >= calls, playing.signal);
  await pause(ms, playing.signal);
  return !playing.signal.aborted;
}

/** Who is at a run, at best the one at that place: what happens to others shows nothing. */
function pick({ place }: { place: number }, { workers, takeovers }: Playing): number {
  const isBusy = (at: number) => takeovers.isBusy(workers.pidAt(at) ?? 0);
  return [place, 1 - place].find(isBusy) ?? place;
}

/** Until others have its runs. One that is at no run is let go on at once. */
async function standStill(place: number, { workers, takeovers, signal }: Playing): Promise<void> {
  const pid = workers.pidAt(place);
  if (pid === undefined) return;
  const goOn = workers.stop(place);
  takeovers.gone(pid, "stopped");
  const deadline = performance.now() + LONGEST_STOP_MS;
  await until(() => !takeovers.isBusy(pid) || performance.now() > deadline, signal);
  takeovers.back(pid);
  goOn();
}

async function until(isTrue: () => boolean, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && !isTrue()) await pause(LOOK_MS, signal);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {});
}
