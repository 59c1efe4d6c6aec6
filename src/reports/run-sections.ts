/** A run's report as sections: what its Markdown and its page both say. */

import { describeEdits } from "../approvals/content.ts";
import { sayBasis } from "../kpi/basis.ts";
import type { DelayLedger } from "../kpi/delay-ledger.ts";
import type { Fix } from "../kpi/what-to-fix.ts";
import { sayInputs } from "../model/mission-inputs.ts";
import type { NextStep } from "../summary/next-steps.ts";
import { KPI_COLUMNS, LESSER_KPI_COLUMNS } from "./kpi-words.ts";
import { severityLight, statusLight } from "./lights.ts";
import type { Reconciliation, RunReport, TaskSummary } from "./run-report.ts";
import { type Cell, type Section, figure, tableOf, unbroken } from "./table.ts";
import { sayExactInstant, sayInstant, sayMinutes, sayShare } from "./time-words.ts";

/** The sections by name. */
export function describeRunReport(report: RunReport) {
  return {
    kpis: {
      title: "KPIs",
      table: tableOf(report.kpis, KPI_COLUMNS),
      lesser: LESSER_KPI_COLUMNS,
      absence: "The mission is not measured by any KPI.",
    },
    risks: describeRisks(report),
    fixes: describeFixes(report),
    ledger: describeLedger(report),
    run: describeRun(report),
    tasks: describeTasks(report),
    timeline: describeTimeline(report),
    approvals: describeApprovals(report),
    routing: describeRouting(report),
    reconciliation: describeReconciliation(report),
  } as const satisfies Record<string, Section>;
}

export function titleOfRun({ mission_name, run_id }: RunReport): string {
  return `${mission_name}: ${run_id}`;
}

/** Where the wording of the summary comes from; empty where no model was asked. */
export function describePolish({ polish, rule_summary, executive_summary }: RunReport): string {
  if (polish === null || polish === undefined) return "";
  if (polish.status === "used" && rule_summary !== executive_summary) {
    return `Reworded by a language model. As made by rules: ${rule_summary}`;
  }
  return `Not reworded by a language model${polish.reason === "" ? "" : `: ${polish.reason}`}`;
}

/** The parts of a run's wall clock. */
export function partsOf(ledger: DelayLedger) {
  return [
    { kind: "work", name: "Agents at work", minutes: ledger.agent_work_minutes },
    { kind: "wait", name: "Waiting for people", minutes: ledger.human_wait_minutes },
    { kind: "idle", name: "Idle", minutes: ledger.idle_minutes },
    { kind: "unexplained", name: "Not explained", minutes: ledger.unexplained_minutes },
  ] as const;
}

/** A step with who takes it and the command. */
export function sayStep({ who, what, command }: NextStep): string {
  return `${who === null ? "" : `${who}: `}${what}: ${command}`;
}

export function sayFixed(kind: Fix["kind"]): string {
  return { approval: "the approval", task: "the work" }[kind];
}

function describeRisks({ risks }: RunReport): Section {
  return {
    title: "Risks",
    absence: "No risk was found in this run.",
    table: tableOf(risks, {
      Event: (risk) => risk.event_id,
      Task: (risk) => (risk.scope === "run" ? "the whole run" : risk.task_id),
      Risk: (risk) => risk.risk_type,
      Severity: (risk) => severityLight(risk.severity),
      Status: (risk) => risk.status,
      "What was seen": (risk) => risk.description,
      "Detected (UTC)": (risk) => instant(risk.detected_at),
      "Closed (UTC)": ({ closed_at = "", closed_because = "" }) =>
        `${sayInstant(closed_at)} ${closed_because}`.trim(),
    }),
    lesser: ["Event", "Detected (UTC)", "Closed (UTC)", "Status", "Task"],
  };
}

