/** Where a run's minutes went, and what cost more than planned: bars beside their figures. */

import type { DelayLedger } from "../../kpi/delay-ledger.ts";
import type { Fix } from "../../kpi/what-to-fix.ts";
import { partsOf, sayFixed } from "../run-sections.ts";
import { figure, tableOf } from "../table.ts";
import { sayMinutes, sayShare } from "../time-words.ts";
import type { Html } from "./html.ts";
import type { PageTable } from "./table.ts";
import { drawTrack } from "./track.ts";

/** The parts of the wall clock that took time, each beginning where the one before ends. */
export function tabulateLedger(ledger: DelayLedger): PageTable {
  const { wall_clock_minutes: wall } = ledger;
  const parts = partsOf(ledger).filter(({ minutes }) => minutes > 0);
  const bars = parts.map(({ kind, minutes }, position) => {
    const start = parts.slice(0, position).reduce((sum, part) => sum + part.minutes, 0);
    return { kind, start, end: start + minutes };
  });
  return tableOf<(typeof parts)[number], Html>(parts, {
    "On the critical path": (part) => part.name,
    "In the run": (_, position) => drawTrack(bars.slice(position, position + 1), wall),
    Time: (part) => figure(sayMinutes(part.minutes)),
    Share: (part) => figure(sayShare(part.minutes, wall)),
  });
}

/** The most expensive first; what the evidence is, is told in the details. */
export function tabulateFixes(fixes: readonly Fix[]): PageTable {
  const most = Math.max(...fixes.map((fix) => fix.minutes));
  return tableOf<Fix, Html>(fixes, {
    Task: ({ task_id, task }) => `${task_id} ${task}`,
    What: ({ kind }) => sayFixed(kind),
    Compared: ({ kind, minutes }) =>
      drawTrack([{ kind: kind === "approval" ? "wait" : "work", start: 0, end: minutes }], most),
    "Time lost": ({ minutes }) => figure(sayMinutes(minutes)),
  });
}
