/**
 * The figures again, from the documents of a workspace alone and by docs/figures.md: nothing here is
 * shared with the code that it checks.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";

interface Row {
  run_id: string;
  mission_id: string;
  task_id: string;
  agent_id: string;
  attempt: number;
  outcome: "completed" | "approved" | "rejected" | "failed" | "skipped" | "not_needed";
  stage?: string;
  decision?: string;
  human_approval_required: boolean;
  failure_decision?: { decision: string };
  reopened?: object;
  escalation?: string;
  actual_duration_minutes: number;
  human_delay_minutes: number;
  started_at: string;
  ended_at: string;
  kpi_observations?: Record<string, number>;
}

interface Run {
  run_id: string;
  mission_id: string;
  status: string;
  start_time: string;
  end_time?: string;
}

interface Task {
  task_id: string;
  task: string;
  order: number;
  estimated_duration_minutes: number;
}

export interface Documents {
  readonly runs: readonly Run[];
  readonly rows: readonly Row[];
  readonly events: readonly {
    mission_id: string;
    run_id: string;
    status: string;
    risk_type: string;
    task_id: string;
    detected_at: string;
    closed_at?: string;
  }[];
  readonly requests: readonly { run_id: string; status: string; decided_at?: string }[];
  readonly plans: readonly { mission_id: string; tasks: readonly Task[] }[];
  readonly kpis: readonly { mission_id: string; kpis: Record<string, number> }[];
}

export function readDocuments(folder: string): Documents {
  const read = (name: string) => JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
  return {
    runs: read("mission_runs"),
    rows: read("task_execution_logs"),
    events: read("mission_risk_events"),
    requests: read("approval_requests"),
    plans: read("decomposed_mission_tasks"),
    kpis: read("mission_kpis"),
  };
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const at = (instant: string) => new Date(instant).getTime();
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const to = (digits: number, number: number) => Number(number.toFixed(digits)) + 0;
const workOf = (row: Row) => row.actual_duration_minutes - row.human_delay_minutes;
const ran = ({ outcome, stage }: Row) =>
  outcome === "completed" ||
  outcome === "approved" ||
  outcome === "failed" ||
  (outcome === "rejected" && stage === "after");
const decisionsIn = (row: Row) =>
  [row.decision, row.failure_decision, row.reopened].filter((part) => part !== undefined).length;
const isOver = (run: Run) => run.end_time !== undefined;

/** What `mission_runs.json` says of an ended run. */
export function runFigures(run: Run, { rows, events }: Documents) {
  const own = rows.filter((row) => row.run_id === run.run_id);
  const end = Math.max(at(run.start_time), ...own.map((row) => at(row.ended_at)));
  return {
    end,
    total_duration_minutes: to(2, (end - at(run.start_time)) / MINUTE),
    human_interventions: sum(own.map(decisionsIn)),
    escalations: own.filter((row) => row.escalation !== undefined).length,
    risk_flagged: events.some((event) => event.run_id === run.run_id),
  };
}

/** What people decided in a run, by what they were asked and by what they had tried again; and when the last time, by the clock. */
export function decisionsOn(run: Run, { rows, requests }: Documents) {
  const asked = requests.filter((each) => each.run_id === run.run_id && each.status === "decided");
  const again = rows.filter((row) => row.run_id === run.run_id && row.reopened !== undefined);
  return {
    count: asked.length + again.length,
    last: Math.max(0, ...asked.map((request) => at(request.decided_at ?? ""))),
  };
}

/** The KPIs of a run: a pair of `target_` and `baseline_`, floors `min_`, the ceiling `max_steps`. */
export function kpiFigures(run: Run, documents: Documents) {
  const figures = documents.kpis.find((each) => each.mission_id === run.mission_id)?.kpis ?? {};
  const own = documents.rows.filter((row) => row.run_id === run.run_id);
  const tasks = documents.plans.find((plan) => plan.mission_id === run.mission_id)?.tasks ?? [];
  const observed = new Map<string, number>();
  for (const { task_id } of tasks.toSorted((a, b) => a.order - b.order)) {
    const last = own
      .filter((row) => row.task_id === task_id)
      .toSorted((a, b) => a.attempt - b.attempt)
      .at(-1);
    if (last === undefined || last.outcome === "rejected") continue;
    for (const [kpi, value] of Object.entries(last.kpi_observations ?? {}))
      observed.set(kpi, value);
  }
  const isComplete = run.status === "completed";
  if (isComplete) observed.set("steps", own.filter(ran).length);
  return Object.entries(figures)
    .filter(([name]) => !name.startsWith("baseline_"))
    .map(([name, target]) => {
      const kpi = name.slice(name.indexOf("_") + 1);
      const baseline = name.startsWith("target_") ? figures[`baseline_${kpi}`] : undefined;
      const isLower = name.startsWith("max_") || (baseline !== undefined && target < baseline);
      const value = observed.get(kpi);
      if (value === undefined)
        return {
          kpi,
          observed: null,
          improvement_pct: null,
          attainment_pct: null,
          gap: null,
          status: "not_measured",
        };
      const better = isLower ? -1 : 1;
      const hit = (value - target) * better >= 0 ? "hit" : "miss";
      return {
        kpi,
        observed: value,
        improvement_pct:
          baseline === undefined ? null : to(2, (((value - baseline) * better) / baseline) * 100),
        attainment_pct:
          baseline === undefined ? null : to(2, ((value - baseline) / (target - baseline)) * 100),
        gap: to(6, value - target),
        status: isComplete ? hit : "not_graded",
      };
    });
}

