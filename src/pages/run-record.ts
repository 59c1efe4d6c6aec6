/** The record behind a run's report: every figure, in tables. */

import type { Reconciliation, RunReport } from "../reporting/run-report.ts";
import { markSeverity, markStatus } from "./marks.ts";
import type { Table } from "./table.ts";
import { sayInstant, sayMinutes } from "./time-words.ts";

export function riskTable({ risks }: RunReport): Table {
  return {
    header: [
      "Event",
      "Task",
      "Risk",
      "Severity",
      "Status",
      "What was seen",
      "Detected (UTC)",
      "Closed (UTC)",
    ],
    rows: risks.map((risk) => [
      risk.event_id,
      risk.task_id,
      risk.risk_type,
      markSeverity(risk.severity),
      risk.status,
      risk.description,
      sayInstant(risk.detected_at),
      `${sayOptional(risk.closed_at)} ${risk.closed_because ?? ""}`.trim(),
    ]),
  };
}

export function headTable({ run, mission_id, mission_name, owner }: RunReport): Table {
  const rows: Table["rows"] = [
    ["Mission", `${mission_name} (${mission_id})`],
    ["Run", run.run_id],
    ["Owner", owner ?? ""],
    ["Status", markStatus(run.status)],
    ["Why it ended", run.ended_reason ?? ""],
    ["Requested by", run.requested_by ?? ""],
    ["Priority", run.priority ?? ""],
    ["Start (UTC)", sayInstant(run.start_time)],
    ["End (UTC)", sayOptional(run.end_time)],
    ["Duration", sayMinutes(run.total_duration_minutes)],
    ["Decisions by people", String(run.human_interventions)],
    ["Escalations", String(run.escalations)],
  ];
  return { header: ["What", "Value"], rows: rows.filter(([, value]) => value !== "") };
}

export function taskTable({ tasks }: RunReport): Table {
  return {
    header: ["Task", "What", "Status", "Agent", "Attempts", "Work", "Waiting", "Estimate"],
    rows: tasks.map((task) => [
      task.task_id,
      task.task,
      task.status.replaceAll("_", " "),
      task.agent_id ?? "",
      String(task.attempts),
      sayMinutes(task.work_minutes),
      sayMinutes(task.human_delay_minutes),
      sayMinutes(task.estimated_duration_minutes),
    ]),
  };
}

export function approvalTable({ approvals }: RunReport): Table {
  return {
    header: ["Approval", "Task", "Agent", "Asked (UTC)", "Decision", "By", "At (UTC)", "Reason"],
    rows: approvals.map((request) => [
      request.approval_id,
      request.task,
      request.agent_id,
      sayInstant(request.approval_request_time),
      request.status === "decided" ? (request.decision ?? "") : request.status,
      request.decided_by ?? "",
      sayOptional(request.decided_at),
      request.reason ?? "",
    ]),
  };
}

export function routingTable({ routing }: RunReport): Table {
  return {
    header: [
      "Task",
      "Rank",
      "Agent",
      "Score",
      "Executions",
      "Work ratio",
      "Escalation rate",
      "Terms",
    ],
    rows: routing.flatMap(({ task_id, candidates }) =>
      candidates.map((candidate, position) => [
        task_id,
        String(position + 1),
        candidate.agent_id,
        String(candidate.score),
        String(candidate.n),
        String(candidate.work_ratio),
        String(candidate.escalation_rate),
        Object.entries(candidate.terms)
          .map(([name, term]) => `${name} ${term}`)
          .join(", "),
      ]),
    ),
  };
}

export function reconciliationTable({ reconciliation }: RunReport): Table {
  return {
    header: ["Figure", "Recorded", "Recomputed from the rows", "Agreement"],
    rows: reconciliation.map(({ figure, recorded, recomputed, agrees }) => [
      figure,
      sayFigure(recorded),
      sayFigure(recomputed),
      agrees ? "agrees" : "differs",
    ]),
  };
}

/** What is text here is an instant. */
function sayFigure(value: Reconciliation["recorded"]): string {
  return typeof value === "string" ? `${sayInstant(value)} UTC` : String(value ?? "–");
}

function sayOptional(instant: string | undefined): string {
  return instant === undefined ? "" : sayInstant(instant);
}