function describeFixes({ what_to_fix }: RunReport): Section {
  return {
    title: "What to fix",
    absence: "Nothing cost more time than planned.",
    table: tableOf(what_to_fix, {
      Rank: (_, position) => position + 1,
      What: (fix) => sayFixed(fix.kind),
      Task: (fix) => `${fix.task_id} ${fix.task}`,
      "Time lost": (fix) => minutes(fix.minutes),
      "On the critical path": (fix) => (fix.on_critical_path ? "yes" : "no"),
      Evidence: (fix) => fix.evidence,
    }),
    lesser: ["Rank", "On the critical path", "What", "Evidence"],
  };
}

function describeLedger({ delay_ledger: ledger, tasks }: RunReport): Section {
  const unneeded = tasks.filter((task) => task.status === "not_needed").map((task) => task.task_id);
  const branches = unneeded.length === 0 ? "" : `Not needed: ${unneeded.join(", ")}`;
  const { wall_clock_minutes: wall, critical_path } = ledger;
  const parts = partsOf(ledger);
  const isEmpty = parts.every((part) => part.minutes === 0);
  const path = critical_path
    .map((step) => step.task_id)
    .filter((id) => !unneeded.includes(id))
    .join(" → ");
  const notes = [path === "" ? "" : `Critical path: ${path}`, branches].filter(
    (note) => note !== "",
  );
  return {
    title: "Where the time went",
    absence: "No time has been recorded yet.",
    table: tableOf(isEmpty ? [] : [...parts, { name: "Wall clock", minutes: wall }], {
      "On the critical path": (part) => part.name,
      Time: (part) => minutes(part.minutes),
      Share: (part) => figure(sayShare(part.minutes, wall)),
    }),
    ...(notes.length === 0 ? {} : { note: notes.join(". ") }),
  };
}

function describeRun({ run, mission_id, mission_name, owner, basis, spent }: RunReport): Section {
  const rows: readonly [string, Cell][] = [
    ["Mission", `${mission_name} (${mission_id})`],
    ["Run", run.run_id],
    ["About", sayInputs(run.mission_inputs)],
    ["Owner", owner ?? ""],
    ["Status", statusLight(run.status)],
    ["Why it ended", run.ended_reason ?? ""],
    ["Rests on", sayBasis(basis)],
    ["Requested by", run.requested_by ?? ""],
    ["Priority", run.priority ?? ""],
    ["Start (UTC)", instant(run.start_time)],
    ["End (UTC)", instant(run.end_time)],
    ["Duration", minutes(run.total_duration_minutes)],
    ["Decisions by people", run.human_interventions],
    ["Escalations", run.escalations],
    ["Cost", spent.cost ?? ""],
    ...spent.per_kpi_point.map(({ label, cost }): [string, Cell] => [
      `Cost of 1 % of the way to target: ${label}`,
      cost,
    ]),
    ["Used or reserved by calls without a result", sayUnsettled(spent.unsettled)],
    ["Tokens read by models", spent.input_tokens ?? ""],
    ["Tokens written by models", spent.output_tokens ?? ""],
  ];
  const header = ["What", "Value"];
  return { title: "Run", table: { header, rows: rows.filter(([, value]) => value !== "") } };
}

/** Cut short by the end of the run, or lost with a process. */
function sayUnsettled(amounts: RunReport["spent"]["unsettled"]): string {
  if (amounts === null) return "";
  const { cost, tokens, agent_minutes, attempts } = amounts;
  const figures = [
    [attempts, attempts === 1 ? "call" : "calls"],
    [cost, "money"],
    [tokens, "tokens"],
    [agent_minutes, "minutes"],
  ] as const;
  return figures.flatMap(([amount, what]) => (amount === 0 ? [] : `${amount} ${what}`)).join(", ");
}

function describeTasks({ tasks }: RunReport): Section {
  const hasConditions = tasks.some((task) => task.only_if !== null);
  return {
    title: "Tasks",
    table: tableOf(tasks, {
      Task: (task) => task.task_id,
      What: (task) => task.task,
      Status: (task) => task.status.replaceAll("_", " "),
      Agent: (task) => task.agent_id ?? "",
      Attempts: (task) => task.attempts,
      Work: (task) => minutes(task.work_minutes),
      Waiting: (task) => minutes(task.human_delay_minutes),
      Estimate: (task) => minutes(task.estimated_duration_minutes),
      ...(hasConditions ? { "Only if": (task: TaskSummary) => task.only_if ?? "" } : {}),
    }),
    lesser: ["Only if", "Attempts", "Waiting", "Estimate", "Agent", "Work"],
  };
}

