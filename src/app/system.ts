/** Time, hashing and waiting of the real world. */

import { setMaxListeners } from "node:events";
import { setTimeout as delay } from "node:timers/promises";

import { type Clock, toInstant } from "../model/time.ts";

export const systemClock: Clock = { now: () => toInstant(Date.now()) };

/** SHA-256 as hexadecimal. */
export function sha256(text: string): string {
  return process.getBuiltinModule("node:crypto").createHash("sha256").update(text).digest("hex");
}

/** Lets any number listen to a signal without Node's warning of a leak. */
export function expectListeners(signal: AbortSignal): void {
  setMaxListeners(0, signal);
}

/** Resolves after so many seconds; rejects when the signal aborts. */
export async function waitSeconds(seconds: number, signal: AbortSignal): Promise<void> {
  if (seconds > 0) await delay(seconds * 1000, undefined, { signal });
}
