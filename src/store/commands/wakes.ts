/** Runs that somebody has to go on with. */

import type { Session } from "../session.ts";
import type { Store } from "../store.ts";

type WakeCommands = Pick<Store, "listWakes" | "listHeldWakes" | "countWakes" | "countWaiting">;

export function createWakeCommands({ ask, wakes }: Session): WakeCommands {
  return {
    listWakes: (limit, limits) => ask(() => wakes.listFree(limit, limits)),
    listHeldWakes: () => ask(wakes.listHeld),
    countWakes: () => ask(wakes.count),
    countWaiting: (missionId) => ask(() => wakes.countWaiting(missionId)),
  };
}
