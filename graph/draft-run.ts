/** The record that a run starts with. */

import type { Priority } from "../src/model/mission-runs.ts";
import type { RunDraft } from "../src/telemetry/telemetry-store.ts";
import { GRAPH_VERSION, type MissionGraphDependencies } from "./dependencies.ts";

export interface RunRequest {
  readonly mission_id: string;
  readonly priority: Priority;
  readonly kpi_observations: Readonly<Record<string, number>>;
  /** Empty when nobody said. */
  readonly requested_by: string;
  /** Empty to have one chosen. */
  readonly run_id: string;
  /** The thread it belongs to; absent for one named like the run. */
  readonly thread_id?: string;
}

export function draftRun(
  { mission_id, priority, kpi_observations, requested_by, run_id, thread_id }: RunRequest,
  { clock, checkpoints, policyHash }: MissionGraphDependencies,
): RunDraft {
  const now = clock.now();
  return {
    ...(run_id === "" ? {} : { run_id }),
    mission_id,
    start_time: now,
    status: "running",
    kpis: kpi_observations,
    human_interventions: 0,
    escalations: 0,
    risk_flagged: false,
    ...(requested_by === "" ? {} : { requested_by }),
    priority,
    created_at: now,
    ...(thread_id === undefined ? {} : { thread_id }),
    checkpoints,
    graph_version: GRAPH_VERSION,
    policy_hash: policyHash,
  };
}
