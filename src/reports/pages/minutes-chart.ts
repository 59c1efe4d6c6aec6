/** Where a run's minutes went, and what cost more than planned. */

import type { DelayLedger } from "../../kpi/delay-ledger.ts";
import type { Fix } from "../../kpi/what-to-fix.ts";
import { defined } from "../../model/defined.ts";
import { partsOf, sayFixed } from "../run-sections.ts";
import type { Section } from "../table.ts";
import { sayMinutes, sayShare } from "../time-words.ts";
import { drawBars } from "./bar-chart.ts";
import { renderFigure } from "./figure.ts";
import type { Html } from "./html.ts";
import { FILLS } from "./palette.ts";
import { renderSection, renderTableSection } from "./section.ts";

/** How many of the fixes are drawn. */
const DRAWN_FIXES = 10;

export function renderLedger(section: Section, ledger: DelayLedger): Html {
  const { title, table, note } = section;
  if (table.rows.length === 0) return renderTableSection(section);
  const { wall_clock_minutes: wall } = ledger;
  const parts = partsOf(ledger).map(({ kind, name, minutes }) => ({
    name,
    value: minutes,
    length: sayMinutes(minutes),
    share: sayShare(minutes, wall),
    fill: FILLS[kind],
  }));
  const words = parts.map(({ name, length, share }) => `${name}: ${length} (${share})`);
  const figure = renderFigure({
    caption: `The ${sayMinutes(wall)} of the run`,
    ...defined({ note }),
    chart: drawBars(
      parts.map(({ name, value, length, share, fill }) => ({
        name,
        bars: [{ value, words: `${length}, ${share}`, fill }],
      })),
      {
        id: "ledger",
        label: `Where the minutes of the run went. ${words.join("; ")}.`,
        axisName: "minutes on the critical path",
      },
    ),
    table,
  });
  return renderSection(title, figure);
}

export function renderFixes(section: Section, fixes: readonly Fix[]): Html {
  const { title, table } = section;
  if (table.rows.length === 0) return renderTableSection(section);
  const drawn = fixes.slice(0, DRAWN_FIXES);
  const words = drawn.map(
    ({ kind, task_id, task, minutes }) =>
      `${task_id} ${task}, ${sayFixed(kind)}: ${sayMinutes(minutes)}`,
  );
  const figure = renderFigure({
    caption: "Minutes lost, the most expensive first",
    ...(fixes.length > drawn.length
      ? { note: `The ${drawn.length} most expensive of ${fixes.length}; all are in the table.` }
      : {}),
    legend: [
      { fill: FILLS.wait, words: "waiting for a person" },
      { fill: FILLS.work, words: "work beyond the estimate" },
    ],
    chart: drawBars(
      drawn.map(({ kind, task_id, task, minutes }) => ({
        name: `${task_id} ${task}`,
        bars: [
          {
            value: minutes,
            words: sayMinutes(minutes),
            fill: kind === "approval" ? FILLS.wait : FILLS.work,
          },
        ],
      })),
      { id: "fixes", label: `Minutes lost. ${words.join("; ")}.`, axisName: "minutes lost" },
    ),
    table,
  });
  return renderSection(title, figure);
}
