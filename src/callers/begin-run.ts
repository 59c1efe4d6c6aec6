/** Starting and waiting, for callers. */

import { setTimeout as delay } from "node:timers/promises";

import { MissionError } from "../errors.ts";
import { isEqual } from "../model/is-equal.ts";
import type { CallersWorld, ServedMissionControl } from "./callers-world.ts";

/** The longest that one call waits, in seconds: many clients give up after thirty. */
export const LONGEST_WAIT = 25;
/** How often a run is looked at meanwhile, in milliseconds. */
const PAUSE_MS = 200;

export type Start = Parameters<ServedMissionControl["begin"]>[0];

/** The run's id, be it new or one that was started under the same id before. */
export async function beginRun(
  request: Start,
  { control, onTrouble }: CallersWorld,
): Promise<string> {
  try {
    const { run_id, ended } = await control.begin(request);
    ended.catch((error: unknown) => {
      onTrouble(`${run_id}: ${error instanceof Error ? error.message : String(error)}`);
    });
    return run_id;
  } catch (error) {
    const isThere = error instanceof MissionError && error.code === "RUN_EXISTS";
    if (!isThere || request.run_id === undefined) throw error;
    const { run } = await control.figures(request.run_id);
    const isSame =
      run.mission_id === request.mission_id &&
      isEqual(run.mission_inputs ?? {}, request.mission_inputs ?? {});
    if (!isSame) {
      const message = `This idempotency_key has started ${run.run_id} of ${run.mission_id}, with other inputs or another mission. Take another key.`;
      throw new MissionError("BAD_INPUT", message);
    }
    // Who was driving it may be gone; where somebody is, nothing happens.
    if (run.status === "running") control.resume(run.run_id).catch(() => {});
    return run.run_id;
  }
}

/** Waits while a run goes on by itself. */
export async function waitWhileRunning(
  runId: string,
  { control, until, signal }: { control: ServedMissionControl; until: number; signal: AbortSignal },
): Promise<void> {
  while (goesOn(await control.run(runId)) && performance.now() < until) {
    await delay(PAUSE_MS, undefined, { signal });
  }
}

/** Who decided while somebody worked on the run has left it to them to carry the decision on. */
function goesOn({
  status,
  pending_approvals,
}: Awaited<ReturnType<ServedMissionControl["run"]>>): boolean {
  return status === "running" || (status === "awaiting_approval" && pending_approvals.length === 0);
}
