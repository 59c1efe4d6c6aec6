/** How many calls of one agent there are at once, over all runs and processes. */

import type { AgentCall } from "../model/agent-call.ts";
import { minutesBetween } from "../model/time.ts";

/**
 * True when an agent has as many calls as it may have at once.
 *
 * @param underWay its other calls. One that has passed its deadline is over, whatever became of who made it.
 * @param limit.most undefined for no limit.
 */
export function isFull(
  underWay: readonly AgentCall[],
  { most, now, timeoutMinutes }: { most: number | undefined; now: string; timeoutMinutes: number },
): boolean {
  if (most === undefined) return false;
  const isLive = ({ called_at = now }: AgentCall) =>
    minutesBetween(called_at, now) < timeoutMinutes;
  return underWay.filter(isLive).length >= most;
}
