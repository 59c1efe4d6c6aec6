/** A run's report (§6 G) as data. Every figure comes from the rows, by the functions that docs/figures.md names. */

import { sayCondition } from "../execution/only-if.ts";
import { type TaskStatus, skippedOf } from "../execution/plan-progress.ts";
import { aggregateRun, byTimeline } from "../execution/run-aggregates.ts";
import { type Basis, basisOf } from "../kpi/basis.ts";
import type { DelayLedger } from "../kpi/delay-ledger.ts";
import type { RunFigures } from "../kpi/run-figures.ts";
import { type Outcome, sumOutcome } from "../kpi/sum-outcome.ts";
import type { Fix } from "../kpi/what-to-fix.ts";
import { amend } from "../model/amend.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { Amounts } from "../model/budget.ts";
import { roundCost, sumCost } from "../model/cost.ts";
import type { KpiResult } from "../model/kpi-result.ts";
import { workMinutes } from "../model/minutes.ts";
import { type RiskEvent, type Severity, highestSeverity } from "../model/mission-risk-events.ts";
import { type MissionRun, isEnded } from "../model/mission-runs.ts";
import { groupBy } from "../model/order.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import { MINUTE_MS, minutesBetween, roundMinutes, toInstant, toMs } from "../model/time.ts";
import { summarizeRun } from "../summary/executive-summary.ts";
import { type NextStep, listNextSteps } from "../summary/next-steps.ts";
import { sayNote } from "../summary/phrases.ts";

export interface TaskSummary {
  readonly task_id: string;
  readonly task: string;
  /** `skipped`: a person had the run go on without it. */
  readonly status: TaskStatus | "skipped";
  /** When the run needs it; null for always. */
  readonly only_if: string | null;
  readonly agent_id: string | null;
  readonly attempts: number;
  readonly work_minutes: number;
  readonly human_delay_minutes: number;
  readonly estimated_duration_minutes: number;
}

/** An attempt on the timeline; laid out from the plan where the row has no times. */
export interface TimelineEntry {
  readonly task_id: string;
  readonly task: string;
  readonly attempt: number;
  readonly agent_id: string;
  readonly started_at: string;
  readonly ended_at: string;
  readonly human_delay_minutes: number;
  readonly work_minutes: number;
  readonly outcome: TaskLog["outcome"];
  readonly note: string;
}

/** A figure as recorded, beside the same one recomputed from the rows. */
export interface Reconciliation {
  readonly figure: string;
  readonly recorded: number | string | boolean | null;
  readonly recomputed: number | string | boolean | null;
  readonly agrees: boolean;
}

export interface RunReport {
  readonly run_id: string;
  readonly mission_id: string;
  readonly mission_name: string;
  readonly owner: string | null;
  readonly status: MissionRun["status"];
  readonly executive_summary: string;
  /** The summary as made by rules; the same unless a model reworded it. */
  readonly rule_summary: string;
  readonly polish: MissionRun["polish"] | null;
  readonly run: MissionRun;
  /** What the figures rest on. */
  readonly basis: Basis;
  /** What its attempts used up; null for what none of them says. */
  readonly spent: {
    readonly cost: number | null;
    /** By calls that left no row; null for none. */
    readonly unsettled: Amounts | null;
    readonly input_tokens: number | null;
    readonly output_tokens: number | null;
    /** What one percent of the way from a KPI's baseline to its target cost, where it came closer. */
    readonly per_kpi_point: readonly { readonly label: string; readonly cost: number }[];
  };
  readonly tasks_done: number;
  /** Those that a person had the run go on without. */
  readonly tasks_skipped: number;
  /** Tasks that the run needed: all but those whose `only_if` did not hold. */
  readonly tasks_needed: number;
  readonly tasks: readonly TaskSummary[];
  /** Not graded unless the run is complete. */
  readonly kpis: readonly KpiResult[];
  readonly outcome: Outcome;
  /** The severest risk that is open. */
  readonly risk: Severity | "none";
  readonly timeline: readonly TimelineEntry[];
  readonly approvals: readonly ApprovalRequest[];
  /** The first routing decision of each task. */
  readonly routing: readonly { task_id: string; candidates: NonNullable<TaskLog["route"]> }[];
  readonly risks: readonly RiskEvent[];
  readonly delay_ledger: DelayLedger;
  readonly what_to_fix: readonly Fix[];
  readonly next_steps: readonly NextStep[];
  readonly reconciliation: readonly Reconciliation[];
}

export function buildRunReport(facts: RunFigures): RunReport {
  const { run, mission, events, requests, kpis, ledger, fixes } = facts;
  const rule_summary = summarizeRun(facts).text;
  const tasks = describeTasks(facts);
  return amend(nameRun(run, rule_summary), {
    mission_id: mission.mission_id,
    mission_name: mission.mission_name,
    owner: mission.owner ?? null,
    basis: basisOf(facts.rows),
    spent: sumSpent(facts, kpis),
    tasks_done: tasks.filter((task) => task.status === "completed").length,
    tasks_skipped: tasks.filter((task) => task.status === "skipped").length,
    tasks_needed: tasks.filter((task) => task.status !== "not_needed").length,
    tasks,
    kpis,
    outcome: sumOutcome(kpis),
    risk: highestSeverity(events.filter((event) => event.status === "open")),
    timeline: describeTimeline(facts),
    approvals: requests,
    routing: facts.rows
      .filter((row) => (row.attempt ?? 1) === 1)
      .toSorted(byTimeline)
      .flatMap(({ task_id, route }) =>
        route === undefined ? [] : [{ task_id, candidates: route }],
      ),
    risks: events,
    delay_ledger: ledger,
    what_to_fix: fixes,
    next_steps: listNextSteps(facts),
    reconciliation: reconcile(facts),
  });
}

