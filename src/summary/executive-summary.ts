/** The executive summary, made by rules from the same facts as the report. */

import type { TaskStatus } from "../execution/plan-progress.ts";
import { basisOf, sayBasis } from "../kpi/basis.ts";
import type { RunFigures } from "../kpi/run-figures.ts";
import type { KpiResult } from "../model/kpi-result.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import { listNextSteps } from "./next-steps.ts";
import { type SummaryFact, writeSteps } from "./write-summary.ts";

/** The report has the reasons of them all. */
const MOST_FAILURES = 3;

export interface Summary {
  /** The paragraph that stands unless a model rewords it. */
  readonly text: string;
  /** All that the text says, in its order. */
  readonly facts: readonly SummaryFact[];
}

/** What happened, what is at risk, what to do next. */
export function summarizeRun(run: RunFigures): Summary {
  const outcome = describeOutcome(run);
  const others = [
    ...describeBasis(run),
    ...describeTrouble(run),
    ...run.kpis.flatMap(describeKpi),
    ...describeUnmeasured(run),
    ...describeCost(run),
    ...describeRisk(run),
    ...describeNext(run),
  ];
  const steps = [
    ...outcome.map((fact, position) => ({ fact, before: [".", ":"][position] ?? "," })),
    ...others.map((fact) => ({ fact, before: "." })),
  ].map(({ fact, before }) => ({ fact: { ...fact, text: tidy(fact.text) }, before }));
  return { text: writeSteps(steps), facts: steps.map(({ fact }) => fact) };
}

function describeOutcome(facts: RunFigures): readonly SummaryFact[] {
  const { mission, run, tasks, statuses, ledger } = facts;
  const having = (status: TaskStatus) =>
    tasks.filter((task) => statuses[task.task_id] === status).length;
  const [done, unneeded] = [having("completed"), having("not_needed")];
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
  const group = "outcome";
  return [
    { text: `${name} ${verb}${took}`, group, opensWithName: true },
    { text: `${done} of ${count(tasks.length - unneeded, "task")} done`, group },
    ...(unneeded === 0 ? [] : [{ text: `${unneeded} not needed`, group }]),
    { text: `${count(run.human_interventions, "decision")} by people`, group },
    { text: count(run.escalations, "escalation"), group },
  ];
}

/** Nobody may take figures of a simulation for those of the business. */
function describeBasis({ rows }: RunFigures): readonly SummaryFact[] {
  const text = sayBasis(basisOf(rows));
  return text === "" ? [] : [{ text }];
}

function describeTrouble({ run, tasks, statuses, rows }: RunFigures): readonly SummaryFact[] {
  if (run.status === "abandoned") {
    return [{ text: `reason for cancelling: ${run.ended_reason ?? "none given"}` }];
  }
  const failed = tasks.filter((task) => statuses[task.task_id] === "failed");
  const blocked = tasks.filter((task) => statuses[task.task_id] === "blocked");
  const reasons: readonly SummaryFact[] = failed.slice(0, MOST_FAILURES).map((task) => {
    const last = rows.findLast((row) => row.task_id === task.task_id);
    const what = `${task.task_id} (${task.task}) was ${last?.outcome ?? "not done"}`;
    return { text: `${what}${describeReason(last)}`, opensWithName: true };
  });
  const others = listIds(failed.slice(MOST_FAILURES));
  const blocking = failed.length === 0 ? "" : ` by ${listIds(failed)}`;
  return [
    ...reasons,
    ...(others === "" ? [] : [{ text: `also not done: ${others}` }]),
    ...(blocked.length === 0 ? [] : [{ text: `blocked${blocking}: ${listIds(blocked)}` }]),
  ];
}

/** Who refused or gave up, and why. */
function describeReason(row: TaskLog | undefined): string {
  const refusal = row?.outcome === "failed" ? row.failure_decision : row;
  const by = refusal?.decided_by === undefined ? "" : `by ${refusal.decided_by}`;
  const why = refusal?.reason === undefined ? "" : `: ${refusal.reason}`;
  if (row?.outcome !== "failed") return `${by === "" ? "" : ` ${by}`}${why}`;
  const error = row.error === undefined ? "" : `: ${row.error}`;
  return `${error}${by === "" ? "" : ` (given up ${by}${why})`}`;
}

function describeKpi({ kpi, observed, baseline, target, status, direction }: KpiResult) {
  if (observed === null) return [];
  const verdict = status === "hit" ? "on target" : "off target";
  const bound = { lower: "at most", higher: "at least" }[direction];
  const from = baseline === null ? "" : `, from ${baseline}`;
  const text = `${kpi} is ${observed}, ${verdict} (${bound} ${target}${from})`;
  return [{ text, group: "kpis", opensWithName: true }];
}

function describeUnmeasured({ kpis }: RunFigures): readonly SummaryFact[] {
  const missing = kpis.filter((kpi) => kpi.observed === null).map((kpi) => kpi.kpi);
  return missing.length === 0 ? [] : [{ text: `not measured: ${missing.join(", ")}` }];
}

/** How much of the time people were waited for, and what cost most. */
function describeCost({ fixes, ledger }: RunFigures): readonly SummaryFact[] {
  const [first] = fixes;
  if (first === undefined) return [];
  const { human_wait_minutes: waited, wall_clock_minutes: all } = ledger;
  const what = first.kind === "approval" ? "waiting for a person at" : "work over the estimate at";
  const where = `${first.task_id} (${first.task})`;
  const group = "time";
  return [
    ...(waited > 0
      ? [{ text: `people were waited for during ${waited} of ${all} minutes`, group }]
      : []),
    { text: `most time was lost by ${what} ${where}: ${first.minutes} minutes`, group },
  ];
}

function describeRisk({ events }: RunFigures): readonly SummaryFact[] {
  const open = events
    .filter((risk) => risk.status === "open")
    .map((risk) => `${risk.risk_type} at ${risk.task_id} (${risk.severity})`);
  return open.length === 0 ? [] : [{ text: `at risk: ${open.join(", ")}` }];
}

function describeNext(facts: RunFigures): readonly SummaryFact[] {
  const [first] = listNextSteps(facts);
  if (first === undefined) return [];
  const who = first.who === null ? "" : `${first.who} should `;
  return [{ text: `next: ${who}${first.what}` }];
}

function listIds(tasks: readonly { readonly task_id: string }[]): string {
  return tasks.map((task) => task.task_id).join(", ");
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** On one line, and without the full stop that the sentence has already. */
function tidy(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[.\s]+$/, "");
}
