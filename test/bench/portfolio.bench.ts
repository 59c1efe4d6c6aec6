/** The portfolio over 100,000 runs and 300,000 rows, beside one plain pass over the same. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";

import { initWorkspace } from "../../src/index.ts";
import type { History } from "../../src/model/history.ts";
import type { RiskEvent } from "../../src/model/mission-risk-events.ts";
import type { MissionRun } from "../../src/model/mission-runs.ts";
import { DEFAULT_POLICY } from "../../src/model/policy.ts";
import type { TaskLog } from "../../src/model/task-execution-logs.ts";
import { addMinutes } from "../../src/model/time.ts";
import { buildPortfolio } from "../../src/reporting/portfolio.ts";
import { createJsonTelemetryStore } from "../../src/telemetry/json-telemetry-store.ts";
import { readReference } from "../../src/telemetry/reference-files.ts";
import { report } from "./measure.ts";
import { plainPortfolio } from "./plain-portfolio.ts";

const RUNS = 100_000;
const DATE = "2026-11-22";
const ROUNDS = 7;
/** The runs fill two years up to the date. */
const MINUTES_APART = (2 * 365 * 24 * 60) / RUNS;

const folder = mkdtempSync(join(tmpdir(), "mission-control-bench-"));
initWorkspace(folder);
const { reference } = readReference(folder);
const written = generate();
for (const [name, records] of [
  ["mission_runs", written.runs],
  ["task_execution_logs", written.rows],
  ["mission_risk_events", written.events],
  ["mission_portfolio_snapshot", []],
] as const) {
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(records));
}

const readingStart = performance.now();
const history = await createJsonTelemetryStore({ folder }).readHistory();
const reading = performance.now() - readingStart;

const ours: number[] = [];
const plain: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  let start = performance.now();
  const expected = plainPortfolio(history, reference, DATE);
  plain.push(performance.now() - start);
  start = performance.now();
  const { snapshot } = buildPortfolio(history, { date: DATE, reference, policy: DEFAULT_POLICY });
  ours.push(performance.now() - start);
  const {
    snapshot_date: _date,
    period: _period,
    top_bottleneck_task_name: _name,
    ...got
  } = snapshot;
  if (!isDeepStrictEqual(got, expected)) {
    throw new Error(`not the same figures: ${JSON.stringify([got, expected])}`);
  }
}
report(`portfolio, ${RUNS} runs and ${history.rows.length} rows`, {
  "ours, ms": Math.min(...ours),
  "plain pass, ms": Math.min(...plain),
  ratio: Math.min(...ours) / Math.min(...plain),
  limit: 2,
  "reading (JSON.parse and schema check), ms": reading,
});
rmSync(folder, { recursive: true });

function generate(): History {
  const runs: MissionRun[] = [];
  const rows: TaskLog[] = [];
  const events: RiskEvent[] = [];
  const last = Date.parse(`${DATE}T23:00:00Z`);
  for (let number = 0; number < RUNS; number += 1) {
    const plan = reference.plans[number % reference.plans.length];
    if (plan === undefined) throw new Error("no plan");
    const { mission_id } = plan;
    const start_time = addMinutes(new Date(last).toISOString(), (number - RUNS) * MINUTES_APART);
    const run_id = `RUN_${number}`;
    let at = start_time;
    // Three rows a run, whatever the plan: a short one begins again.
    for (let step = 0; step < 3; step += 1) {
      const task = plan.tasks[step % plan.tasks.length];
      if (task === undefined) throw new Error("no task");
      const needsApproval = task.requires_human_approval;
      const delay = needsApproval ? (number * 7) % 9 : 0;
      const duration = delay + ((number * 13 + step) % 17);
      const ended_at = addMinutes(at, duration);
      rows.push({
        run_id,
        mission_id,
        task_id: task.task_id,
        agent_id: `A${(number % 5) + 1}`,
        actual_duration_minutes: duration,
        human_approval_required: needsApproval,
        human_delay_minutes: delay,
        outcome: needsApproval ? "approved" : "completed",
        attempt: step < plan.tasks.length ? 1 : 2,
        started_at: at,
        ended_at,
        ...(needsApproval ? { decision: "approve" as const } : {}),
        ...(delay >= 5 ? { escalation: "overdue" as const } : {}),
      });
      at = ended_at;
    }
    const kpi = { M001: "onboarding_time_days", M002: "pipeline_days" }[mission_id];
    runs.push({
      run_id,
      mission_id,
      start_time,
      end_time: at,
      status: number % 50 === 0 ? "failed" : "completed",
      kpis: { [kpi ?? "resolution_time_hours"]: 1 + (number % 4) },
      human_interventions: 1,
      escalations: 0,
      risk_flagged: number % 20 === 0,
    });
    if (number % 20 !== 0) continue;
    const isOpen = number > RUNS - 60;
    events.push({
      event_id: `RISK_${number}`,
      run_id,
      mission_id,
      task_id: plan.tasks[0]?.task_id ?? "",
      risk_type: "task_overrun",
      severity: "low",
      description: "Slow.",
      detected_at: at,
      status: isOpen ? "open" : "closed",
      ...(isOpen ? {} : { closed_at: addMinutes(at, 60) }),
    });
  }
  return { runs, rows, events, requests: [], snapshots: [] };
}
