/** The executive summary, made by rules from the same facts as the report. */

import { type TaskStatus, skippedOf } from "../execution/plan-progress.ts";
import { basisOf, sayBasis } from "../kpi/basis.ts";
import { COUNTED_KPI } from "../kpi/evaluate-kpis.ts";
import type { RunFigures } from "../kpi/run-figures.ts";
import { sayFigure } from "../kpi/say-figure.ts";
import { worstTask } from "../kpi/what-to-fix.ts";
import { count } from "../model/count.ts";
import type { KpiResult } from "../model/kpi-result.ts";
import { isEnded } from "../model/mission-runs.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import { listNextSteps } from "./next-steps.ts";
import { enumerate, quote, sayRisk, shorten } from "./phrases.ts";
import { type SummaryFact, type SummaryStep, writeSteps } from "./write-summary.ts";

/** Of the wording of summaries: what an earlier one said of a run is not to be held against this one. */
export const SUMMARY_VERSION = "3";

/** The report has them all. */
const MOST_FAILURES = 3;
const MOST_KPIS = 6;
/** Less lost time is not worth a word. */
const FEWEST_MINUTES = 1;

export interface Summary {
  /** The paragraph that stands unless a model rewords it. */
  readonly text: string;
  /** All that the text says, in its order. */
  readonly facts: readonly SummaryFact[];
}

/**
 * What happened, how the KPIs stand, what cost time and is at risk, what to do next: a sentence each, in
 * the business's words. What is nothing is not said.
 */
export function summarizeRun(run: RunFigures): Summary {
  const outcome = describeOutcome(run);
  const steps = [
    ...outcome.map((fact, position) => ({ fact, before: [".", ":"][position] ?? "," })),
    ...describeTrouble(run).map((fact) => ({ fact, before: ";" })),
    ...inOneSentence([...describeKpis(run), ...describeUnmeasured(run)]),
    ...inOneSentence([...describeCost(run), ...describeRisk(run)]),
    ...inOneSentence(describeNext(run)),
  ].map(({ fact, before }) => ({ fact: { ...fact, text: tidy(fact.text) }, before }));
  return { text: writeSteps(steps), facts: steps.map(({ fact }) => fact) };
}

function inOneSentence(facts: readonly SummaryFact[]): readonly SummaryStep[] {
  return facts.map((fact, position) => ({ fact, before: position === 0 ? "." : ";" }));
}

function describeOutcome(facts: RunFigures): readonly SummaryFact[] {
  const { mission, run, tasks, statuses, ledger, rows } = facts;
  const having = (status: TaskStatus) =>
    tasks.filter((task) => statuses[task.task_id] === status).length;
  const without = skippedOf(rows);
  const skipped = tasks.filter(
    ({ task_id }) => without.has(task_id) && statuses[task_id] === "completed",
  ).length;
  const [unneeded, done] = [having("not_needed"), having("completed") - skipped];
  const took =
    run.total_duration_minutes === undefined
      ? ""
      : ` after ${count(ledger.wall_clock_minutes, "minute")}`;
  const verb = {
    completed: "completed",
    failed: "failed",
    abandoned: "was cancelled",
    awaiting_approval: "waits for a person",
    running: "is running",
  }[run.status];
  const decisions =
    run.human_interventions === 0 ? "" : `${count(run.human_interventions, "decision")} by people`;
  const said = [
    `${done} of ${count(tasks.length - unneeded, "task")} done`,
    skipped === 0 ? "" : `${skipped} skipped by a person`,
    unneeded === 0 ? "" : `${unneeded} not needed`,
    decisions,
    run.escalations === 0 ? "" : count(run.escalations, "escalation"),
    sayBasis(basisOf(rows)),
  ];
  const group = "outcome";
  return [
    { text: `${shorten(mission.mission_name)} ${verb}${took}`, group, opensWithName: true },
    ...said
      .filter((text) => text !== "")
      .map((text) => ({ text, group, ...(text === decisions ? { about: "people" } : {}) })),
  ];
}

