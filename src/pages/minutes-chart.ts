/** Where a run's minutes went, and what cost more than planned. */

import type { DelayLedger } from "../kpi/delay-ledger.ts";
import type { Fix } from "../kpi/what-to-fix.ts";
import { drawBars } from "./bar-chart.ts";
import { renderAbsence, renderFigure } from "./figure.ts";
import type { Html } from "./html.ts";
import { FILLS } from "./palette.ts";
import { sayMinutes, sayShare } from "./time-words.ts";

/** How many of the fixes are drawn. */
const DRAWN_FIXES = 10;

export function renderLedger(ledger: DelayLedger): Html {
  const { wall_clock_minutes: wall } = ledger;
  const parts = [
    { name: "Agents at work", value: ledger.agent_work_minutes, fill: FILLS.work },
    { name: "Waiting for people", value: ledger.human_wait_minutes, fill: FILLS.wait },
    { name: "Idle", value: ledger.idle_minutes, fill: FILLS.idle },
    {
      name: "Not explained",
      value: ledger.unexplained_minutes,
      fill: FILLS.unexplained,
    },
  ];
  if (parts.every((part) => part.value === 0))
    return renderAbsence("No time has been recorded yet.");
  const words = parts.map(
    ({ name, value }) => `${name}: ${sayMinutes(value)} (${sayShare(value, wall)})`,
  );
  const path = ledger.critical_path.map((step) => step.task_id).join(" → ");
  return renderFigure({
    caption: `The ${sayMinutes(wall)} of the run`,
    ...(path === "" ? {} : { note: `Critical path: ${path}` }),
    chart: drawBars(
      parts.map(({ name, value, fill }) => ({
        name,
        bars: [{ value, words: `${sayMinutes(value)}, ${sayShare(value, wall)}`, fill }],
      })),
      {
        id: "ledger",
        label: `Where the minutes of the run went. ${words.join("; ")}.`,
        axisName: "minutes on the critical path",
      },
    ),
    table: {
      header: ["On the critical path", "Minutes", "Share"],
      rows: [...parts, { name: "Wall clock", value: wall }].map(({ name, value }) => [
        name,
        String(value),
        sayShare(value, wall),
      ]),
    },
  });
}

export function renderFixes(fixes: readonly Fix[]): Html {
  if (fixes.length === 0) return renderAbsence("Nothing cost more time than planned.");
  const drawn = fixes.slice(0, DRAWN_FIXES);
  const words = drawn.map(
    ({ kind, task_id, task, minutes }) =>
      `${task_id} ${task}, ${sayKind(kind)}: ${sayMinutes(minutes)}`,
  );
  return renderFigure({
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
    table: {
      header: ["Rank", "What", "Task", "Minutes lost", "On the critical path", "Evidence"],
      rows: fixes.map((fix, position) => [
        String(position + 1),
        sayKind(fix.kind),
        `${fix.task_id} ${fix.task}`,
        String(fix.minutes),
        fix.on_critical_path ? "yes" : "no",
        fix.evidence,
      ]),
    },
  });
}

function sayKind(kind: Fix["kind"]): string {
  return { approval: "the approval", task: "the work" }[kind];
}
