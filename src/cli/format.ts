/** Records as text for terminals and pipes. */

import { partsOf } from "../approvals/answer-parts.ts";
import { describeRequest } from "../approvals/question.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { DecisionType } from "../model/decision.ts";
import type { KpiResult } from "../model/kpi-result.ts";
import type { RiskEvent } from "../model/mission-risk-events.ts";
import { toPlainLine } from "../model/plain-text.ts";
import type { Json } from "../model/primitives.ts";
import { KPI_COLUMNS, LESSER_KPI_COLUMNS } from "../reports/kpi-words.ts";
import { tableOf } from "../reports/table.ts";
import type { RunOutcome } from "../runs/run-outcome.ts";
import { type Line, type Painted, colour, joinLines, paint } from "./print.ts";
import type { Screen } from "./screen.ts";

const STATUS_STYLE = {
  completed: "green",
  running: "cyan",
  awaiting_approval: "yellow",
  failed: "red",
  abandoned: "dim",
} as const;

/** A run in a few lines, and what to type next. */
export function formatOutcome(
  outcome: RunOutcome,
  {
    screen,
    by,
    reportPath,
  }: { screen: Screen; by?: string | undefined; reportPath?: string | undefined },
): Painted {
  const tasks = Object.entries(outcome.task_status_by_id).map(
    ([id, status]) => `${id} ${status.replaceAll("_", " ")}`,
  );
  return joinLines([
    paint`${outcome.run_id}  ${colour(STATUS_STYLE[outcome.status], outcome.status)}`,
    screen.wrap(toPlainLine(outcome.executive_summary)),
    screen.wrap(`Tasks: ${tasks.map(toPlainLine).join(", ")}`),
    ...outcome.pending_approvals.flatMap((request) => [
      "",
      ...formatRequest(request, { screen, by }),
    ]),
    ...(reportPath === undefined ? [] : [`Report: ${reportPath}`]),
  ]);
}

/** One request, with the commands that decide it. @param by who may, where whoever sits here may not. */
export function formatRequest(
  request: ApprovalRequest,
  { screen, by }: { screen: Screen; by?: string | undefined },
): readonly Line[] {
  const { run_id, task_id, approval_id, stage, allowed, question } = request;
  // Where an agent only asks, its words stand above already.
  const hasOwnArgs = question === undefined || question.args !== undefined;
  // An agent may ask several things about a task.
  const key = stage === "agent" ? approval_id : task_id;
  const [value = "instruction"] = Object.keys(request.args);
  const rest = {
    approve: [],
    reject: ["--reason", "say why"],
    edit: ["--set", `${value}=new value`],
    skip: ["--reason", "say why"],
    answer: answerExample(question?.schema),
  } as const satisfies Record<DecisionType, readonly string[]>;
  return [
    ...askedLines(request, screen),
    ...(hasOwnArgs ? formatArgs(request) : sayParts(question?.schema)).map((line) =>
      screen.wrap(`    ${line}`),
    ),
    ...allowed.map((type) => {
      const command = screen.command(
        type,
        run_id,
        key,
        ...rest[type],
        ...(by === undefined ? [] : ["--by", by]),
      );
      return paint`  ${colour("dim", command)}`;
    }),
  ];
}

function sayParts(schema: Json | undefined): readonly string[] {
  return partsOf(schema).map(({ name, says }) =>
    toPlainLine(says === name ? name : `${name}: ${says}`),
  );
}

function answerExample(schema: Json | undefined): readonly string[] {
  const parts = partsOf(schema);
  if (parts.length > 0) return parts.flatMap(({ name }) => ["--set", `${name}=value`]);
  return isPlain(schema) ? ["your answer"] : ["--value", "[1, 2]"];
}

/** True where a text is, or can be turned into, what is asked for. */
function isPlain(schema: Json | undefined): boolean {
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) return true;
  return schema["type"] !== "array" && schema["type"] !== "object";
}

function askedLines(request: ApprovalRequest, screen: Screen): readonly Line[] {
  const asked = `${describeRequest(request)}  (${request.approval_id}, due ${screen.ago(request.due_at)})`;
  const [first = "", ...rest] = screen.wrap(`  ${toPlainLine(asked)}`).split("\n");
  return [paint`${colour("yellow", "?")} ${first.trimStart()}`, ...rest];
}

export function formatEvents(events: readonly RiskEvent[], screen: Screen): string {
  return screen.table(
    ["EVENT", "RUN", "TASK", "RISK", "SEVERITY", "STATUS", "DETECTED", "WHAT WAS SEEN"],
    events.map((event) => [
      event.event_id,
      event.run_id,
      event.task_id,
      event.risk_type.replaceAll("_", " "),
      event.severity,
      event.status,
      screen.ago(event.detected_at),
      event.description,
    ]),
    ["DETECTED", "STATUS", "TASK", "WHAT WAS SEEN"],
  );
}

export function formatKpis(kpis: readonly KpiResult[], screen: Screen): string {
  const { header, rows } = tableOf(kpis, KPI_COLUMNS);
  return screen.table(header, rows, LESSER_KPI_COLUMNS);
}

export function formatArgs(request: ApprovalRequest): readonly string[] {
  return Object.entries(request.args).map(
    ([name, value]) => `${toPlainLine(name)}: ${toPlainLine(String(value))}`,
  );
}
