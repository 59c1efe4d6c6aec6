/** The gate (§8): one interrupt for the whole queue. What it asks and accepts: docs/gate-protocol.md. */

import { interrupt, task as durableTask } from "@langchain/langgraph";

import { type GateQuestion, buildQuestion } from "../../src/approvals/question.ts";
import { readAnswer } from "../../src/approvals/read-answer.ts";
import { isDelivery, toRecords } from "../../src/approvals/record.ts";
import { orderByUrgency } from "../../src/approvals/urgency.ts";
import { MissionError } from "../../src/errors.ts";
import type { ApprovalRequest } from "../../src/model/approval-requests.ts";
import { highestSeverity } from "../../src/model/mission-risk-events.ts";
import { isEnded } from "../../src/model/mission-runs.ts";
import { toMs } from "../../src/model/time.ts";
import { assessRun } from "../assess-run.ts";
import type { MissionGraphDependencies } from "../dependencies.ts";
import { readRisks } from "../read-run.ts";
import { type MissionNode, type MissionState, type MissionUpdate, runInState } from "../state.ts";

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
      return { ...release(standing.approval_ids, state), last_error: "" };

    const answer: unknown = interrupt(standing.question);
    const asked = standing.question.approvals.map((approval) => approval.approval_id);
    const record = durableTask({ name: "record the answer" }, () =>
      recordAnswer(answer, asked, state, dependencies),
    );
    const { approval_ids, last_error } = await record();
    return { ...release(approval_ids, state), last_error };
  };
}

async function lookAtQueue(
  state: MissionState,
  dependencies: MissionGraphDependencies,
): Promise<Standing> {
  const { run_id, mission_id, hitl_queue, last_error } = state;
  const { store, clock } = dependencies;
  const run = await store.findRun(run_id);
  if (run !== undefined && isEnded(run)) return { kind: "ended", status: run.status };
  const requests = await queuedRequests(run_id, hitl_queue, store);
  const decided = requests.filter((request) => request.status !== "pending");
  if (decided.length > 0) {
    return { kind: "decided", approval_ids: decided.map((request) => request.approval_id) };
  }
  const now = clock.now();
  if (requests.some(({ due_at }) => toMs(due_at) <= toMs(now))) {
    await assessRun(await readRisks(run_id, dependencies, runInState(state)), dependencies);
  }
  // A person may look long: let them find everything in the documents.
  await Promise.all([
    store.changeRun(run_id, (current) =>
      current.status === "running" ? { ...current, status: "awaiting_approval" } : current,
    ),
    store.settleSoon(),
  ]);
  const events = await store.listRiskEvents(run_id);
  const riskOf = (taskId: string) =>
    highestSeverity(events.filter((event) => event.task_id === taskId && event.status === "open"));
  const ordered = orderByUrgency(requests, now);
  return {
    kind: "ask",
    question: buildQuestion(ordered, { run_id, mission_id, last_error, riskOf }),
  };
}

/**
 * Writes what the answer decides to the store, where the first decision wins, and reports every
 * queued request that is decided now, also by others.
 */
async function recordAnswer(
  answer: unknown,
  asked: readonly string[],
  { run_id, hitl_queue }: MissionState,
  { store, clock, policy }: MissionGraphDependencies,
): Promise<{ approval_ids: readonly string[]; last_error: string }> {
  const requests = await store.listApprovals(run_id);
  const byId = new Map(requests.map((request) => [request.approval_id, request]));
  // For reading, all that was asked counts as pending: who was first is for the store to say.
  const pending = asked.flatMap((id) => byId.get(id) ?? []);
  const settled = requests.filter((request) => !asked.includes(request.approval_id));
  const reading = readAnswer(answer, { pending, settled, approvers: policy.approvals.approvers });
  let conflict = "";
  if (reading.kind === "decided") {
    const source = Array.isArray(answer) ? "inbox" : "studio";
    const records = toRecords(reading.decisions, { run_id, decided_at: clock.now(), source });
    const fresh = records.filter((record) => !isDelivery(record, byId.get(record.approval_id)));
    try {
      if (fresh.length > 0) await store.decideApprovals(fresh);
    } catch (error) {
      if (!(error instanceof MissionError) || error.code !== "ALREADY_DECIDED") throw error;
      conflict = error.message;
    }
  }
  const now = await queuedRequests(run_id, hitl_queue, store);
  const decided = now.filter((request) => request.status !== "pending");
  if (decided.length > 0) {
    await store.changeRun(run_id, (current) =>
      current.status === "awaiting_approval" ? { ...current, status: "running" } : current,
    );
  }
  // What others decided meanwhile counts: then it is not true that nothing was decided.
  const refusal = reading.kind === "refused" && decided.length === 0 ? reading.message : "";
  return {
    approval_ids: decided.map((request) => request.approval_id),
    last_error: conflict || refusal,
  };
}

async function queuedRequests(
  runId: string,
  queue: MissionState["hitl_queue"],
  store: MissionGraphDependencies["store"],
): Promise<readonly ApprovalRequest[]> {
  const ids = new Set(queue.map((queued) => queued.approval_id));
  const requests = await store.listApprovals(runId);
  return requests.filter((request) => ids.has(request.approval_id));
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
