/** The gate (§8): one interrupt for the whole queue. What it asks and accepts: docs/gate-protocol.md. */

import { interrupt, task as durableTask } from "@langchain/langgraph";

import { checkAnswers } from "../../src/approvals/check-answers.ts";
import { type GateQuestion, buildQuestion } from "../../src/approvals/question.ts";
import { readAnswer } from "../../src/approvals/read-answer.ts";
import { isDelivery, toRecords } from "../../src/approvals/record.ts";
import { isOverdue, orderByUrgency } from "../../src/approvals/urgency.ts";
import { MissionError } from "../../src/errors.ts";
import { aggregateRun } from "../../src/execution/run-aggregates.ts";
import { amend } from "../../src/model/amend.ts";
import { isEqual } from "../../src/model/is-equal.ts";
import { highestSeverity } from "../../src/model/mission-risk-events.ts";
import { isEnded } from "../../src/model/mission-runs.ts";
import type { RunRecord } from "../../src/model/run-record.ts";
import { assessRun } from "../../src/runs/assess-run.ts";
import { readFigures, readRun } from "../../src/runs/read-run.ts";
import type { MissionGraphDependencies } from "../dependencies.ts";
import type { MissionNode, MissionState, MissionUpdate } from "../state.ts";

/** What stands in the store when the gate is reached. */
type Standing =
  | { readonly kind: "ended"; readonly status: MissionState["run_status"] }
  /** Some requests were decided before anybody had to be asked. */
  | { readonly kind: "decided"; readonly approval_ids: readonly string[] }
  | { readonly kind: "ask"; readonly question: GateQuestion };

/**
 * Asks, and goes on with what was decided; asks again, and says why, when nothing was.
 *
 * LangGraph runs this function from the top on every resume. The store is read in a durable task,
 * so that a resumed gate sees what it saw when it asked: read directly, a decision that comes in
 * between would change the order that a positional answer goes by. `interrupt()` works by throwing
 * and must not stand in a try block.
 */
export function createAwaitApprovals(dependencies: MissionGraphDependencies): MissionNode {
  return async (state) => {
    const look = durableTask({ name: "look at the queue" }, () => lookAtQueue(state, dependencies));
    const standing: Standing = await look();
    if (standing.kind === "ended") return { run_status: standing.status, hitl_queue: [] };
    if (standing.kind === "decided")
      return { last_error: "", ...release(standing.approval_ids, state) };

    const answer: unknown = interrupt(standing.question);
    const asked = standing.question.approvals.map((approval) => approval.approval_id);
    const record = durableTask({ name: "record the answer" }, () =>
      recordAnswer(answer, asked, state, dependencies),
    );
    const { approval_ids, last_error, ended } = await record();
    if (ended !== undefined) return { run_status: ended, hitl_queue: [] };
    return { last_error, ...release(approval_ids, state) };
  };
}

async function lookAtQueue(
  state: MissionState,
  dependencies: MissionGraphDependencies,
): Promise<Standing> {
  const { run_id, mission_id, last_error } = state;
  const { store } = dependencies;
  const figures = await readFigures(run_id, dependencies);
  const { run, now } = figures;
  if (isEnded(run)) return { kind: "ended", status: run.status };
  const approval_ids = decidedOf(figures, state);
  if (approval_ids.length > 0) return { kind: "decided", approval_ids };
  const requests = queuedOf(figures, state);
  if (requests.some((request) => isOverdue(request, now))) await assessRun(figures, dependencies);
  const { human_interventions, escalations } = countRun(figures);
  const waiting = { human_interventions, escalations, status: "awaiting_approval" } as const;
  if (!isEqual(amend(run, waiting), run)) {
    await store.changeRun(run_id, (current) =>
      isEnded(current) ? current : amend(current, waiting),
    );
  }
  // A person may look long: let them find everything in the documents.
  await dependencies.publish();
  const { events } = await readRun(run_id, dependencies);
  const riskOf = (taskId: string) =>
    highestSeverity(events.filter((event) => event.task_id === taskId && event.status === "open"));
  const hasAskedBefore = figures.requests.length > requests.length;
  const ordered = orderByUrgency(requests, now);
  return {
    kind: "ask",
    question: buildQuestion(ordered, {
      run_id,
      mission_id,
      mission_name: figures.mission.mission_name,
      nameOf: (agentId) =>
        figures.plan.agents.find((agent) => agent.agent_id === agentId)?.name ?? agentId,
      approvers: figures.approvers,
      last_error,
      riskOf,
      hasAskedBefore,
    }),
  };
}

