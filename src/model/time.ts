/** Arithmetic on instants and minutes. Everything is computed in milliseconds. */

export const MINUTE_MS = 60_000;

/** Tells the time. Handed in, so that a run can be repeated. */
export interface Clock {
  /** The present instant, as ISO 8601 UTC. */
  now(): string;
}

export function toMs(instant: string): number {
  return Date.parse(instant);
}

/** The instant as ISO 8601 UTC; whole seconds without a fraction, as in the sample data. */
export function toInstant(ms: number): string {
  return new Date(ms).toISOString().replace(".000Z", "Z");
}

export function addMinutes(instant: string, minutes: number): string {
  return toInstant(toMs(instant) + Math.round(minutes * MINUTE_MS));
}

/** Minutes from one instant to another, to 0.01; negative when `to` is earlier. */
export function minutesBetween(from: string, to: string): number {
  return roundMinutes((toMs(to) - toMs(from)) / MINUTE_MS);
}

/** Rounds to 0.01, the precision that minutes are stored with. */
export function roundMinutes(minutes: number): number {
  return Math.round(minutes * 100) / 100;
}

/** The later of two instants. */
export function laterOf(a: string, b: string): string {
  return toMs(a) >= toMs(b) ? a : b;
}
