/** The executive summary: one paragraph, made by rules from the same facts as the report. */

import type { RunFigures } from "../kpi/run-figures.ts";
import type { KpiResult } from "../model/kpi-result.ts";
import { listNextSteps } from "./next-steps.ts";

/** The report has the reasons of them all. */
const MOST_FAILURES = 3;

/** What happened, what is at risk, what to do next. */
export function summarizeRun(facts: RunFigures): string {
  return [
    describeOutcome(facts),
    describeTrouble(facts),
    ...facts.kpis.map(describeKpi),
    describeUnmeasured(facts),
    describeCost(facts),
    describeRisk(facts),
    describeNext(facts),
  ]
    .filter((sentence) => sentence !== "")
    .join(" ");
}

function describeOutcome({ mission, run, tasks, statuses, ledger }: RunFigures): string {
  const done = tasks.filter((task) => statuses[task.task_id] === "completed").length;
  const name = `${mission.mission_name} (${mission.mission_id})`;
  const took =
    run.total_duration_minutes === undefined ? "" : ` after ${ledger.wall_clock_minutes} minutes`;
  const verb = {
    completed: "completed",
    failed: "failed",
    abandoned: "was cancelled",
    awaiting_approval: "waits for a person",
    running: "is running",
  }[run.status];
  const people = `${count(run.human_interventions, "decision")} by people, ${count(run.escalations, "escalation")}`;
  return `${name} ${verb}${took}: ${done} of ${count(tasks.length, "task")} done, ${people}.`;
}

function describeTrouble({ run, tasks, statuses, rows }: RunFigures): string {
  if (run.status === "abandoned") return `Reason: ${run.ended_reason ?? "none given"}.`;
  const failed = tasks.filter((task) => statuses[task.task_id] === "failed");
  const blocked = tasks.filter((task) => statuses[task.task_id] === "blocked");
  const reasons = failed.slice(0, MOST_FAILURES).map((task) => {
    const last = rows.findLast((row) => row.task_id === task.task_id);
    const by = last?.decided_by === undefined ? "" : ` by ${last.decided_by}`;
    const why = last?.reason ?? last?.error;
    const because = why === undefined ? "" : `: ${why.replace(/[.\s]+$/, "")}`;
    return `${task.task_id} (${task.task}) was ${last?.outcome ?? "not done"}${by}${because}.`;
  });
  const others = failed.slice(MOST_FAILURES).map((task) => task.task_id);
  if (others.length > 0) reasons.push(`Also not done: ${others.join(", ")}.`);
  const held = blocked.map((task) => task.task_id).join(", ");
  return [...reasons, ...(held === "" ? [] : [`Blocked by it: ${held}.`])].join(" ");
}

function describeKpi({ kpi, observed, baseline, target, status, ...kpiResult }: KpiResult): string {
  if (observed === null) return "";
  const verdict = status === "hit" ? "on target" : "off target";
  const bound = { lower: "at most", higher: "at least" }[kpiResult.direction];
  const from = baseline === null ? "" : `, from ${baseline}`;
  return `${kpi} is ${observed}, ${verdict} (${bound} ${target}${from}).`;
}

function describeUnmeasured({ kpis }: RunFigures): string {
  const missing = kpis.filter((kpi) => kpi.observed === null).map((kpi) => kpi.kpi);
  return missing.length === 0 ? "" : `Not measured: ${missing.join(", ")}.`;
}

/** What cost most, and how much of the time people were waited for. */
function describeCost({ fixes, ledger }: RunFigures): string {
  const [first] = fixes;
  if (first === undefined) return "";
  const what = first.kind === "approval" ? "waiting for a person at" : "work over the estimate at";
  const waited =
    ledger.human_wait_minutes > 0
      ? `People were waited for during ${ledger.human_wait_minutes} of ${ledger.wall_clock_minutes} minutes. `
      : "";
  return `${waited}Most time was lost by ${what} ${first.task_id} (${first.task}): ${first.minutes} minutes.`;
}

function describeRisk({ events }: RunFigures): string {
  const open = events.filter((risk) => risk.status === "open");
  if (open.length === 0) return "";
  return `At risk: ${open.map((risk) => `${risk.risk_type} at ${risk.task_id} (${risk.severity})`).join(", ")}.`;
}

function describeNext(facts: RunFigures): string {
  const [first] = listNextSteps(facts);
  if (first === undefined) return "";
  const who = first.who === null ? "" : `${first.who} should `;
  return `Next: ${who}${first.what}.`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
