/** The executive summary: a few sentences, made by rules from the same facts as the report. */

import type { RunFacts } from "./run-facts.ts";

/** What happened, what is at risk, what to do next. */
export function summarizeRun(facts: RunFacts): string {
  return [describeOutcome(facts), describeTrouble(facts), describeRisk(facts), describeNext(facts)]
    .filter((sentence) => sentence !== "")
    .join(" ");
}

function describeOutcome({ mission, run, tasks, statuses }: RunFacts): string {
  const done = tasks.filter((task) => statuses[task.task_id] === "completed").length;
  const name = `${mission.mission_name} (${mission.mission_id})`;
  const took =
    run.total_duration_minutes === undefined ? "" : ` after ${run.total_duration_minutes} minutes`;
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

function describeTrouble({ run, tasks, statuses, rows }: RunFacts): string {
  if (run.status === "abandoned") return `Reason: ${run.ended_reason ?? "none given"}.`;
  const failed = tasks.filter((task) => statuses[task.task_id] === "failed");
  const blocked = tasks.filter((task) => statuses[task.task_id] === "blocked");
  const reasons = failed.map((task) => {
    const last = rows.findLast((row) => row.task_id === task.task_id);
    const by = last?.decided_by === undefined ? "" : ` by ${last.decided_by}`;
    const why = last?.reason ?? last?.error;
    return `${task.task_id} (${task.task}) was ${last?.outcome ?? "not done"}${by}${why === undefined ? "" : `: ${why}`}.`;
  });
  const held = blocked.map((task) => task.task_id).join(", ");
  return [...reasons, ...(held === "" ? [] : [`Blocked by it: ${held}.`])].join(" ");
}

function describeRisk({ risks }: RunFacts): string {
  const open = risks.filter((risk) => risk.status === "open");
  if (open.length === 0) return "";
  return `At risk: ${open.map((risk) => `${risk.risk_type} at ${risk.task_id} (${risk.severity})`).join(", ")}.`;
}

function describeNext({ run, requests, tasks, statuses }: RunFacts): string {
  const waiting = requests.filter((request) => request.status === "pending");
  if (run.status === "awaiting_approval") {
    const asked = waiting.map((request) => `${request.task_id} (${request.task})`).join(", ");
    return `Next: decide ${asked}.`;
  }
  if (run.status !== "failed") return "";
  const failed = tasks.filter((task) => statuses[task.task_id] === "failed");
  const ids = failed.map((task) => task.task_id).join(", ");
  return `Next: settle why ${ids} could not be done, then start the mission again.`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