/**
 * Writes what the answer decides to the store, where the first decision wins, and reports every
 * queued request that is decided now, also by others.
 */
async function recordAnswer(
  answer: unknown,
  asked: readonly string[],
  state: MissionState,
  dependencies: MissionGraphDependencies,
): Promise<{
  approval_ids: readonly string[];
  last_error: string;
  /** Where somebody has ended the run while it waited. */
  ended?: MissionState["run_status"];
}> {
  const { run_id } = state;
  const { store, clock, policy } = dependencies;
  const { run, requests } = await readRun(run_id, dependencies);
  if (isEnded(run)) return { approval_ids: [], last_error: "", ended: run.status };
  const byId = new Map(requests.map((request) => [request.approval_id, request]));
  // For reading, all that was asked counts as pending: who was first is for the store to say.
  const pending = asked.flatMap((id) => byId.get(id) ?? []);
  const settled = requests.filter((request) => !asked.includes(request.approval_id));
  const { approvers } = policy().approvals;
  const read = readAnswer(answer, { pending, settled, approvers });
  const reading = await checkAnswers(read, pending, dependencies.checkJson);
  let conflict = "";
  if (reading.kind === "decided") {
    const source = Array.isArray(answer) ? "inbox" : "studio";
    const records = toRecords(reading.decisions, { run_id, decided_at: clock.now(), source });
    const fresh = records.filter((record) => !isDelivery(record, byId.get(record.approval_id)));
    try {
      if (fresh.length > 0) await store.decideApprovals(fresh);
      await store.secured();
    } catch (error) {
      if (!(error instanceof MissionError) || error.code !== "ALREADY_DECIDED") throw error;
      conflict = error.message;
    }
  }
  const approval_ids = decidedOf(await readRun(run_id, dependencies), state);
  if (approval_ids.length > 0) {
    await store.changeRun(run_id, (current) =>
      current.status === "awaiting_approval" ? { ...current, status: "running" } : current,
    );
  }
  // What others decided meanwhile counts: then it is not true that nothing was decided.
  const refusal = reading.kind === "refused" && approval_ids.length === 0 ? reading.message : "";
  return { approval_ids, last_error: conflict || refusal };
}

/** What is counted so far: people look at a run that waits. */
function countRun({ run, rows, policy }: RunRecord) {
  const dueMinutes = policy.approvals.due_minutes;
  return aggregateRun(rows, { startTime: run.start_time, dueMinutes });
}

/** The requests that the state's queue names. */
function queuedOf({ requests }: Pick<RunRecord, "requests">, { hitl_queue }: MissionState) {
  const ids = new Set(hitl_queue.map((queued) => queued.approval_id));
  return requests.filter((request) => ids.has(request.approval_id));
}

function decidedOf(record: Pick<RunRecord, "requests">, state: MissionState): readonly string[] {
  return queuedOf(record, state)
    .filter((request) => request.status !== "pending")
    .map((request) => request.approval_id);
}

/** Takes decided requests from the queue; their tasks are D's again. */
function release(approvalIds: readonly string[], state: MissionState): MissionUpdate {
  if (approvalIds.length === 0) return {};
  const decided = new Set(approvalIds);
  const statuses = { ...state.task_status_by_id };
  for (const queued of state.hitl_queue) {
    if (decided.has(queued.approval_id)) statuses[queued.task_id] = "pending";
  }
  return {
    task_status_by_id: statuses,
    hitl_queue: state.hitl_queue.filter((queued) => !decided.has(queued.approval_id)),
    run_status: "running",
  };
}
