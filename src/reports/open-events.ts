/** Which risk events were open at an instant. */

import { type RiskEvent, compareSeverity } from "../model/mission-risk-events.ts";
import { compareText } from "../model/order.ts";
import type { PortfolioRecord, Tally } from "../model/portfolio-record.ts";
import { toMs } from "../model/time.ts";
import { sayRiskWithSeverity } from "../summary/phrases.ts";

/** How long an event counts as open that was closed nobody knows when, in milliseconds. */
const UNKNOWN_CLOSING_MS = 48 * 60 * 60 * 1000;

/**
 * Events detected by then and not closed yet. A closed one that does not say when counts as open
 * until the mission's next completed run, for 48 hours at most.
 */
export function eventsOpenAt(
  instant: number,
  events: PortfolioRecord<Tally>["events"],
): readonly RiskEvent[] {
  return events
    .filter(({ event, next_completion }) => {
      const detected = toMs(event.detected_at);
      if (detected > instant) return false;
      if (event.status === "open") return true;
      if (event.closed_at !== undefined) return toMs(event.closed_at) > instant;
      // At most so long, whatever ran later: else a run of today would change the figures of last year.
      const end = Math.min(
        detected + UNKNOWN_CLOSING_MS,
        next_completion === undefined ? Number.POSITIVE_INFINITY : toMs(next_completion),
      );
      return end > instant;
    })
    .map(({ event }) => event);
}

/** Events in words, the severest first; what would read the same is said once. */
export function sayOpenRisks(
  events: readonly RiskEvent[],
  tasks: Parameters<typeof sayRiskWithSeverity>[1],
): readonly string[] {
  const words = events
    .map((event) => ({ severity: event.severity, words: sayRiskWithSeverity(event, tasks) }))
    .toSorted((a, b) => compareSeverity(a, b) || compareText(a.words, b.words))
    .map((risk) => risk.words);
  return [...new Set(words)];
}
