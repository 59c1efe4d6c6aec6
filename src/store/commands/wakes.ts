/** Runs that somebody has to go on with, and figures for whoever watches. */

import type { Session } from "../session.ts";
import { numberOf, sql } from "../sql.ts";
import type { Store } from "../store.ts";

type WakeCommands = Pick<
  Store,
  "listWakes" | "listHeldWakes" | "countWakes" | "countRuns" | "readSpending"
>;

const BY_STATUS = sql("SELECT status, count(*) AS number FROM runs GROUP BY status");

export function createWakeCommands({ ask, read, wakes, spending }: Session): WakeCommands {
  return {
    listWakes: (limit, limits) => ask(() => wakes.listFree(limit, limits)),
    listHeldWakes: () => ask(wakes.listHeld),
    countWakes: () => ask(wakes.count),
    countRuns: () =>
      ask(function* countAll() {
        const rows = yield* BY_STATUS.all();
        return Object.fromEntries(rows.map((row) => [row["status"], numberOf(row, "number")]));
      }),
    readSpending: (scope) => read(() => spending.read(scope)),
  };
}
