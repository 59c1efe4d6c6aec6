/** Plain text for terminals and pipes. Text from data cannot move the cursor or colour the screen. */

import { stripVTControlCharacters, styleText } from "node:util";

import type { RunOutcome } from "../app/run-outcome.ts";
import { describeRequest } from "../approvals/question.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { KpiResult } from "../model/kpi-result.ts";
import type { RiskEvent } from "../model/mission-risk-events.ts";
import type { RunStatus } from "../model/mission-runs.ts";
import { KPI_COLUMNS } from "../reporting/kpi-words.ts";
import { sayCell, tableOf } from "../reporting/table.ts";

/** Control characters, C1 included, that a terminal might obey. */
// oxlint-disable-next-line no-control-regex -- these are the very characters to take out
const CONTROL = /[\u0000-\u001F\u007F-\u009F]+/g;

/** One harmless line. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replaceAll(CONTROL, " ").trim();
}

/** Columns as wide as their widest cell. */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const cells = [header, ...rows].map((row) => row.map(plain));
  const widths = header.map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Colours text on a terminal, and only there. */
export function colour(style: "green" | "red" | "yellow" | "cyan" | "dim", text: string): string {
  const isPlain = !process.stdout.isTTY || (process.env["NO_COLOR"] ?? "") !== "";
  return isPlain ? text : styleText(style, text);
}

const STATUS_STYLE = {
  completed: "green",
  running: "cyan",
  awaiting_approval: "yellow",
  failed: "red",
  abandoned: "dim",
} as const;

export function formatStatus(status: RunStatus): string {
  return colour(STATUS_STYLE[status], status);
}

/** A run in a few lines, and what to type next. */
export function formatOutcome(outcome: RunOutcome, reportPath: string | undefined): string {
  const tasks = Object.entries(outcome.task_status_by_id).map(([id, status]) => `${id} ${status}`);
  return [
    `${plain(outcome.run_id)}  ${formatStatus(outcome.status)}`,
    plain(outcome.executive_summary),
    `Tasks: ${tasks.map(plain).join(", ")}`,
    ...outcome.pending_approvals.flatMap((request) => ["", ...formatRequest(request)]),
    ...(reportPath === undefined ? [] : [`Report: ${reportPath}`]),
  ].join("\n");
}

/** One request, with the commands that decide it. */
export function formatRequest(request: ApprovalRequest): readonly string[] {
  const { run_id, task_id, allowed } = request;
  const target = `${run_id} ${task_id}`;
  const commands = {
    approve: `mission-control approve ${target}`,
    reject: `mission-control reject ${target} --reason "..."`,
    edit: `mission-control edit ${target} --set instruction="..."`,
    skip: `mission-control skip ${target} --reason "..."`,
  };
  return [
    `${colour("yellow", "?")} ${plain(describeRequest(request))}  (${request.approval_id}, due ${request.due_at})`,
    ...formatArgs(request).map((line) => `    ${line}`),
    ...allowed.map((type) => colour("dim", `  ${commands[type]}`)),
  ];
}

export function formatEvents(events: readonly RiskEvent[]): string {
  return formatTable(
    ["EVENT", "RUN", "TASK", "RISK", "SEVERITY", "STATUS", "DETECTED", "WHAT WAS SEEN"],
    events.map((event) => [
      event.event_id,
      event.run_id,
      event.task_id,
      event.risk_type,
      event.severity,
      event.status,
      event.detected_at,
      event.description,
    ]),
  );
}

export function formatKpis(kpis: readonly KpiResult[]): string {
  const { header, rows } = tableOf(kpis, KPI_COLUMNS);
  return formatTable(
    header.map((title) => title.toUpperCase()),
    rows.map((row) => row.map(sayCell)),
  );
}

export function formatArgs(request: ApprovalRequest): readonly string[] {
  return Object.entries(request.args).map(
    ([name, value]) => `${plain(name)}: ${plain(String(value))}`,
  );
}
