/** A run's report as Markdown, for people. */

import { KPI_HEADER, kpiCells } from "./kpi-words.ts";
import { escapeMarkdown, markdownTable, section } from "./markdown.ts";
import type { RunReport } from "./run-report.ts";

export function renderRunReport(report: RunReport): string {
  const sections = [
    `# ${escapeMarkdown(report.mission_name)}: ${escapeMarkdown(report.run_id)}`,
    escapeMarkdown(report.executive_summary),
    describePolish(report),
    section("What to do next", describeSteps(report)),
    section("KPIs", markdownTable(KPI_HEADER, report.kpis.map(kpiCells))),
    section("Risks", describeRisks(report)),
    section("What to fix", describeFixes(report)),
    section("Where the time went", describeLedger(report)),
    section("Run", describeRun(report)),
    section("Tasks", describeTasks(report)),
    section("Timeline", describeTimeline(report)),
    section("Approvals", describeApprovals(report)),
    section("Routing", describeRouting(report)),
    section("Reconciliation", describeReconciliation(report)),
  ];
  return `${sections.filter((text) => text !== "").join("\n\n")}\n`;
}

function describePolish({ polish, rule_summary, executive_summary }: RunReport): string {
  if (polish?.status === "used" && rule_summary !== executive_summary) {
    return `_Reworded by a language model. As made by rules:_ ${escapeMarkdown(rule_summary)}`;
  }
  if (polish === null || polish === undefined || polish.status === "used") return "";
  return `_Not reworded by a language model: ${escapeMarkdown(polish.reason)}_`;
}

function describeSteps({ next_steps }: RunReport): string {
  if (next_steps.length === 0) return "Nothing is left to do.";
  return next_steps
    .map(({ who, what }, position) => {
      const by = who === null ? "" : `${who}: `;
      return `${position + 1}. ${escapeMarkdown(by + what)}`;
    })
    .join("\n");
}

function describeRisks({ risks }: RunReport): string {
  if (risks.length === 0) return "None.";
  return markdownTable(
    ["Event", "Task", "Risk", "Severity", "Status", "What was seen", "Detected", "Closed"],
    risks.map((risk) => [
      risk.event_id,
      risk.task_id,
      risk.risk_type,
      risk.severity,
      risk.status,
      risk.description,
      risk.detected_at,
      [risk.closed_at ?? "", risk.closed_because ?? ""].join(" "),
    ]),
  );
}

function describeFixes({ what_to_fix }: RunReport): string {
  if (what_to_fix.length === 0) return "Nothing cost more time than planned.";
  return markdownTable(
    ["Rank", "What", "Task", "Minutes lost", "On the critical path", "Evidence"],
    what_to_fix.map((fix, position) => [
      String(position + 1),
      fix.kind === "approval" ? "the approval" : "the work",
      `${fix.task_id} ${fix.task}`,
      String(fix.minutes),
      fix.on_critical_path ? "yes" : "no",
      fix.evidence,
    ]),
  );
}

function describeLedger({ delay_ledger: ledger }: RunReport): string {
  const share = (part: number) =>
    ledger.wall_clock_minutes === 0
      ? ""
      : `${Math.round((part / ledger.wall_clock_minutes) * 1000) / 10} %`;
  const parts: [string, number][] = [
    ["Agents at work", ledger.agent_work_minutes],
    ["Waiting for people", ledger.human_wait_minutes],
    ["Idle", ledger.idle_minutes],
    ["Not explained by any row", ledger.unexplained_minutes],
    ["Wall clock", ledger.wall_clock_minutes],
  ];
  const path = ledger.critical_path.map((step) => step.task_id).join(" → ");
  const table = markdownTable(
    ["On the critical path", "Minutes", "Share"],
    parts.map(([name, part]) => [name, String(part), share(part)]),
  );
  return path === "" ? table : `${table}\n\nCritical path: ${escapeMarkdown(path)}`;
}

function describeRun({ run, mission_id, mission_name, owner }: RunReport): string {
  const rows: [string, string | undefined][] = [
    ["Mission", `${mission_name} (${mission_id})`],
    ["Owner", owner ?? undefined],
    ["Status", run.status],
    ["Why it ended", run.ended_reason],
    ["Requested by", run.requested_by],
    ["Priority", run.priority],
    ["Start", run.start_time],
    ["End", run.end_time],
    ["Duration", minutes(run.total_duration_minutes)],
    ["Decisions by people", String(run.human_interventions)],
    ["Escalations", String(run.escalations)],
  ];
  return markdownTable(
    ["", ""],
    rows.flatMap(([name, value]) => (value === undefined || value === "" ? [] : [[name, value]])),
  );
}

function describeTasks({ tasks }: RunReport): string {
  return markdownTable(
    ["Task", "What", "Status", "Agent", "Attempts", "Work", "Waiting", "Estimate"],
    tasks.map((task) => [
      task.task_id,
      task.task,
      task.status,
      task.agent_id ?? "",
      String(task.attempts),
      minutes(task.work_minutes),
      minutes(task.human_delay_minutes),
      minutes(task.estimated_duration_minutes),
    ]),
  );
}

function describeTimeline({ timeline }: RunReport): string {
  return markdownTable(
    ["Start", "End", "Task", "Attempt", "Agent", "Outcome", "Waiting", "Work", "Note"],
    timeline.map((entry) => [
      entry.started_at,
      entry.ended_at,
      entry.task_id,
      String(entry.attempt),
      entry.agent_id,
      entry.outcome,
      minutes(entry.human_delay_minutes),
      minutes(entry.work_minutes),
      entry.note,
    ]),
  );
}

function describeApprovals({ approvals }: RunReport): string {
  return markdownTable(
    ["Approval", "Task", "Agent", "Asked", "Decision", "By", "At", "Reason"],
    approvals.map((request) => [
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

function describeRouting({ routing }: RunReport): string {
  return markdownTable(
    ["Task", "Rank", "Agent", "Score", "Executions", "Work ratio", "Escalation rate", "Terms"],
    routing.flatMap(({ task_id, candidates }) =>
      candidates.map((candidate, position) => [
        position === 0 ? task_id : "",
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

function describeReconciliation({ reconciliation }: RunReport): string {
  return markdownTable(
    ["Figure", "Recorded", "Recomputed from the rows", ""],
    reconciliation.map(({ figure, recorded, recomputed, agrees }) => [
      figure,
      String(recorded ?? "–"),
      String(recomputed ?? "–"),
      agrees ? "agrees" : "differs",
    ]),
  );
}

function minutes(value: number | undefined): string {
  return value === undefined ? "" : `${Math.round(value * 100) / 100} min`;
}
