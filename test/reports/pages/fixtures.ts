/** What the pages are made from: the sample workspace, and a run with hundreds of tasks. */

import { readFileSync } from "node:fs";

import { z } from "zod";

import { defineKpis } from "../../../src/kpi/define-kpis.ts";
import { type KpiSeries, listKpiSeries } from "../../../src/kpi/kpi-series.ts";
import { measureRun } from "../../../src/kpi/run-figures.ts";
import type { ApprovalRequest } from "../../../src/model/approval-requests.ts";
import type { PlanTask } from "../../../src/model/decomposed-mission-tasks.ts";
import { REFERENCE_DOCUMENTS, TELEMETRY_DOCUMENTS } from "../../../src/model/documents.ts";
import type { History } from "../../../src/model/history.ts";
import type { RiskEvent } from "../../../src/model/mission-risk-events.ts";
import type { MissionRun } from "../../../src/model/mission-runs.ts";
import { policySchema } from "../../../src/model/policy.ts";
import type { Reference } from "../../../src/model/reference.ts";
import type { TaskLog } from "../../../src/model/task-execution-logs.ts";
import { addMinutes } from "../../../src/model/time.ts";
import { planRun } from "../../../src/planning/plan-run.ts";
import { type Portfolio, buildPortfolio, windowOf } from "../../../src/reports/portfolio.ts";
import { type RunReport, buildRunReport } from "../../../src/reports/run-report.ts";
import { NOON, aReference, aRequest, aRow, aRun, aTask } from "../../support/builders.ts";
import { toPortfolioRecord } from "../../support/portfolio-record.ts";

const POLICY = policySchema.parse({});

export const SAMPLE_REFERENCE: Reference = {
  missions: read("business_missions", REFERENCE_DOCUMENTS.business_missions.schema),
  plans: read("decomposed_mission_tasks", REFERENCE_DOCUMENTS.decomposed_mission_tasks.schema),
  agents: read("specialized_agents", REFERENCE_DOCUMENTS.specialized_agents.schema),
  capabilities: read(
    "agent_capabilities_matrix",
    REFERENCE_DOCUMENTS.agent_capabilities_matrix.schema,
  ),
  kpis: read("mission_kpis", REFERENCE_DOCUMENTS.mission_kpis.schema),
};

export const SAMPLE_HISTORY: History = {
  runs: read("mission_runs", TELEMETRY_DOCUMENTS.mission_runs.schema),
  rows: read("task_execution_logs", TELEMETRY_DOCUMENTS.task_execution_logs.schema),
  events: read("mission_risk_events", TELEMETRY_DOCUMENTS.mission_risk_events.schema),
  snapshots: read(
    "mission_portfolio_snapshot",
    TELEMETRY_DOCUMENTS.mission_portfolio_snapshot.schema,
  ),
  requests: [],
  plans: new Map(),
};

/** What a run page takes. */
export type RunPageInput = readonly [report: RunReport, series: readonly KpiSeries[]];
/** What the board page takes. */
export type PortfolioPageInput = readonly [portfolio: Portfolio, series: readonly KpiSeries[]];

/** A run's report and its mission's KPIs, as the program makes them. */
export function aRunPage({
  run = aRun({ status: "completed" }),
  rows = [],
  requests = [],
  risks = [],
  reference = aReference([aTask()]),
  runs = [run],
  now = addMinutes(NOON, 24 * 60),
}: {
  run?: MissionRun;
  rows?: readonly TaskLog[];
  requests?: readonly ApprovalRequest[];
  risks?: readonly RiskEvent[];
  reference?: Reference;
  runs?: readonly MissionRun[];
  now?: string;
} = {}): RunPageInput {
  const plan = planRun(run.mission_id, reference);
  const record = { run, plan, policy: POLICY, routing: undefined, rows, requests, events: risks };
  const facts = measureRun(record, { now });
  return [buildRunReport(facts), seriesOf(run.mission_id, { reference, runs })];
}

export function sampleRunPage(runId: string): RunPageInput {
  const { runs, rows, events } = SAMPLE_HISTORY;
  const run = runs.find((candidate) => candidate.run_id === runId);
  if (run === undefined) throw new Error(`The sample has no ${runId}.`);
  return aRunPage({
    run,
    rows: rows.filter((row) => row.run_id === runId),
    risks: events.filter((event) => event.run_id === runId),
    reference: SAMPLE_REFERENCE,
    runs,
  });
}

export function aPortfolioPage({
  date,
  reference = SAMPLE_REFERENCE,
  history = SAMPLE_HISTORY,
}: {
  date: string;
  reference?: Reference;
  history?: History;
}): PortfolioPageInput {
  const context = { date, reference, policy: POLICY };
  return [
    buildPortfolio(toPortfolioRecord(history, windowOf(context)), context),
    reference.missions.flatMap(({ mission_id }) =>
      seriesOf(mission_id, { reference, runs: history.runs }),
    ),
  ];
}

