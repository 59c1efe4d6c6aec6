/** Which tasks a timeline shows, and when each was worked on and waited for. */

import { isEnded } from "../../model/mission-runs.ts";
import { compareText, groupBy } from "../../model/order.ts";
import { minutesBetween } from "../../model/time.ts";
import type { RunReport } from "../run-report.ts";
import { sayMinutes } from "../time-words.ts";
import type { Bar } from "./track.ts";

/** A stretch of work or of waiting, in minutes since the start of the run. */
export type Span = Bar & { readonly kind: "work" | "wait" };

export interface TimelineRow {
  readonly task_id: string;
  readonly task: string;
  readonly isCritical: boolean;
  readonly spans: readonly Span[];
  /** How long it took, and what became of it where that is not well. */
  readonly words: string;
}

export interface TimelineRows {
  /** By their start, then by id. */
  readonly rows: readonly TimelineRow[];
  readonly leftOut: number;
}

/** The longest tasks are shown, and with them the critical path; both to an end that can be read. */
const LONGEST = 40;
const MOST = 50;

interface Stretch {
  readonly task_id: string;
  readonly task: string;
  readonly spans: readonly Span[];
  readonly trouble: string;
}

export function chooseTimelineRows(report: RunReport): TimelineRows {
  const critical = new Set(report.delay_ledger.critical_path.map((step) => step.task_id));
  const stretches = [...report.timeline.map(createLayout(report)), ...listPending(report)];
  const rows = [...groupBy(stretches, (stretch) => stretch.task_id).values()].map((own) =>
    toRow(own, critical),
  );
  const longest = rows.toSorted(
    (a, b) => lengthOf(b) - lengthOf(a) || compareText(a.task_id, b.task_id),
  );
  const path = longest.filter((row) => row.isCritical);
  const chosen = [...new Set([...path, ...longest.slice(0, LONGEST)])].slice(0, MOST);
  return {
    rows: chosen.toSorted((a, b) => startOf(a) - startOf(b) || compareText(a.task_id, b.task_id)),
    leftOut: rows.length - chosen.length,
  };
}

/** Where an attempt lies. It waits and then works, unless it was the output that people judged. */
function createLayout({ run, approvals }: RunReport) {
  const judged = new Set(
    approvals
      .filter((request) => request.stage === "after")
      .map((request) => `${request.task_id}/${request.attempt}`),
  );
  return (entry: RunReport["timeline"][number]): Stretch => {
    const { task_id, task, attempt, outcome } = entry;
    const start = minutesBetween(run.start_time, entry.started_at);
    const end = Math.max(start, minutesBetween(run.start_time, entry.ended_at));
    const wait = Math.min(entry.human_delay_minutes, end - start);
    const isJudged = judged.has(`${task_id}/${attempt}`);
    const turn = isJudged ? end - wait : start + wait;
    const kinds = isJudged ? (["work", "wait"] as const) : (["wait", "work"] as const);
    const parts = [
      { kind: kinds[0], start, end: turn },
      { kind: kinds[1], start: turn, end },
    ].filter((span) => span.end > span.start);
    const isWell = ["completed", "approved", "not_needed"].includes(outcome);
    return {
      task_id,
      task,
      // What took no time still happened.
      spans: parts.length === 0 ? [{ kind: "work", start, end }] : parts,
      trouble: isWell ? "" : outcome,
    };
  };
}

/** Who is waited for now has no row yet: drawn to the end of the clock. */
function listPending({ run, approvals, delay_ledger }: RunReport): readonly Stretch[] {
  if (isEnded(run)) return [];
  return approvals
    .filter((request) => request.status === "pending")
    .map(({ task_id, task, approval_request_time }) => {
      const start = minutesBetween(run.start_time, approval_request_time);
      const end = Math.max(start, delay_ledger.wall_clock_minutes);
      return { task_id, task, spans: [{ kind: "wait", start, end }], trouble: "still waiting" };
    });
}

function toRow(own: readonly Stretch[], critical: ReadonlySet<string>): TimelineRow {
  const { task_id = "", task = "" } = own[0] ?? {};
  const spans = own.flatMap((stretch) => stretch.spans);
  const attempts = own.length === 1 ? "" : `, ${own.length} attempts`;
  const trouble = own.at(-1)?.trouble ?? "";
  const row = { task_id, task, spans, isCritical: critical.has(task_id) };
  const length = sayMinutes(lengthOf(row));
  return { ...row, words: `${length}${attempts}${trouble === "" ? "" : `, ${trouble}`}` };
}

/** Work and waiting together, in minutes. */
export function lengthOf({ spans }: Pick<TimelineRow, "spans">): number {
  return spans.reduce((total, { start, end }) => total + end - start, 0);
}

function startOf({ spans }: TimelineRow): number {
  return spans.reduce((first, { start }) => Math.min(first, start), Infinity);
}
