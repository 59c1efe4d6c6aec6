/** What the version before there was a database had written of a run of M001 that waits for T2. */

import { writeDocument } from "./write-workspace.ts";

export const OLD_RUN = {
  mission_id: "M001",
  start_time: "2026-11-22T12:00:00Z",
  status: "awaiting_approval",
  kpis: {},
  human_interventions: 0,
  escalations: 0,
  risk_flagged: false,
  requested_by: "ana",
  priority: "normal",
  created_at: "2026-11-22T12:00:00Z",
  checkpoints: "workspace",
  graph_version: "1",
  policy_hash: "447588f65955357e721bbb741bcb2d275c8e45eab6dae15e0506bc7d44587a5d",
  run_id: "RUN_2026_11_22_009",
  thread_id: "RUN_2026_11_22_009",
} as const;

export const OLD_REQUEST = {
  approval_id: "APR-RUN_2026_11_22_009-T2-1",
  run_id: "RUN_2026_11_22_009",
  mission_id: "M001",
  task_id: "T2",
  task: "Verify documents",
  agent_id: "A2",
  attempt: 1,
  stage: "before",
  approval_request_time: "2026-11-22T12:00:00Z",
  due_at: "2026-11-22T12:05:00Z",
  content_hash: "264b89d1d664ba53d54db9f19decfed49b42edaa33d2f57dd441ad3e03fb6ad6",
  allowed: ["approve", "edit", "reject"],
  args: {
    instruction: "Verify documents",
    "T1.summary": "Collect customer information: done by Data Collection Agent.",
  },
  blocked_minutes: 13,
  status: "pending",
} as const;

export const OLD_ROW = {
  run_id: "RUN_2026_11_22_009",
  mission_id: "M001",
  task_id: "T1",
  agent_id: "A1",
  actual_duration_minutes: 6.11,
  human_approval_required: false,
  human_delay_minutes: 0,
  outcome: "completed",
  attempt: 1,
  started_at: "2026-11-22T12:00:00Z",
  ended_at: "2026-11-22T12:06:06.600Z",
  output: { summary: "Collect customer information: done by Data Collection Agent." },
} as const;

/** Puts the run into the documents of a sample workspace, after what they have. */
export function addOldRun(
  workspace: string,
  before: (name: string) => readonly Record<string, unknown>[],
): void {
  const added = {
    mission_runs: OLD_RUN,
    approval_requests: OLD_REQUEST,
    task_execution_logs: OLD_ROW,
  };
  for (const [name, record] of Object.entries(added)) {
    writeDocument(workspace, name, [...before(name), record]);
  }
}