/** A run that waits: refused once, an attempt of no length, a risk, routes, and a question nobody has answered. */
export function aWaitingRunPage(texts: Partial<Texts> = {}): RunPageInput {
  const { mission, task, reason, error, kpi } = { ...PLAIN, ...texts };
  const plain = aReference([
    aTask({ task, requires_human_approval: true }),
    aTask({ task_id: "T2", task: "Check", order: 2, depends_on: ["T1"] }),
    aTask({ task_id: "T3", task: "Send", order: 3, requires_human_approval: true }),
  ]);
  const reference: Reference = {
    ...plain,
    missions: [{ mission_id: "M", mission_name: mission, owner: "Ana" }],
    kpis: [{ mission_id: "M", kpis: { [`target_${kpi}`]: 2, [`baseline_${kpi}`]: 5 } }],
  };
  const earlier = aRun({
    run_id: "R0",
    status: "completed",
    end_time: NOON,
    kpis: { [kpi]: 3.25 },
  });
  const route = { n: 12, work_ratio: 1.37, escalation_rate: 0.21, terms: { speed: 0.42 } };
  return aRunPage({
    reference,
    run: aRun({ status: "awaiting_approval", polish: { status: "failed", reason: error } }),
    runs: [earlier],
    rows: [
      aRow({
        outcome: "rejected",
        reason,
        actual_duration_minutes: 6,
        human_delay_minutes: 6,
        ended_at: addMinutes(NOON, 6),
        route: [
          { ...route, agent_id: "A1", score: 0.731 },
          { ...route, agent_id: "A2", score: 0.529 },
        ],
      }),
      aRow({
        attempt: 2,
        actual_duration_minutes: 9.5,
        started_at: addMinutes(NOON, 6),
        ended_at: addMinutes(NOON, 15.5),
        human_delay_minutes: 2.25,
      }),
      aRow({
        task_id: "T2",
        outcome: "skipped",
        error,
        actual_duration_minutes: 0,
        started_at: addMinutes(NOON, 15.5),
        ended_at: addMinutes(NOON, 15.5),
      }),
    ],
    requests: [
      aRequest({ task, status: "decided", decision: "reject", decided_by: "Bo", reason }),
      aRequest({
        approval_id: "APR-R1-T1-2-output",
        task,
        attempt: 2,
        stage: "after",
        status: "decided",
        decision: "approve",
        decided_by: "Bo",
        decided_at: addMinutes(NOON, 15.5),
      }),
      aRequest({ task_id: "T3", task: "Send", approval_request_time: addMinutes(NOON, 1) }),
    ],
    risks: [
      {
        event_id: "RISK_1",
        run_id: "R1",
        mission_id: "M",
        task_id: "T1",
        risk_type: "approval_delay",
        severity: "high",
        description: reason,
        detected_at: addMinutes(NOON, 6),
        status: "open",
      },
    ],
    now: addMinutes(NOON, 40),
  });
}

/** The texts that come from outside. */
export interface Texts {
  readonly mission: string;
  readonly task: string;
  readonly reason: string;
  readonly error: string;
  readonly kpi: string;
}

export const PLAIN: Texts = {
  mission: "Mission",
  task: "Draft",
  reason: "Too long",
  error: "No answer",
  kpi: "cycle_days",
};

/** A run of many tasks: a chain that all else hangs on, waits, failures and attempts of no length. */
export function aLargeRunPage(size: number): RunPageInput {
  const tasks = Array.from({ length: size }, (_, position) => largeTask(position));
  const rows = tasks.flatMap((task, position) => largeRows(task, position));
  return aRunPage({
    run: aRun({ status: "failed", end_time: addMinutes(NOON, 80), total_duration_minutes: 80 }),
    rows,
    reference: aReference(tasks),
  });
}

function largeTask(position: number): PlanTask {
  const depends_on = position === 0 || position % 10 !== 0 ? [] : [`T${position - 10}`];
  const long = position % 7 === 0 ? ` ${"in a rather long-winded way ".repeat(8)}` : "";
  return aTask({
    task_id: `T${position}`,
    task: `Do part ${position} of the work${long}`,
    order: position + 1,
    depends_on,
  });
}

function largeRows({ task_id }: PlanTask, position: number): readonly TaskLog[] {
  const start = addMinutes(NOON, position % 50);
  const minutes = (position * 7) % 23;
  const wait = position % 5 === 0 ? minutes / 2 : 0;
  const first = aRow({
    task_id,
    actual_duration_minutes: minutes,
    human_delay_minutes: wait,
    started_at: start,
    ended_at: addMinutes(start, minutes),
    outcome: position % 11 === 0 ? "failed" : "completed",
    ...(position % 11 === 0 ? { error: "The service did not answer." } : {}),
  });
  if (position % 22 !== 0) return [first];
  const again = addMinutes(start, minutes);
  return [first, aRow({ task_id, attempt: 2, started_at: again, ended_at: addMinutes(again, 5) })];
}

function seriesOf(
  missionId: string,
  { reference, runs }: { reference: Reference; runs: readonly MissionRun[] },
): readonly KpiSeries[] {
  const document = reference.kpis.find((candidate) => candidate.mission_id === missionId);
  return listKpiSeries(missionId, defineKpis(document ?? { kpis: {} }), runs);
}

function read<S extends z.ZodType>(name: string, schema: S): z.infer<S>[] {
  const file = new URL(`../../../data/${name}.json`, import.meta.url);
  return z.array(schema).parse(JSON.parse(readFileSync(file, "utf8")));
}
