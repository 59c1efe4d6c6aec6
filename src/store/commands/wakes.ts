/** Runs that somebody has to go on with. */

import type { Session } from "../session.ts";
import type { Store } from "../store.ts";

type WakeCommands = Pick<Store, "listWakes" | "listHeldWakes" | "countWakes">;

export function createWakeCommands({ ask, wakes }: Session): WakeCommands {
  return {
    listWakes: (limit) => ask(() => wakes.listFree(limit)),
    listHeldWakes: () => ask(wakes.listHeld),
    countWakes: () => ask(wakes.count),
  };
}
