/** Lets a limited number work at once; among those that wait, the most urgent goes first. */

import { compareText } from "../model/order.ts";

export interface Slots {
  /** Runs `work` as soon as there is a place. `urgency`: higher first, ties by `name`. */
  run<T>(entry: { urgency: number; name: string }, work: () => Promise<T>): Promise<T>;
}

interface Waiting {
  readonly urgency: number;
  readonly name: string;
  readonly start: () => void;
}

/** @param limit how many may work at once; null for no limit. */
export function createSlots(limit: number | null): Slots {
  let free = limit ?? Number.POSITIVE_INFINITY;
  const waiting: Waiting[] = [];

  function startNext(): void {
    if (free <= 0 || waiting.length === 0) return;
    free -= 1;
    waiting.shift()?.start();
  }

  return {
    async run({ urgency, name }, work) {
      await new Promise<void>((start) => {
        insert(waiting, { urgency, name, start });
        startNext();
      });
      try {
        return await work();
      } finally {
        free += 1;
        startNext();
      }
    },
  };
}

/** Keeps the list sorted by binary search. */
function insert(list: Waiting[], entry: Waiting): void {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = list[middle];
    if (other !== undefined && isBefore(other, entry)) low = middle + 1;
    else high = middle;
  }
  list.splice(low, 0, entry);
}

function isBefore(a: Waiting, b: Waiting): boolean {
  if (a.urgency !== b.urgency) return a.urgency > b.urgency;
  return compareText(a.name, b.name) < 0;
}
