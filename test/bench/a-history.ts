/** A history of any length on the sample's missions, always the same. */

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { initWorkspace } from "../../src/index.ts";
import type { ApprovalRequest } from "../../src/model/approval-requests.ts";
import type { History } from "../../src/model/history.ts";
import type { RiskEvent } from "../../src/model/mission-risk-events.ts";
import type { MissionRun } from "../../src/model/mission-runs.ts";
import type { Reference } from "../../src/model/reference.ts";
import type { TaskLog } from "../../src/model/task-execution-logs.ts";
import { addMinutes, minutesBetween } from "../../src/model/time.ts";
import { readReference } from "../../src/store/documents/read-reference.ts";

/** The last day of the history. */
export const LAST_DATE = "2026-11-22";

const TWO_YEARS_MINUTES = 2 * 365 * 24 * 60;
const KPIS: Readonly<Record<string, string>> = {
  M001: "onboarding_time_days",
  M002: "pipeline_days",
};

/** So many runs over two years, three rows each, whatever the plan: a short one begins again. */
export function aHistory(count: number, { plans }: Reference): History {
  const runs: MissionRun[] = [];
  const rows: TaskLog[] = [];
  const events: RiskEvent[] = [];
  const last = `${LAST_DATE}T23:00:00Z`;
  for (let number = 0; number < count; number += 1) {
    const plan = plans[number % plans.length];
    if (plan === undefined) throw new Error("no plan");
    const { mission_id, tasks } = plan;
    const start_time = addMinutes(last, ((number - count) * TWO_YEARS_MINUTES) / count);
    const run_id = `RUN_${number}`;
    let at = start_time;
    for (let step = 0; step < 3; step += 1) {
      const task = tasks[step % tasks.length];
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
        attempt: step < tasks.length ? 1 : 2,
        started_at: at,
        ended_at,
        ...(needsApproval ? { decision: "approve" as const, decided_by: "ana" } : {}),
        ...(delay >= 5 ? { escalation: "overdue" as const } : {}),
      });
      at = ended_at;
    }
    runs.push({
      run_id,
      mission_id,
      start_time,
      end_time: at,
      total_duration_minutes: minutesBetween(start_time, at),
      status: number % 50 === 0 ? "failed" : "completed",
      kpis: { [KPIS[mission_id] ?? "resolution_time_hours"]: 1 + (number % 4) },
      human_interventions: 1,
      escalations: 0,
      risk_flagged: number % 20 === 0,
    });
    if (number % 20 !== 0) continue;
    const isOpen = number > count - 60;
    events.push({
      event_id: `RISK_${number}`,
      run_id,
      mission_id,
      task_id: tasks[0]?.task_id ?? "",
      risk_type: "task_overrun",
      severity: "low",
      description: "Slow.",
      detected_at: at,
      status: isOpen ? "open" : "closed",
      ...(isOpen ? {} : { closed_at: addMinutes(at, 60) }),
    });
  }
  return { runs, rows, events, requests: [], snapshots: [], plans: new Map() };
}

/** So many runs of the sample's first mission that wait for a decision about its second task. */
export function aWaitingHistory(count: number): History {
  const asked = `${LAST_DATE}T12:00:00Z`;
  const runs: MissionRun[] = [];
  const requests: ApprovalRequest[] = [];
  for (let number = 0; number < count; number += 1) {
    const run_id = `WAITING_${number}`;
    runs.push({
      run_id,
      mission_id: "M001",
      start_time: asked,
      status: "awaiting_approval",
      human_interventions: 0,
      escalations: 0,
      risk_flagged: false,
      thread_id: run_id,
    });
    requests.push({
      approval_id: `APR-${run_id}-T2-1`,
      run_id,
      mission_id: "M001",
      task_id: "T2",
      task: "Verify documents",
      agent_id: "A2",
      attempt: 1,
      stage: "before",
      approval_request_time: addMinutes(asked, number % 500),
      due_at: addMinutes(asked, (number % 500) + 5),
      content_hash: "0".repeat(64),
      allowed: ["approve", "edit", "reject"],
      args: { instruction: "Verify documents" },
      blocked_minutes: (number * 7) % 30,
      status: "pending",
    });
  }
  return { runs, rows: [], events: [], requests, snapshots: [], plans: new Map() };
}

/** A workspace with the sample's missions and the documents of a history, which is not imported yet. */
export function makeWorkspace(make: (reference: Reference) => History): string {
  const folder = join(mkdtempSync(join(tmpdir(), "mission-control-bench-")), "workspace");
  initWorkspace(folder);
  const { runs, rows, events, requests } = make(readReference(folder).reference);
  for (const [name, records] of [
    ["mission_runs", runs],
    ["task_execution_logs", rows],
    ["mission_risk_events", events],
    ["approval_requests", requests],
    ["mission_portfolio_snapshot", []],
  ] as const) {
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(records));
  }
  return folder;
}
