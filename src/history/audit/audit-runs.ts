/** Every recorded aggregate of a run against its rows, requests and risk events. */

import { isDone } from "../../execution/plan-progress.ts";
import { aggregateRun, countAnswers } from "../../execution/run-aggregates.ts";
import { type RunFigures, measureRun } from "../../kpi/run-figures.ts";
import type { History } from "../../model/history.ts";
import { isEnded } from "../../model/mission-runs.ts";
import { groupBy } from "../../model/order.ts";
import type { Policy } from "../../model/policy.ts";
import type { Reference } from "../../model/reference.ts";
import { laterOf, minutesBetween, toMs } from "../../model/time.ts";
import { planRun } from "../../planning/plan-run.ts";
import { SUMMARY_VERSION, summarizeRun } from "../../summary/executive-summary.ts";
import { type Finding, aFinding } from "./finding.ts";

export function auditRuns(
  { runs, rows, requests, events, plans }: History,
  { reference, policy }: { reference: Reference; policy: Policy },
): readonly Finding[] {
  const rowsOf = groupBy(rows, (row) => row.run_id);
  const requestsOf = groupBy(requests, (request) => request.run_id);
  const eventsOf = groupBy(events, (event) => event.run_id);
  return runs.flatMap((run) => {
    const { run_id, mission_id, start_time, end_time = start_time } = run;
    const record = {
      run,
      plan: plans.get(run.plan_hash ?? "") ?? planRun(mission_id, reference),
      policy,
      routing: undefined,
      rows: rowsOf.get(run_id) ?? [],
      requests: requestsOf.get(run_id) ?? [],
      events: eventsOf.get(run_id) ?? [],
    };
    const figures = measureRun(record, { now: end_time });
    if (!isEnded(run)) return auditWaiting(figures);
    return [
      ...auditAggregates(figures),
      ...auditTime(figures),
      // What was recorded elsewhere has its own rules.
      ...(run.plan_hash === undefined ? [] : [...auditDecided(figures), ...auditSummary(figures)]),
    ];
  });
}

/** A run that waits has something to wait for. */
function auditWaiting({ run, requests }: RunFigures): readonly Finding[] {
  if (run.status !== "awaiting_approval") return [];
  // Between a decision and its delivery a run still says that it waits.
  if (requests.some(({ status }) => status === "pending" || status === "decided")) return [];
  const place = { document: "mission_runs", record: run.run_id, run_id: run.run_id };
  const what = "it waits for a person, and nobody is asked";
  return [aFinding({ code: "NOTHING_ASKED", severity: "error", ...place }, what)];
}

function auditAggregates(figures: RunFigures): readonly Finding[] {
  const { run, rows, events, tasks, statuses, dueMinutes } = figures;
  const { start_time: startTime, end_time, total_duration_minutes: total } = run;
  if (rows.length === 0 && run.status === "completed") {
    const place = { document: "mission_runs", record: run.run_id, run_id: run.run_id };
    return [
      aFinding({ code: "NO_ROWS", severity: "error", ...place }, "it is completed without rows"),
    ];
  }
  const { human_interventions, escalations, cost } = aggregateRun(rows, { startTime, dueMinutes });
  const undone = tasks.filter((task) => !isDone(statuses[task.task_id]));
  const isHere = run.plan_hash !== undefined && run.status === "completed";
  return [
    ...differs(figures, "human_interventions", run.human_interventions, human_interventions),
    ...differs(figures, "escalations", run.escalations, escalations),
    ...differs(figures, "cost", run.cost, cost),
    ...differs(figures, "risk_flagged", run.risk_flagged, events.length > 0),
    ...(end_time === undefined || total === undefined
      ? []
      : differs(
          figures,
          "total_duration_minutes",
          total,
          Math.max(0, minutesBetween(startTime, end_time)),
        )),
    ...(isHere && undone.length > 0
      ? [
          aFinding(
            { code: "ROW_MISSING", severity: "error", ...placeOf(figures) },
            `it is completed, and no row says so of ${undone.map((task) => task.task_id).join(", ")}`,
          ),
        ]
      : []),
  ];
}

function auditTime({ run, ledger }: RunFigures): readonly Finding[] {
  const unexplained = run.end_time === undefined ? 0 : ledger.unexplained_minutes;
  // Minutes are stored to 0.01.
  if (Math.abs(unexplained) < 0.02) return [];
  const place = {
    document: "mission_runs",
    record: run.run_id,
    run_id: run.run_id,
    field: "total_duration_minutes",
  };
  return [
    aFinding(
      {
        code: "UNEXPLAINED_TIME",
        severity: "info",
        ...place,
        recorded: run.total_duration_minutes,
      },
      `no row explains ${unexplained} of its minutes`,
    ),
  ];
}

/** Every decision stands in a row, and the run does not end before the last of them. */
function auditDecided(figures: RunFigures): readonly Finding[] {
  const { run, rows, requests } = figures;
  const decided = requests.filter((request) => request.status === "decided");
  const last = decided.flatMap((request) => request.decided_at ?? []).reduce(laterOf, "");
  const isEarly = last !== "" && run.end_time !== undefined && toMs(run.end_time) < toMs(last);
  return [
    ...differs(
      figures,
      "decisions in its rows",
      rows.reduce((sum, row) => sum + countAnswers(row), 0),
      decided.length,
    ),
    ...(isEarly
      ? [
          aFinding(
            {
              code: "IMPOSSIBLE_TIME",
              severity: "error",
              ...placeOf(figures),
              field: "end_time",
              recorded: run.end_time,
              recomputed: last,
            },
            "it ends before its last decision",
          ),
        ]
      : []),
  ];
}

function auditSummary(figures: RunFigures): readonly Finding[] {
  const { rule_summary, summary_version } = figures.run;
  // What was said in other words is covered by the run's seal.
  return rule_summary === undefined || summary_version !== SUMMARY_VERSION
    ? []
    : differs(figures, "rule_summary", rule_summary, summarizeRun(figures).text);
}

function differs(
  figures: RunFigures,
  field: string,
  recorded: unknown,
  recomputed: unknown,
): readonly Finding[] {
  if (recorded === recomputed) return [];
  const place = { ...placeOf(figures), field, recorded, recomputed };
  const what = "it does not follow from the rows";
  return [aFinding({ code: "AGGREGATE_DIFFERS", severity: "error", ...place }, what)];
}

function placeOf({ run }: RunFigures) {
  return { document: "mission_runs", record: run.run_id, run_id: run.run_id };
}
