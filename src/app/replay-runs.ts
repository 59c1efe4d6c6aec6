/** Recorded runs again through the graph: in memory, with the logged answers of agents and people. */

import { GRAPH_VERSION, type MissionGraphDependencies } from "../../graph/dependencies.ts";
import { buildMissionGraph } from "../../graph/mission-graph.ts";
import { MissionError } from "../errors.ts";
import type { RiskEvent } from "../model/mission-risk-events.ts";
import type { Policy } from "../model/policy.ts";
import type { Reference } from "../model/reference.ts";
import type { TaskRequest, TaskResponse } from "../model/task-exchange.ts";
import { type ReplayResult, compareRuns } from "../replay/compare-runs.ts";
import { type ReplayScript, recallDecision, writeScript } from "../replay/replay-script.ts";
import type { RecordedRun } from "../replay/replay-script.ts";
import { createMemoryTelemetryStore } from "../telemetry/memory-telemetry-store.ts";
import type { TelemetryStore } from "../telemetry/telemetry-store.ts";
import { expectListeners, sha256 } from "./system.ts";

/** A recorded run with the risk events that were found in it. */
export interface RecordedInBooks extends RecordedRun {
  readonly events: readonly RiskEvent[];
}

/** Replays one run at a time, on one compiled graph. */
type Replayer = (recorded: RecordedInBooks) => Promise<ReplayResult>;

/** The run being replayed: what the graph's dependencies look at. */
interface Stage {
  readonly script: ReplayScript;
  readonly store: TelemetryStore;
}

export function createReplayer(reference: Reference, policy: Policy): Replayer {
  let stage: Stage | undefined;
  const onStage = (): Stage => {
    if (stage === undefined) throw new Error("no run is being replayed");
    return stage;
  };
  const dependencies: MissionGraphDependencies = {
    get store() {
      return onStage().store;
    },
    reference: () => onStage().script.reference,
    policy,
    policyHash: "",
    runtimeOf: () => (request) => recall(request, onStage().script),
    hasRuntime: () => true,
    // Decisions are dated by their logged delays: nobody's time passes here.
    clock: { now: () => onStage().script.run.start_time },
    hash: sha256,
    wait: async () => {},
    expectListeners,
    polisher: undefined,
    checkpoints: "workspace",
    orderAgents: (taskId) => onStage().script.agentsByTask.get(taskId),
  };
  const graph = buildMissionGraph(dependencies);

  return async (recorded) => {
    const { run } = recorded;
    const written = writeScript(recorded, reference);
    if ("reason" in written) return notReplayable(recorded, written.reason);
    const store = answering(createMemoryTelemetryStore({ hash: sha256 }), written.script);
    stage = { script: written.script, store };
    const { end_time, total_duration_minutes } = run;
    await store.openRun(toDraft(written.script));
    try {
      const input = { mission_id: run.mission_id, run_id: run.run_id };
      const thread = { configurable: { thread_id: run.run_id } };
      const { last_error, run_status } = await graph.invoke(input, thread);
      if (last_error !== "" && run_status === "failed" && (await store.listTaskLogs()).length === 0)
        return notReplayable(recorded, last_error);
    } catch (error) {
      if (error instanceof MissionError) return notReplayable(recorded, error.message);
      // Without a checkpointer the gate cannot ask: it throws.
      const requests = await store.listApprovals();
      const open = requests.find((request) => request.status === "pending");
      if (open === undefined) throw error;
      const { task_id, attempt } = open;
      const what = `the log has no decision about ${task_id}, attempt ${attempt}`;
      return notReplayable(recorded, what);
    }
    const replayed = await store.findRun(run.run_id);
    if (replayed === undefined) throw new Error(`${run.run_id} is gone`);
    const kept = {
      ...replayed,
      ...(end_time === undefined ? {} : { end_time }),
      ...(total_duration_minutes === undefined ? {} : { total_duration_minutes }),
    };
    const [rows, events] = await Promise.all([store.listTaskLogs(), store.listRiskEvents()]);
    return compareRuns(recorded, { run: kept, rows, events }, policy.risk.rules);
  };
}

function notReplayable({ run, rows }: RecordedRun, reason: string): ReplayResult {
  return {
    run_id: run.run_id,
    mission_id: run.mission_id,
    status: "not_replayable",
    differences: [],
    risk_events: [],
    rows: { recorded: rows.length, equal: 0 },
    reason,
  };
}

/** The run as it was opened; its end is known already, and kept. */
function toDraft({ run, observations }: ReplayScript) {
  const { run_id, mission_id, start_time, priority, requested_by, total_duration_minutes } = run;
  return {
    run_id,
    mission_id,
    start_time,
    created_at: start_time,
    thread_id: run_id,
    status: "running" as const,
    kpis: observations,
    kpis_recorded: observations,
    human_interventions: 0,
    escalations: 0,
    risk_flagged: false,
    graph_version: GRAPH_VERSION,
    ...(priority === undefined ? {} : { priority }),
    ...(requested_by === undefined ? {} : { requested_by }),
    ...(total_duration_minutes === undefined ? {} : { total_duration_minutes }),
  };
}

/**
 * A store in which every question is answered at once, as it was then: the gate never has to ask.
 * There is no board: it would look at other runs too.
 */
function answering(store: TelemetryStore, script: ReplayScript): TelemetryStore {
  return {
    ...store,
    refreshBoard() {},
    async requestApproval(request) {
      const asked = await store.requestApproval(request);
      const decision = recallDecision(asked, script);
      if (asked.status === "pending" && decision !== undefined) {
        await store.decideApprovals([decision]);
      }
      return asked;
    },
  };
}

/** The logged result of an attempt. */
async function recall(
  { task, attempt }: TaskRequest,
  { rows }: ReplayScript,
): Promise<TaskResponse> {
  const row = rows.find(
    (candidate) => candidate.task_id === task.task_id && (candidate.attempt ?? 1) === attempt,
  );
  if (row === undefined) throw new Error(`the log has no attempt ${attempt} at ${task.task_id}`);
  const work_minutes = Math.max(0, row.actual_duration_minutes - row.human_delay_minutes);
  if (row.outcome === "failed") {
    throw Object.assign(new Error(row.error ?? "failed"), { work_minutes });
  }
  const { output = null, kpi_observations } = row;
  return { output, work_minutes, ...(kpi_observations === undefined ? {} : { kpi_observations }) };
}