function describeTrouble({ run, tasks, statuses, rows }: RunFigures): readonly SummaryFact[] {
  if (run.status === "abandoned") {
    return [{ text: `reason for cancelling: ${run.ended_reason ?? "none given"}` }];
  }
  const failed = tasks.filter((task) => statuses[task.task_id] === "failed");
  const blocked = tasks.filter((task) => statuses[task.task_id] === "blocked");
  const reasons: readonly SummaryFact[] = failed.slice(0, MOST_FAILURES).map((task) => {
    const last = rows.findLast((row) => row.task_id === task.task_id);
    const outcome = last?.outcome === "failed" ? "failed" : `was ${last?.outcome ?? "not done"}`;
    return { text: `${quote(task)} ${outcome}${describeReason(last)}`, opensWithName: true };
  });
  const others = enumerate(failed.slice(MOST_FAILURES).map(quote));
  return [
    ...reasons,
    ...(others === "" ? [] : [{ text: `also not done: ${others}` }]),
    ...(blocked.length === 0 ? [] : [{ text: `blocked: ${enumerate(blocked.map(quote))}` }]),
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

const BOUNDS = { lower: "at most ", higher: "at least ", unknown: "target " } as const;

const VERDICTS = {
  hit: ", on target",
  miss: ", off target",
  direction_unknown: ", direction unknown",
  not_graded: " so far",
  not_measured: "",
} as const satisfies Record<KpiResult["status"], string>;

/** Where there are many, those off target are told first. */
function describeKpis({ kpis }: RunFigures): readonly SummaryFact[] {
  const observed = kpis.filter((kpi) => kpi.observed !== null);
  const others = observed.length - MOST_KPIS;
  if (others < 1) return observed.flatMap(describeKpi);
  const missed = observed.filter(({ status }) => status === "miss");
  const told = [...new Set([...missed, ...observed])].slice(0, MOST_KPIS);
  return [
    ...told.flatMap(describeKpi),
    { text: `${count(others, "more KPI")} in the report`, group: "kpis" },
  ];
}

function describeKpi(kpi: KpiResult) {
  const { label, observed, baseline, target, status, direction } = kpi;
  if (observed === null) return [];
  const from = baseline === null ? "" : `, from ${sayFigure(baseline, kpi)}`;
  const bound = `${BOUNDS[direction]}${sayFigure(target, kpi)}${from}`;
  const text = `${label} is ${sayFigure(observed, kpi)}${VERDICTS[status]} (${bound})`;
  return [{ text, group: "kpis", opensWithName: true }];
}

function describeUnmeasured({ kpis, run }: RunFigures): readonly SummaryFact[] {
  // What a run that goes on has not measured yet is nothing to tell.
  if (!isEnded(run)) return [];
  const missing = kpis
    .filter(({ kpi, observed }) => observed === null && kpi !== COUNTED_KPI)
    .map((kpi) => kpi.label);
  return missing.length === 0
    ? []
    : [{ text: `not measured: ${enumerate(missing)}`, about: "kpis" }];
}

/** How much of the time people were waited for, and where most was lost. */
function describeCost({ fixes, ledger }: RunFigures): readonly SummaryFact[] {
  const { human_wait_minutes: waited, wall_clock_minutes: all } = ledger;
  const worst = worstTask(fixes);
  const group = "time";
  return [
    ...(waited < FEWEST_MINUTES
      ? []
      : [{ text: `people were waited for during ${waited} of ${count(all, "minute")}`, group }]),
    ...(worst === undefined || worst.minutes < FEWEST_MINUTES
      ? []
      : [
          {
            text: `most time was lost at ${quote(worst)}: ${count(worst.minutes, "minute")}`,
            group,
          },
        ]),
  ];
}

function describeRisk({ events, tasks }: RunFigures): readonly SummaryFact[] {
  const open = events
    .filter((risk) => risk.status === "open")
    .map((risk) => `${sayRisk(risk, tasks)} (${risk.severity})`);
  return open.length === 0 ? [] : [{ text: `at risk: ${enumerate(open)}` }];
}

function describeNext(facts: RunFigures): readonly SummaryFact[] {
  const [first] = listNextSteps(facts);
  if (first === undefined) return [];
  const who = first.who === null ? "" : `${first.who} should `;
  return [{ text: `next: ${who}${first.what}` }];
}

/** On one line, and without the full stop that the sentence has already. */
function tidy(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[.\s]+$/, "");
}
