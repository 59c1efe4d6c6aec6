/** An axis of time in whole days. */

import { toInstant } from "../../model/time.ts";

export interface TickedAxis {
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly { readonly at: number; readonly words: string }[];
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** The first day, the last, and the one in the middle where there is one: so few that they never overlap. */
export function datesAxis(points: readonly { readonly at: number }[]): TickedAxis {
  const times = points.map(({ at }) => at);
  const [min, max] = [Math.min(...times), Math.max(...times)];
  const middle = Math.round((min + max) / 2 / DAY_MS) * DAY_MS;
  const days = [...new Set([min, ...(middle - min > DAY_MS ? [middle] : []), max])];
  return { min, max, ticks: days.map((at) => ({ at, words: toInstant(at).slice(0, 10) })) };
}
