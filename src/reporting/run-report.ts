/** A run's report (§6 G): what happened, for people. Every figure comes from the rows. */

import { byTimeline } from "../execution/run-aggregates.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import { workMinutes } from "../routing/evidence.ts";
import { summarizeRun } from "./executive-summary.ts";
import { escapeMarkdown, markdownTable } from "./markdown.ts";
import type { RunFacts } from "./run-facts.ts";

/** The report as Markdown. */
export function buildRunReport(facts: RunFacts): string {
  const { mission, run } = facts;
  const sections = [
    `# ${escapeMarkdown(mission.mission_name)}: ${escapeMarkdown(run.run_id)}`,
    escapeMarkdown(summarizeRun(facts)),
    section("Run", describeRun(facts)),
    section("Tasks", describeTasks(facts)),
    section("Timeline", describeTimeline(facts)),
    section("Approvals", describeApprovals(facts)),
    section("Routing", describeRouting(facts)),
    section("Risks", describeRisks(facts)),
  ];
  return `${sections.filter((text) => text !== "").join("\n\n")}\n`;
}

function section(title: string, body: string): string {
  return body === "" ? "" : `## ${title}\n\n${body}`;
}

function describeRun({ run, mission }: RunFacts): string {
  const rows: [string, string | undefined][] = [
    ["Mission", `${mission.mission_name} (${mission.mission_id})`],
    ["Status", run.status],
    ["Why it ended", run.ended_reason],
    ["Requested by", run.requested_by],
    ["Priority", run.priority],
    ["Start", run.start_time],
    ["End", run.end_time],
    ["Duration", minutes(run.total_duration_minutes)],
    ["Decisions by people", String(run.human_interventions)],
    ["Escalations", String(run.escalations)],
    [
      "Observed",
      Object.entries(run.kpis ?? {})
        .map(([name, value]) => `${name} = ${value}`)
        .join(", "),
    ],
  ];
  return markdownTable(
    ["", ""],
    rows.flatMap(([name, value]) => (value === undefined || value === "" ? [] : [[name, value]])),
  );
}

function describeTasks({ tasks, statuses, rows }: RunFacts): string {
  return markdownTable(
    ["Task", "What", "Status", "Agent", "Attempts", "Work", "Waiting", "Estimate"],
    tasks.map((task) => {
      const own = rows.filter((row) => row.task_id === task.task_id);
      const sum = (of: (row: TaskLog) => number) =>
        minutes(own.reduce((total, row) => total + of(row), 0));
      return [
        task.task_id,
        task.task,
        statuses[task.task_id] ?? "",
        own.at(-1)?.agent_id ?? "",
        String(own.length),
        sum(workMinutes),
        sum((row) => row.human_delay_minutes),
        minutes(task.estimated_duration_minutes),
      ];
    }),
  );
}

function describeTimeline({ rows }: RunFacts): string {
  return markdownTable(
    ["Start", "End", "Task", "Attempt", "Agent", "Outcome", "Waiting", "Work", "Note"],
    rows
      .toSorted(byTimeline)
      .map((row) => [
        row.started_at ?? "",
        row.ended_at ?? "",
        row.task_id,
        String(row.attempt ?? 1),
        row.agent_id,
        row.outcome,
        minutes(row.human_delay_minutes),
        minutes(workMinutes(row)),
        row.error ?? row.reason ?? "",
      ]),
  );
}

function describeApprovals({ requests }: RunFacts): string {
  return markdownTable(
    ["Approval", "Task", "Agent", "Asked", "Decision", "By", "At", "Reason"],
    requests.map((request) => [
      request.approval_id,
      request.task,
      request.agent_id,
      request.approval_request_time,
      request.status === "decided" ? (request.decision ?? "") : request.status,
      request.decided_by ?? "",
      request.decided_at ?? "",
      request.reason ?? "",
    ]),
  );
}

/** The first routing decision of each task, with the terms that made it. */
function describeRouting({ rows }: RunFacts): string {
  const first = rows.filter((row) => (row.attempt ?? 1) === 1 && row.route !== undefined);
  return markdownTable(
    ["Task", "Rank", "Agent", "Score", "Executions", "Work ratio", "Escalation rate", "Terms"],
    first.toSorted(byTimeline).flatMap((row) =>
      (row.route ?? []).map((candidate, position) => [
        position === 0 ? row.task_id : "",
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
  );
}

function describeRisks({ risks }: RunFacts): string {
  return markdownTable(
    ["Event", "Task", "Risk", "Severity", "Status", "What was seen"],
    risks.map((risk) => [
      risk.event_id,
      risk.task_id,
      risk.risk_type,
      risk.severity,
      risk.status,
      risk.description,
    ]),
  );
}

function minutes(value: number | undefined): string {
  return value === undefined ? "" : `${Math.round(value * 100) / 100} min`;
}
