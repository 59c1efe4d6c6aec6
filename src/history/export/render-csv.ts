/** An event log as CSV (RFC 4180), one line an activity. */

import { canonicalJson } from "../../model/canonical-json.ts";
import { toPlainText } from "../../model/plain-text.ts";
import { toInstant } from "../../model/time.ts";
import type { Activity, Trace } from "./event-log.ts";

const HEADER = [
  "case",
  "activity",
  "resource",
  "start",
  "complete",
  "outcome",
  "attempt",
  "mission",
  "work_minutes",
  "waiting_minutes",
  "mission_inputs",
];

/** What a spreadsheet takes for the beginning of a formula. */
const FORMULA = /^[=+\-@\t\n]/;
/** What means something in CSV. */
const MARKS = /[",\n]/;

/**
 * The table in pieces, the header first, then one a run.
 *
 * A cell that a spreadsheet would take for a formula, one that begins with `=`, `+`, `-`, `@`, a tab
 * or a line break, has a `'` put before it.
 */
export function* renderCsv(traces: Iterable<Trace>): Generator<string> {
  yield renderLine(HEADER);
  for (const { run, activities } of traces) {
    yield activities.map((activity) => renderLine(cellsOf(activity, run))).join("");
  }
}

function cellsOf(
  activity: Activity,
  { run_id, mission_id, mission_inputs }: Trace["run"],
): readonly string[] {
  return [
    run_id,
    activity.name,
    activity.resource,
    toInstant(activity.start),
    toInstant(activity.end),
    activity.outcome,
    String(activity.attempt),
    mission_id,
    String(activity.work_minutes),
    String(activity.human_delay_minutes),
    mission_inputs === undefined ? "" : canonicalJson(mission_inputs),
  ];
}

function renderLine(cells: readonly string[]): string {
  return `${cells.map(renderCell).join(",")}\r\n`;
}

function renderCell(text: string): string {
  const plain = toPlainText(text);
  const safe = FORMULA.test(plain) ? `'${plain}` : plain;
  return MARKS.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