/** Minutes lost at each task of some runs: waiting, and work beyond the estimate, once each. */
export function lostMinutes(runIds: ReadonlySet<string>, { rows, plans }: Documents) {
  const lost = new Map<string, { waiting: number; work: number }>();
  for (const { mission_id, tasks } of plans) {
    for (const { task_id, estimated_duration_minutes: estimate } of tasks) {
      const own = rows.filter(
        (row) => runIds.has(row.run_id) && row.mission_id === mission_id && row.task_id === task_id,
      );
      const perRun = [...new Set(own.map((row) => row.run_id))].map((id) =>
        sum(own.filter((row) => row.run_id === id).map(workOf)),
      );
      const work = sum(perRun.map((minutes) => Math.max(0, minutes - estimate)));
      lost.set(task_id, { waiting: sum(own.map((row) => row.human_delay_minutes)), work });
    }
  }
  return lost;
}

/** What `agent_performance_stats.json` says of an agent, without its window. */
export function agentFigures(agentId: string, { rows, plans }: Documents) {
  const own = rows.filter(
    (row) => row.agent_id === agentId && row.outcome !== "skipped" && row.outcome !== "not_needed",
  );
  const worked = own.filter(ran);
  const verdicts = own.flatMap((row) => {
    if (row.failure_decision !== undefined)
      return [
        row.failure_decision.decision === "approve" || row.failure_decision.decision === "edit",
      ];
    return row.human_approval_required && row.outcome !== "failed"
      ? [row.outcome === "approved"]
      : [];
  });
  const done = worked.filter((row) => row.outcome !== "failed");
  const estimate = (row: Row) =>
    plans
      .find((plan) => plan.mission_id === row.mission_id)
      ?.tasks.find((task) => task.task_id === row.task_id)?.estimated_duration_minutes ?? 0;
  const escalated = worked.filter((row) => row.escalation === "failure").length;
  return {
    agent_id: agentId,
    avg_task_duration_minutes:
      worked.length === 0
        ? 0
        : to(1, sum(worked.map((row) => row.actual_duration_minutes)) / worked.length),
    approval_rate:
      verdicts.length === 0 ? 1 : to(4, verdicts.filter(Boolean).length / verdicts.length),
    escalation_rate: worked.length === 0 ? 0 : to(4, escalated / worked.length),
    executions: worked.length,
    escalated_executions: escalated,
    failed_executions: worked.filter((row) => row.outcome === "failed").length,
    ...(done.length === 0
      ? {}
      : { work_ratio: to(4, sum(done.map(workOf)) / sum(done.map(estimate))) }),
  };
}

/** The portfolio of one mission at the end of a date. */
export function portfolioFigures(date: string, documents: Documents) {
  const end = at(`${date}T00:00:00Z`) + DAY;
  const { runs, rows, events } = documents;
  const over = runs.filter((run) => isOver(run) && at(run.end_time ?? "") <= end);
  const since = (days: number) => over.filter((run) => at(run.end_time ?? "") > end - days * DAY);
  const lastDay = new Set(since(1).map((run) => run.run_id));
  const today = rows.filter((row) => lastDay.has(row.run_id));
  const measured = over
    .map((run) => ({ run, kpis: kpiFigures(run, documents) }))
    .filter(({ kpis }) => kpis.some((kpi) => kpi.improvement_pct !== null))
    .toSorted((a, b) => at(a.run.end_time ?? "") - at(b.run.end_time ?? ""))
    .at(-1);
  const improvements = (measured?.kpis ?? []).flatMap((kpi) => kpi.improvement_pct ?? []);
  const lost = [...lostMinutes(new Set(since(7).map((run) => run.run_id)), documents)]
    .map(([id, { waiting, work }]) => ({ id, minutes: to(2, waiting + work) }))
    .filter(({ minutes }) => minutes > 0)
    .toSorted((a, b) => b.minutes - a.minutes || (a.id < b.id ? -1 : 1));
  const open = events.filter(
    (event) =>
      at(event.detected_at) <= end &&
      (event.closed_at === undefined ? event.status === "open" : at(event.closed_at) > end),
  );
  return {
    active_runs: runs.filter((run) => at(run.start_time) <= end && !over.includes(run)).length,
    completed_runs: over.filter((run) => run.status === "completed").length,
    missions_at_risk: new Set(open.map((event) => event.mission_id)).size,
    avg_kpi_improvement_pct:
      improvements.length === 0 ? null : to(2, sum(improvements) / improvements.length),
    top_bottleneck_task_id: lost[0]?.id ?? null,
    escalations_last_24h: today.filter((row) => row.escalation !== undefined).length,
    human_interventions_last_24h: sum(today.map(decisionsIn)),
  };
}