function sumSpent(
  { run, rows }: { readonly run: MissionRun; readonly rows: readonly TaskLog[] },
  kpis: readonly KpiResult[],
): RunReport["spent"] {
  const cost = sumCost(rows) ?? null;
  const count = (field: "input_tokens" | "output_tokens") => {
    const counts = rows.flatMap(({ usage }) => usage?.[field] ?? []);
    return counts.length === 0 ? null : counts.reduce((sum, one) => sum + one, 0);
  };
  return {
    cost,
    unsettled: run.unsettled ?? null,
    per_kpi_point: kpis.flatMap(({ label, attainment_pct }) =>
      cost === null || attainment_pct === null || attainment_pct <= 0
        ? []
        : [{ label, cost: roundCost(cost / attainment_pct) }],
    ),
    input_tokens: count("input_tokens"),
    output_tokens: count("output_tokens"),
  };
}

/** What the report takes from the record as it is. */
function nameRun(run: MissionRun, rule_summary: string) {
  return {
    run_id: run.run_id,
    status: run.status,
    // Only the very text that was reworded may be replaced by its rewording.
    executive_summary:
      run.polish?.status === "used" && run.rule_summary === rule_summary
        ? (run.executive_summary ?? rule_summary)
        : rule_summary,
    rule_summary,
    polish: run.polish ?? null,
    run,
  };
}

function describeTasks({ tasks, statuses, rows }: RunFigures): readonly TaskSummary[] {
  const rowsOf = groupBy(rows, (row) => row.task_id);
  const skipped = skippedOf(rows);
  return tasks.map(({ task_id, task, estimated_duration_minutes, only_if }) => {
    const own = rowsOf.get(task_id) ?? [];
    const sum = (of: (row: TaskLog) => number) =>
      roundMinutes(own.reduce((total, row) => total + of(row), 0));
    return {
      task_id,
      task,
      status:
        skipped.has(task_id) && statuses[task_id] === "completed"
          ? "skipped"
          : (statuses[task_id] ?? "pending"),
      only_if: only_if === undefined ? null : sayCondition(only_if),
      agent_id: own.at(-1)?.agent_id ?? null,
      attempts: own.length,
      work_minutes: sum(workMinutes),
      human_delay_minutes: sum((row) => row.human_delay_minutes),
      estimated_duration_minutes,
    };
  });
}

function describeTimeline({ rows, placed, tasks }: RunFigures): readonly TimelineEntry[] {
  const names = new Map(tasks.map((task) => [task.task_id, task.task]));
  const places = new Map(placed.map((place) => [`${place.task_id}/${place.attempt}`, place]));
  return rows
    .map((row) => {
      const attempt = row.attempt ?? 1;
      const place = places.get(`${row.task_id}/${attempt}`);
      return {
        task_id: row.task_id,
        task: names.get(row.task_id) ?? row.task_id,
        attempt,
        agent_id: row.agent_id,
        started_at: toInstant(place?.start ?? 0),
        ended_at: toInstant(place?.end ?? 0),
        human_delay_minutes: row.human_delay_minutes,
        work_minutes: workMinutes(row),
        outcome: row.outcome,
        note: sayNote(row),
      };
    })
    .toSorted(byTimeline);
}

/** The record's aggregates beside the rows'. A run that has not ended has none to compare yet. */
function reconcile({
  run,
  rows,
  events,
  dueMinutes,
  placed,
}: RunFigures): readonly Reconciliation[] {
  if (!isEnded(run)) return [];
  const { start_time: startTime } = run;
  const { human_interventions, escalations } = aggregateRun(rows, { startTime, dueMinutes });
  const start = toMs(startTime);
  const last = placed.reduce((end, attempt) => Math.max(end, attempt.end), start);
  const pairs: [string, Reconciliation["recorded"], Reconciliation["recomputed"]][] = [
    [
      "end_time",
      run.end_time === undefined ? null : toInstant(toMs(run.end_time)),
      toInstant(last),
    ],
    [
      "total_duration_minutes",
      run.total_duration_minutes ?? null,
      roundMinutes((last - start) / MINUTE_MS),
    ],
    [
      "end_time − start_time",
      run.total_duration_minutes ?? null,
      run.end_time === undefined ? null : minutesBetween(startTime, run.end_time),
    ],
    ["human_interventions", run.human_interventions, human_interventions],
    ["escalations", run.escalations, escalations],
    ["risk_flagged", run.risk_flagged, events.length > 0],
  ];
  return pairs.map(([figure, recorded, recomputed]) => ({
    figure,
    recorded,
    recomputed,
    agrees: recorded === recomputed,
  }));
}
