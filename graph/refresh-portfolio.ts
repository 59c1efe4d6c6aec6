/** Brings snapshots and board page in line with the rows. Safe to repeat. */

import { compareText } from "../src/model/canonical-json.ts";
import type { History } from "../src/model/history.ts";
import type { PortfolioSnapshot } from "../src/model/mission-portfolio-snapshot.ts";
import { buildPortfolio } from "../src/reporting/portfolio.ts";
import { renderPortfolio } from "../src/reporting/render-portfolio.ts";
import type { RunReading } from "./read-run.ts";

/**
 * Has today's snapshot and board page written, and those snapshots again that were computed for
 * dates from `since` on. Snapshots from elsewhere, which have no period, stay as they are.
 */
export function refreshPortfolio(
  since: string,
  { store, reference, policy, clock }: RunReading,
): void {
  const today = clock.now().slice(0, 10);
  const documents = { reference: reference(), policy };
  store.refreshBoard(since, (history, from) => {
    const board = buildPortfolio(history, { date: today, ...documents });
    const others = listOthers(history, { first: from.slice(0, 10), today });
    const snapshots = others.map(
      (each) => buildPortfolio(history, { ...each, ...documents }).snapshot,
    );
    return {
      snapshots: [...snapshots, board.snapshot].filter((each) => !isThere(each, history.snapshots)),
      page: () => renderPortfolio(board),
    };
  });
}

/** Dates and periods computed before, today's day left out, in the order of the dates. */
function listOthers(
  { snapshots }: History,
  { first, today }: { first: string; today: string },
): readonly { readonly date: string; readonly period: "day" | "week" }[] {
  return snapshots
    .flatMap(({ snapshot_date: date, period }) => {
      const isDue = date >= first && !(date === today && period === "day");
      return period === undefined || !isDue ? [] : [{ date, period }];
    })
    .toSorted((a, b) => compareText(a.date, b.date));
}

/** True when the very same snapshot is written already. */
function isThere(snapshot: PortfolioSnapshot, written: readonly PortfolioSnapshot[]): boolean {
  const fields = Object.entries(snapshot);
  return written.some((other) => {
    const values = new Map(Object.entries(other));
    return fields.every(([name, value]) => values.get(name) === value);
  });
}
