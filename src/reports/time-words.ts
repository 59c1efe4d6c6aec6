/** Instants and lengths of time as a page says them. */

import { roundMinutes } from "../model/time.ts";

interface TimeUnit {
  readonly name: "minutes" | "hours" | "days";
  readonly minutes: number;
}

const MINUTES: TimeUnit = { name: "minutes", minutes: 1 };
const HOURS: TimeUnit = { name: "hours", minutes: 60 };
const DAYS: TimeUnit = { name: "days", minutes: 24 * 60 };

/** `2026-02-01 14:05`: the instant without what is the same everywhere. UTC, as the page says. */
export function sayInstant(instant: string): string {
  return instant.replace("T", " ").replace(/(?::00)?(?:\.0+)?Z$/, "");
}

/** The unit in which so long a time stays a readable number: minutes up to ten hours. */
export function timeUnitFor(minutes: number): TimeUnit {
  if (minutes <= 10 * HOURS.minutes) return MINUTES;
  return minutes <= 4 * DAYS.minutes ? HOURS : DAYS;
}

export function sayMinutes(minutes: number | undefined): string {
  return minutes === undefined ? "" : `${roundMinutes(minutes)} min`;
}

/** A part of a whole in percent, to 0.1; empty of nothing. */
export function sayShare(part: number, whole: number): string {
  return whole === 0 ? "" : `${Math.round((part / whole) * 1000) / 10} %`;
}
