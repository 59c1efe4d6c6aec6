/** Arithmetic on instants and minutes. Everything is computed in milliseconds. */

import { compareText } from "./order.ts";

export const MINUTE_MS = 60_000;

/** Tells the time. Handed in, so that a run can be repeated. */
export interface Clock {
  /** The present instant, as ISO 8601 UTC. */
  now(): string;
}

export function toMs(instant: string): number {
  return Date.parse(instant);
}

/** Where instants end: with four digits for the year they sort as text, and every reader takes them. */
const EARLIEST = Date.parse("0000-01-01T00:00:00Z");
const LATEST = Date.parse("9999-12-31T23:59:59.999Z");

/**
 * The instant as ISO 8601 UTC; whole seconds without a fraction, as in the sample data. What lies
 * before the year 0 or after the year 9999 becomes the first or the last instant there is.
 */
export function toInstant(ms: number): string {
  const within = Math.min(Math.max(ms, EARLIEST), LATEST);
  return new Date(within).toISOString().replace(".000Z", "Z");
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

const TO_THE_MINUTE = "2026-02-06T00:00".length;

/**
 * Orders instants. ISO 8601 in UTC sorts as text, but for seconds that may be left out and their
 * fractions: only where these differ, and within the very minute, are the texts parsed.
 */
export function compareInstants(a: string, b: string): number {
  const isAlike = a.length === b.length || !b.startsWith(a.slice(0, TO_THE_MINUTE));
  return isAlike ? compareText(a, b) : toMs(a) - toMs(b);
}

/** The later of two instants. */
export function laterOf(a: string, b: string): string {
  return compareInstants(a, b) >= 0 ? a : b;
}

/** Whether an instant is at or before this one, in milliseconds; for looking at many. */
export function createUntil(ms: number): (instant: string) => boolean {
  const minute = toInstant(ms).slice(0, TO_THE_MINUTE);
  return (instant) => (instant.startsWith(minute) ? toMs(instant) <= ms : instant < minute);
}

/** The calendar month (UTC) of an instant: milliseconds of its start, and of the next one's. */
export function monthOf(instant: string): { readonly from: number; readonly to: number } {
  const day = new Date(toMs(instant));
  const [year, month] = [day.getUTCFullYear(), day.getUTCMonth()];
  return { from: Date.UTC(year, month), to: Date.UTC(year, month + 1) };
}
