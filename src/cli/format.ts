/** Records as text for terminals and pipes. */

import { describeRequest } from "../approvals/question.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { KpiResult } from "../model/kpi-result.ts";
import type { RiskEvent } from "../model/mission-risk-events.ts";
import { toPlainLine } from "../model/plain-text.ts";
import { KPI_COLUMNS } from "../reports/kpi-words.ts";
import { type Cell, sayCell, tableOf } from "../reports/table.ts";
import type { RunOutcome } from "../runs/run-outcome.ts";
import { type Line, type Painted, colour, joinLines, paint } from "./print.ts";

/** Columns as wide as their widest cell. */
export function formatTable(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = [header, ...rows].map((row) => row.map((cell) => toPlainLine(sayCell(cell))));
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

const STATUS_STYLE = {
  completed: "green",
  running: "cyan",
  awaiting_approval: "yellow",
  failed: "red",
  abandoned: "dim",
} as const;

/** A run in a few lines, and what to type next. */
export function formatOutcome(outcome: RunOutcome, reportPath: string | undefined): Painted {
  const tasks = Object.entries(outcome.task_status_by_id).map(([id, status]) => `${id} ${status}`);
  return joinLines([
    paint`${outcome.run_id}  ${colour(STATUS_STYLE[outcome.status], outcome.status)}`,
    toPlainLine(outcome.executive_summary),
    `Tasks: ${tasks.map(toPlainLine).join(", ")}`,
    ...outcome.pending_approvals.flatMap((request) => ["", ...formatRequest(request)]),
    ...(reportPath === undefined ? [] : [`Report: ${reportPath}`]),
  ]);
}

/** One request, with the commands that decide it. */
export function formatRequest(request: ApprovalRequest): readonly Line[] {
  const { run_id, task_id, allowed } = request;
  const target = `${run_id} ${task_id}`;
  const [value = "instruction"] = Object.keys(request.args);
  const commands = {
    approve: `mission-control approve ${target}`,
    reject: `mission-control reject ${target} --reason "..."`,
    edit: `mission-control edit ${target} --set ${value}="..."`,
    skip: `mission-control skip ${target} --reason "..."`,
  };
  return [
    paint`${colour("yellow", "?")} ${describeRequest(request)}  (${request.approval_id}, due ${request.due_at})`,
    ...formatArgs(request).map((line) => `    ${line}`),
    ...allowed.map((type) => paint`  ${colour("dim", commands[type])}`),
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
    rows,
  );
}

export function formatArgs(request: ApprovalRequest): readonly string[] {
  return Object.entries(request.args).map(
    ([name, value]) => `${toPlainLine(name)}: ${toPlainLine(String(value))}`,
  );
}
