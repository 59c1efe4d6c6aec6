/** The portfolio's figures by one plain pass over runs and rows, as one would write them down once. */

import type { History } from "../../src/model/history.ts";
import type { Reference } from "../../src/model/reference.ts";

const DAY = 86_400_000;

/** The figures of the snapshot, at the end of a date. */
export function plainPortfolio(history: History, reference: Reference, date: string) {
  const instant = Date.parse(`${date}T00:00:00Z`) + DAY;
  const estimates = new Map<string, number>();
  for (const plan of reference.plans) {
    for (const task of plan.tasks) {
      estimates.set(`${plan.mission_id}/${task.task_id}`, task.estimated_duration_minutes);
    }
  }
  let active = 0;
  let completed = 0;
  const latest = new Map<string, { end: number; id: string; kpis: Record<string, number> }>();
  const recent = new Map<string, number>();
  for (const run of history.runs) {
    if (Date.parse(run.start_time) > instant) continue;
    const end = run.end_time === undefined ? Infinity : Date.parse(run.end_time);
    if (end > instant) {
      active += 1;
      continue;
    }
    if (run.status === "completed") completed += 1;
    if (end > instant - 7 * DAY) recent.set(run.run_id, end);
    const known = latest.get(run.mission_id);
    const isLater =
      known === undefined || end > known.end || (end === known.end && run.run_id > known.id);
    if (run.kpis !== undefined && Object.keys(run.kpis).length > 0 && isLater) {
      latest.set(run.mission_id, { end, id: run.run_id, kpis: run.kpis });
    }
  }
  let escalations = 0;
  let interventions = 0;
  const costs = new Map<string, number>();
  for (const row of history.rows) {
    const end = recent.get(row.run_id);
    if (end === undefined) continue;
    if (end > instant - DAY) {
      if (row.decision !== undefined) interventions += 1;
      if (row.escalation !== undefined) escalations += 1;
    }
    const key = `${row.mission_id}/${row.task_id}`;
    const work = row.actual_duration_minutes - row.human_delay_minutes;
    const cost = row.human_delay_minutes + Math.max(0, work - (estimates.get(key) ?? work));
    costs.set(key, (costs.get(key) ?? 0) + cost);
  }
  const atRisk = new Set<string>();
  for (const event of history.events) {
    const isOpen = event.closed_at === undefined || Date.parse(event.closed_at) > instant;
    if (Date.parse(event.detected_at) <= instant && isOpen) atRisk.add(event.mission_id);
  }
  const means: number[] = [];
  for (const { mission_id, kpis } of reference.kpis) {
    const observed = latest.get(mission_id)?.kpis ?? {};
    const improvements: number[] = [];
    for (const [name, value] of Object.entries(observed)) {
      const baseline = kpis[`baseline_${name}`];
      if (baseline === undefined) continue;
      improvements.push(Math.round(((baseline - value) / baseline) * 10_000) / 100);
    }
    if (improvements.length > 0) means.push(mean(improvements));
  }
  const [worst] = [...costs].toSorted((a, b) => b[1] - a[1]);
  return {
    active_runs: active,
    completed_runs: completed,
    missions_at_risk: atRisk.size,
    avg_kpi_improvement_pct: mean(means),
    top_bottleneck_task_id: worst?.[0].split("/")[1] ?? null,
    escalations_last_24h: escalations,
    human_interventions_last_24h: interventions,
  };
}

function mean(values: readonly number[]): number {
  return Math.round((values.reduce((sum, value) => sum + value, 0) / values.length) * 100) / 100;
}
