/** What follows from the history as a whole, and is made only when the documents are written. */

import type { History } from "../model/history.ts";
import type { PortfolioSnapshot } from "../model/mission-portfolio-snapshot.ts";
import { compareInstants } from "../model/time.ts";
import { writeAtomically } from "./files.ts";

/** Makes the snapshots that are not there yet, of today and of dates from `since` on, and today's page. */
export type MakeBoard = (
  history: History,
  since: string,
) => { readonly snapshots: readonly PortfolioSnapshot[]; readonly page: () => string };

export interface Board {
  readonly refresh: (since: string, make: MakeBoard) => void;
  /** True when there is something to make. */
  readonly isWanted: () => boolean;
  /** Puts the snapshots. */
  readonly derive: () => void;
  /** Writes the page; on failure everything is still wanted. */
  readonly fold: () => void;
}

export function createBoard({
  path,
  readHistory,
  put,
}: {
  path: string;
  readHistory: () => History;
  put: (snapshot: PortfolioSnapshot) => void;
}): Board {
  let wanted: { since: string; make: MakeBoard; page?: () => string } | undefined;
  return {
    refresh(since, make) {
      const earlier = wanted?.since ?? since;
      wanted = { since: compareInstants(since, earlier) < 0 ? since : earlier, make };
    },
    isWanted: () => wanted !== undefined,
    derive() {
      if (wanted === undefined) return;
      const { snapshots, page } = wanted.make(readHistory(), wanted.since);
      for (const snapshot of snapshots) put(snapshot);
      wanted = { ...wanted, page };
    },
    fold() {
      if (wanted?.page !== undefined) writeAtomically(path, wanted.page());
      wanted = undefined;
    },
  };
}
