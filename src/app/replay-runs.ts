/** Recorded runs again through the graph: in memory, with the logged answers of agents and people. */

import type { MissionGraphDependencies } from "../../graph/dependencies.ts";
import { buildMissionGraph } from "../../graph/mission-graph.ts";
import { MissionError } from "../errors.ts";
import { compareRuns } from "../history/replay/compare-runs.ts";
import {
  type ReplayScript,
  hadOverrun,
  recallAsks,
  recallDecision,
  writeScript,
} from "../history/replay/replay-script.ts";
import type { AgentMemory, AgentReply, TaskResponse } from "../model/agent-reply.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import { defined } from "../model/defined.ts";
import type { MissionRun } from "../model/mission-runs.ts";
import type { Policy } from "../model/policy.ts";
import type { Reference } from "../model/reference.ts";
import type { ReplayResult } from "../model/replay-result.ts";
import type { RunRecord } from "../model/run-record.ts";
import type { TaskRequest } from "../model/task-exchange.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import { NO_TRACE } from "../model/trace.ts";
import { GRAPH_VERSION } from "../runs/open-run.ts";
import { openMemoryStore } from "../store/sqlite/sqlite-store.ts";
import type { RunDraft, Store } from "../store/store.ts";
import { expectListeners, sha256 } from "./system.ts";

/** Replays one run at a time, on one compiled graph. */
type Replayer = (recorded: RunRecord) => Promise<ReplayResult>;

/** The run being replayed: what the graph's dependencies look at. */
interface Stage {
  readonly script: ReplayScript;
  readonly store: Store;
}

/** @param policy whose risk rules the runs are held against. */
export function createReplayer(policy: Policy): Replayer {
  let stage: Stage | undefined;
  const onStage = (): Stage => {
    if (stage === undefined) throw new Error("no run is being replayed");
    return stage;
  };
  const dependencies: MissionGraphDependencies = {
    get store() {
      return onStage().store;
    },
    reference: () => referenceOf(onStage().script),
    policy: () => policy,
    runtimeOf: () => (request, _signal, memory) => recall(request, memory, onStage().script),
    hasRuntime: () => true,
    describeRuntime: () => undefined,
    checkRuntimes: async () => [],
    abandon: async () => {},
    trace: NO_TRACE,
    boundOf: () => ({}),
    lookAgain: () => {},
    checkInputs: async () => [],
    checkJson: async () => [],
    // Decisions are dated by their logged delays: nobody's time passes here.
    clock: { now: () => onStage().script.run.start_time },
    hash: sha256,
    wait: async () => {},
    expectListeners,
    reword: undefined,
    publish: async () => {},
    checkpoints: "workspace",
    showsTasks: false,
  };
  const graph = buildMissionGraph(dependencies);
  const memory = openMemoryStore({ now: () => onStage().script.run.start_time, hash: sha256 });

  return async (recorded) => {
    const written = writeScript(recorded);
    if ("reason" in written) return notReplayable(recorded, written.reason);
    const { script } = written;
    const { run_id, mission_id } = recorded.run;
    const store = answering(memory, script);
    stage = { script, store };
    try {
      const budgets = recallBudgets(script);
      const opening = { draft: toDraft(script), plan: script.plan };
      await store.openRun({ ...opening, policy: { ...policy, budgets } });
      await store.keepRouting(run_id, script.routing);
      try {
        const thread = { configurable: { thread_id: run_id } };
        const { last_error } = await graph.invoke({ mission_id, run_id }, thread);
        if (last_error !== "") return notReplayable(recorded, last_error);
      } catch (error) {
        if (error instanceof MissionError) return notReplayable(recorded, error.message);
        // Without a checkpointer the gate cannot ask: it throws.
        const [open] = await store.listPending({ now: script.run.start_time });
        if (open === undefined) throw error;
        const { task_id, attempt } = open;
        const what = `the log has no decision about ${task_id}, attempt ${attempt}`;
        return notReplayable(recorded, what);
      }
      const replayed = await store.readRun(run_id);
      if (replayed === undefined) throw new Error(`${run_id} is gone`);
      const run = keepTimes(replayed.run, recorded.run);
      return compareRuns(recorded, { ...replayed, run }, policy.risk.rules);
    } finally {
      await memory.clear();
    }
  };
}

