/** The record that a run starts with, and what must hold to go on with one. */

import { MissionError } from "../src/errors.ts";
import type { MissionRun, Priority } from "../src/model/mission-runs.ts";
import type { RunDraft } from "../src/telemetry/telemetry-store.ts";
import { GRAPH_VERSION, type MissionGraphDependencies } from "./dependencies.ts";

/** @throws MissionError `UNKNOWN_GRAPH_VERSION` when another version of the graph wrote its checkpoints. */
export function requireGraphVersion({ run_id, graph_version = "unknown" }: MissionRun): void {
  if (graph_version === GRAPH_VERSION) return;
  const message = `${run_id} was started by graph version ${graph_version}; this is version ${GRAPH_VERSION}, which cannot go on with it.`;
  throw new MissionError("UNKNOWN_GRAPH_VERSION", message, { details: { run_id } });
}

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
    ...(Object.keys(kpi_observations).length === 0 ? {} : { kpis_recorded: kpi_observations }),
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
