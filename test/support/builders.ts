/** Small valid documents, for tests to vary. */

import type { ApprovalRequest } from "../../src/model/approval-requests.ts";
import type { PlanTask } from "../../src/model/decomposed-mission-tasks.ts";
import { DEFAULT_POLICY } from "../../src/model/default-policy.ts";
import type { History } from "../../src/model/history.ts";
import type { PortfolioSnapshot } from "../../src/model/mission-portfolio-snapshot.ts";
import type { RiskEvent } from "../../src/model/mission-risk-events.ts";
import type { MissionRun } from "../../src/model/mission-runs.ts";
import type { Reference } from "../../src/model/reference.ts";
import type { RunPlan, RunRecord } from "../../src/model/run-record.ts";
import type { SpecializedAgent } from "../../src/model/specialized-agents.ts";
import type { TaskLog } from "../../src/model/task-execution-logs.ts";
import { planRun } from "../../src/planning/plan-run.ts";

export const NOON = "2026-11-22T12:00:00Z";

export function aTask(fields: Partial<PlanTask> = {}): PlanTask {
  return {
    task_id: "T1",
    task: "Collect",
    order: 1,
    depends_on: [],
    estimated_duration_minutes: 5,
    requires_human_approval: false,
    ...fields,
  };
}

/** Tasks with ascending orders; `depends_on` by id. */
export function aPlan(
  dependencies: Readonly<Record<string, readonly string[]>>,
  fields: Readonly<Record<string, Partial<PlanTask>>> = {},
): PlanTask[] {
  return Object.entries(dependencies).map(([task_id, depends_on], position) =>
    aTask({
      task_id,
      task: `Do ${task_id}`,
      order: position + 1,
      depends_on: [...depends_on],
      ...fields[task_id],
    }),
  );
}

export function anAgent(fields: Partial<SpecializedAgent> = {}): SpecializedAgent {
  return { agent_id: "A1", name: "Agent", status: "available", ...fields };
}

/** A mission M with the given tasks; every task can be done by the given agents. */
export function aReference(
  tasks: readonly PlanTask[],
  agents: readonly SpecializedAgent[] = [anAgent()],
): Reference {
  return {
    missions: [{ mission_id: "M", mission_name: "Mission" }],
    plans: [{ mission_id: "M", tasks: [...tasks] }],
    agents,
    capabilities: tasks.map(({ task_id }) => ({
      task_id,
      capable_agents: agents.map(({ agent_id }) => agent_id),
    })),
    kpis: [{ mission_id: "M", kpis: { target_days: 2, baseline_days: 5 } }],
  };
}

/** Renews no run. */
export const asItIs = (run: MissionRun): MissionRun => run;

export function aRow(fields: Partial<TaskLog> = {}): TaskLog {
  return {
    run_id: "R1",
    mission_id: "M",
    task_id: "T1",
    agent_id: "A1",
    actual_duration_minutes: 5,
    human_approval_required: false,
    human_delay_minutes: 0,
    outcome: "completed",
    attempt: 1,
    started_at: NOON,
    ended_at: "2026-11-22T12:05:00Z",
    ...fields,
  };
}

export function aRun(fields: Partial<MissionRun> = {}): MissionRun {
  return {
    run_id: "R1",
    mission_id: "M",
    start_time: NOON,
    status: "running",
    human_interventions: 0,
    escalations: 0,
    risk_flagged: false,
    ...fields,
  };
}

export function aRequest(fields: Partial<ApprovalRequest> = {}): ApprovalRequest {
  const task_id = fields.task_id ?? "T1";
  return {
    approval_id: `APR-R1-${task_id}-1`,
    run_id: "R1",
    mission_id: "M",
    task_id,
    task: `Do ${task_id}`,
    agent_id: "A1",
    attempt: 1,
    stage: "before",
    approval_request_time: NOON,
    due_at: "2026-11-22T12:05:00Z",
    content_hash: "hash",
    allowed: ["approve", "edit", "reject"],
    args: { instruction: `Do ${task_id}` },
    blocked_minutes: 5,
    status: "pending",
    ...fields,
  };
}

export function anEvent(fields: Partial<RiskEvent> = {}): RiskEvent {
  return {
    event_id: "RISK_001",
    run_id: "R1",
    mission_id: "M",
    task_id: "T1",
    risk_type: "task_overrun",
    severity: "low",
    description: "Slow.",
    detected_at: NOON,
    status: "open",
    ...fields,
  };
}

export function aSnapshot(fields: Partial<PortfolioSnapshot> = {}): PortfolioSnapshot {
  return {
    snapshot_date: "2026-11-22",
    active_runs: 0,
    completed_runs: 0,
    missions_at_risk: 0,
    avg_kpi_improvement_pct: null,
    top_bottleneck_task_id: null,
    top_bottleneck_task_name: null,
    escalations_last_24h: 0,
    human_interventions_last_24h: 0,
    period: "day",
    ...fields,
  };
}

/** What a run of mission M is opened with: the given tasks, as in {@link aReference}. */
export function aPlanOf(tasks: readonly PlanTask[], fields: Partial<RunPlan> = {}): RunPlan {
  return { ...planRun("M", aReference(tasks)), tasks: [...tasks], ...fields };
}

/** A run of one task, with nothing recorded of it. */
export function aRecord(fields: Partial<RunRecord> = {}): RunRecord {
  return {
    run: aRun(),
    plan: aPlanOf([aTask()]),
    policy: DEFAULT_POLICY,
    routing: undefined,
    rows: [],
    requests: [],
    events: [],
    ...fields,
  };
}

/** A history with nothing in it. */
export function aHistory(fields: Partial<History> = {}): History {
  return {
    runs: [],
    rows: [],
    events: [],
    requests: [],
    snapshots: [],
    plans: new Map(),
    ...fields,
  };
}