/** Everybody who worked is there, and available. */
function referenceOf({ plan }: ReplayScript): Reference {
  const { mission, tasks, agents } = plan;
  return {
    missions: [mission],
    plans: [{ mission_id: mission.mission_id, tasks }],
    agents,
    capabilities: [],
    kpis: [],
  };
}

/** The start and end that are recorded: what the rows do not explain of them is for the ledger. */
function keepTimes(
  replayed: MissionRun,
  { end_time, total_duration_minutes }: MissionRun,
): MissionRun {
  return { ...replayed, ...defined({ end_time, total_duration_minutes }) };
}

export function notReplayable(
  { run, rows }: Pick<RunRecord, "rows"> & { run: Pick<MissionRun, "run_id" | "mission_id"> },
  reason: string,
): ReplayResult {
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

/** The run as it was opened. How long it took is known already, and risks are judged by that. */
function toDraft({ run, known }: ReplayScript): RunDraft {
  const { run_id, mission_id, start_time, priority, requested_by, total_duration_minutes } = run;
  const { mission_inputs } = run;
  return {
    run_id,
    mission_id,
    start_time,
    created_at: start_time,
    thread_id: run_id,
    status: "running",
    kpis: known,
    kpis_recorded: known,
    human_interventions: 0,
    escalations: 0,
    risk_flagged: false,
    graph_version: GRAPH_VERSION,
    ...defined({ priority, requested_by, mission_inputs, total_duration_minutes }),
  };
}

/** No limit of today's, but where one was in the way then: the store says so. */
function recallBudgets({ rows }: ReplayScript): Policy["budgets"] {
  const run = rows.some(hadOverrun) ? { max_attempts: 0 } : {};
  const stopped = rows.find((row) => row.over_budget === true);
  const isLast = (row: TaskLog) =>
    !rows.some((one) => one.task_id === row.task_id && (one.attempt ?? 1) > (row.attempt ?? 1));
  const instead = stopped !== undefined && isLast(stopped) ? "stop" : "cheaper";
  return { run, mission: {}, month: {}, at_limit: stopped === undefined ? "ask" : instead };
}

/** A store in which every question is answered at once, as it was then: the gate never has to ask. */
function answering(store: Store, script: ReplayScript): Store {
  const answer = async (asked: ApprovalRequest): Promise<void> => {
    const decision = recallDecision(asked, script);
    if (asked.status === "pending" && decision !== undefined) {
      await store.decideApprovals([decision]);
    }
  };
  return {
    ...store,
    async requestApproval(request) {
      const asked = await store.requestApproval(request);
      await answer(asked);
      return asked;
    },
    async reserve(attempt, call, _scopes, refuse) {
      const row = script.rows.find(
        (one) => one.task_id === attempt.task_id && (one.attempt ?? 1) === attempt.attempt,
      );
      if (row !== undefined && hadOverrun(row)) return refuse([], []);
      await store.keepCall(attempt, call);
      return undefined;
    },
    async keepCall(attempt, call, requests) {
      const asked = await store.keepCall(attempt, call, requests);
      for (const request of asked) await answer(request);
      return asked;
    },
  };
}

/** What the agent asked in the attempt, one batch after the other; then its logged result. */
async function recall(
  { task, attempt }: TaskRequest,
  { continuation }: AgentMemory,
  script: ReplayScript,
): Promise<AgentReply | TaskResponse> {
  const { rows } = script;
  const position = typeof continuation === "number" ? continuation : 0;
  const batch = recallAsks({ task_id: task.task_id, attempt }, script)[position];
  if (batch !== undefined) {
    return { kind: "needs_input", requests: [...batch], continuation: position + 1 };
  }
  const row = rows.find(
    (candidate) => candidate.task_id === task.task_id && (candidate.attempt ?? 1) === attempt,
  );
  if (row === undefined) throw new Error(`the log has no attempt ${attempt} at ${task.task_id}`);
  const work_minutes = Math.max(0, row.actual_duration_minutes - row.human_delay_minutes);
  if (row.outcome === "failed") {
    const { error = "failed", retryable, escalation, runtime } = row;
    // Whoever was not there any more was not tried again either.
    const isGone = runtime === undefined && row.attempt !== undefined;
    return {
      kind: "failed",
      error,
      work_minutes,
      retryable: retryable ?? !isGone,
      ask_person: escalation === "failure",
    };
  }
  const { output = null, kpi_observations } = row;
  return { output, work_minutes, ...defined({ kpi_observations }) };
}