function describeTimeline({ timeline }: RunReport): Section {
  return {
    title: "Timeline",
    absence: "No task has been tried yet.",
    table: tableOf(timeline, {
      "Start (UTC)": (entry) => instant(entry.started_at),
      "End (UTC)": (entry) => instant(entry.ended_at),
      Task: (entry) => `${entry.task_id} ${entry.task}`,
      Attempt: (entry) => entry.attempt,
      Agent: (entry) => entry.agent_id,
      Outcome: (entry) => entry.outcome.replaceAll("_", " "),
      Waiting: (entry) => minutes(entry.human_delay_minutes),
      Work: (entry) => minutes(entry.work_minutes),
      Note: (entry) => entry.note,
    }),
    lesser: ["End (UTC)", "Attempt", "Waiting", "Work", "Agent", "Start (UTC)", "Note"],
  };
}

function describeApprovals({ approvals }: RunReport): Section {
  return {
    title: "Approvals",
    table: tableOf(approvals, {
      Approval: (request) => request.approval_id,
      Task: ({ task, question }) => (question === undefined ? task : `${task}: ${question.title}`),
      Agent: (request) => request.agent_id,
      "Asked (UTC)": (request) => instant(request.approval_request_time),
      Decision: ({ status, decision = "" }) => (status === "decided" ? decision : status),
      By: (request) => request.decided_by ?? "",
      "At (UTC)": (request) => instant(request.decided_at),
      "What was changed or answered": (request) => describeEdits(request),
      Reason: (request) => request.reason ?? "",
    }),
    lesser: ["Approval", "Asked (UTC)", "At (UTC)", "Agent", "Reason"],
  };
}

function describeRouting({ routing }: RunReport): Section {
  const ranked = routing.flatMap(({ task_id, candidates }) =>
    candidates.map((candidate, position) => ({ ...candidate, task_id, rank: position + 1 })),
  );
  const isDrawn = ranked.some((route) => route.propensity !== undefined);
  return {
    title: "Routing: why each agent was chosen",
    table: tableOf(ranked, {
      Task: (route) => route.task_id,
      Rank: (route) => route.rank,
      Agent: (route) => route.agent_id,
      Score: (route) => route.score,
      Executions: (route) => route.n,
      "Work ratio": (route) => route.work_ratio,
      "Escalation rate": (route) => route.escalation_rate,
      Terms: ({ terms }) =>
        Object.entries(terms)
          .map(([name, term]) => `${name} ${term}`)
          .join(", "),
      ...(isDrawn ? { "Chance of the first attempt": chance } : {}),
    }),
    lesser: ["Terms", "Executions", "Work ratio", "Escalation rate"],
  };
}

function chance({ propensity }: { readonly propensity?: number | undefined }): Cell {
  return unbroken(propensity === undefined ? "–" : sayShare(propensity, 1));
}

function describeReconciliation({ reconciliation }: RunReport): Section {
  return {
    title: "Reconciliation of the recorded figures",
    table: tableOf(reconciliation, {
      Figure: (pair) => pair.figure,
      Recorded: (pair) => sayFigure(pair.recorded),
      "Recomputed from the rows": (pair) => sayFigure(pair.recomputed),
      Agreement: (pair) => (pair.agrees ? "agrees" : "differs"),
    }),
  };
}

/** What is text here is an instant. */
function sayFigure(value: Reconciliation["recorded"]): string {
  return typeof value === "string" ? `${sayExactInstant(value)} UTC` : String(value ?? "–");
}

function instant(at: string | undefined): Cell {
  return unbroken(sayInstant(at ?? ""));
}

function minutes(length: number | undefined): Cell {
  return figure(sayMinutes(length));
}
