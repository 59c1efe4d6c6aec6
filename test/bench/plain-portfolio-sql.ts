/** The portfolio's figures by plain SQL over the store's tables, as one would write it down once. */

import type { Reference } from "../../src/model/reference.ts";
import { textOf } from "../../src/store/sql.ts";
import type { SqlDatabase } from "../../src/store/sqlite/driver.ts";

const DAY = 86_400_000;

const RUNS = `SELECT sum(end_ms IS NULL OR end_ms > ?1) AS active,
  sum(status = 'completed' AND end_ms <= ?1) AS completed FROM runs WHERE start_ms <= ?1`;
const ROWS = `SELECT task_logs.record ->> '$.mission_id' AS mission_id, task_logs.task_id, end_ms,
  task_logs.record ->> '$.decision' AS decision, task_logs.record ->> '$.escalation' AS escalation,
  task_logs.record ->> '$.human_delay_minutes' AS delay,
  task_logs.record ->> '$.actual_duration_minutes' AS duration
  FROM runs JOIN task_logs USING (run_id) WHERE end_ms > ?1 AND end_ms <= ?2`;
const AT_RISK = `SELECT count(DISTINCT mission_id) AS number FROM risk_events
  WHERE detected_ms <= ?1 AND (closed_ms IS NULL OR closed_ms > ?1)`;
const LATEST = `SELECT record ->> '$.kpis' AS kpis FROM runs
  WHERE mission_id = ?1 AND end_ms <= ?2 AND record ->> '$.kpis' IS NOT NULL
  ORDER BY end_ms DESC, run_id DESC LIMIT 1`;

/** The figures of the snapshot, at the end of a date. */
export function plainPortfolioSql(database: SqlDatabase, reference: Reference, date: string) {
  const instant = Date.parse(`${date}T00:00:00Z`) + DAY;
  const estimates = new Map<string, number>();
  for (const plan of reference.plans) {
    for (const task of plan.tasks) {
      estimates.set(`${plan.mission_id}/${task.task_id}`, task.estimated_duration_minutes);
    }
  }
  const runs = database.prepare(RUNS).get(instant);
  let escalations = 0;
  let interventions = 0;
  const costs = new Map<string, number>();
  for (const row of database.prepare(ROWS).iterate(instant - 7 * DAY, instant)) {
    if (Number(row["end_ms"]) > instant - DAY) {
      if (row["decision"] !== null) interventions += 1;
      if (row["escalation"] !== null) escalations += 1;
    }
    const key = `${String(row["mission_id"])}/${String(row["task_id"])}`;
    const delay = Number(row["delay"]);
    const work = Number(row["duration"]) - delay;
    const cost = delay + Math.max(0, work - (estimates.get(key) ?? work));
    costs.set(key, (costs.get(key) ?? 0) + cost);
  }
  const latest = database.prepare(LATEST);
  const means: number[] = [];
  for (const { mission_id, kpis } of reference.kpis) {
    const text = textOf(latest.get(mission_id, instant), "kpis") ?? "{}";
    const observed: Readonly<Record<string, number>> = JSON.parse(text);
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
    active_runs: Number(runs?.["active"]),
    completed_runs: Number(runs?.["completed"]),
    missions_at_risk: Number(database.prepare(AT_RISK).get(instant)?.["number"]),
    avg_kpi_improvement_pct: mean(means),
    top_bottleneck_task_id: worst?.[0].split("/")[1] ?? null,
    escalations_last_24h: escalations,
    human_interventions_last_24h: interventions,
  };
}

function mean(values: readonly number[]): number {
  return Math.round((values.reduce((sum, value) => sum + value, 0) / values.length) * 100) / 100;
}
