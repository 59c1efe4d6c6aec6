/** Carries one task as far as it can go now: calls agents, asks people, writes rows. */

import { INSTRUCTION, OUTPUT, buildInputRequest, buildOutputRequest } from "../approvals/build-request.ts";
import { OUTPUT_REF, applyEdits } from "../approvals/content.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { PlanTask } from "../model/decomposed-mission-tasks.ts";
import type { Policy } from "../model/policy.ts";
import type { Json } from "../model/primitives.ts";
import type { SpecializedAgent } from "../model/specialized-agents.ts";
import type { OutputRef, RouteCandidate, TaskLog } from "../model/task-execution-logs.ts";
import type { Inputs, TaskRequest } from "../model/task-exchange.ts";
import { type AttemptResult, buildRow } from "./attempt-row.ts";
import type { ProgressEvent } from "./progress-event.ts";
import { type Situation, type Step, needsApprovalAfter, nextStep } from "./next-step.ts";
import { type TaskReport, type TaskResult, queuedApprovalSchema, toResult } from "./task-report.ts";

/** The world as a task sees it. */
export interface TaskWorld {
  now(): string;
  hash(text: string): string;
  rowsOf(taskId: string): Promise<readonly TaskLog[]>;
  requestsOf(taskId: string): Promise<readonly ApprovalRequest[]>;
  /** Durable when it resolves. */
  putRow(row: TaskLog): Promise<void>;
  request(request: ApprovalRequest): Promise<ApprovalRequest>;
  /** Calls the agent when there is a place; never rejects for a failure of the agent. */
  call(request: TaskRequest): Promise<{
    readonly called_at: string;
    readonly work_minutes: number;
    readonly is_measured: boolean;
    readonly answer:
      | { kind: "output"; output: Json; kpi_observations?: Readonly<Record<string, number>> }
      | { kind: "error"; error: string };
  }>;
  /** Keeps an output in the row, or a reference to it when it is large. */
  keep(output: Json): Promise<{ output: Json } | { output_ref: OutputRef }>;
  load(reference: OutputRef): Promise<Json>;
  wait(seconds: number): Promise<void>;
  notify(event: Omit<ProgressEvent, "run_id">): void;
}

/** What does not change while a task is carried out. */
export interface Assignment {
  readonly run_id: string;
  readonly mission_id: string;
  readonly task: PlanTask;
  /** All capable agents, best first, and the evidence. */
  readonly route: readonly RouteCandidate[];
  readonly agents: ReadonlyMap<string, SpecializedAgent>;
  /** Timeline: end of the last dependency, or start of the run. */
  readonly ready: string;
  /** Results of its dependencies, by task id. */
  readonly dependencies: Readonly<Record<string, TaskResult>>;
  readonly blocked_minutes: number;
  readonly policy: Policy;
}

/** Works on a task until it is completed, has failed, or waits for a person. */
export async function executeTask(assignment: Assignment, world: TaskWorld): Promise<TaskReport> {
  const { task } = assignment;
  const rows = [...(await world.rowsOf(task.task_id))].toSorted(byAttempt);
  const requests = [...(await world.requestsOf(task.task_id))];
  for (;;) {
    const step = nextStep(describeSituation(assignment, { rows, requests }, world.hash));
    switch (step.kind) {
      case "completed":
        return { status: "completed", result: toResult(step.row) };
      case "failed":
        return { status: "failed", result: toResult(step.row, step.reason) };
      case "wait":
        return { status: "awaiting_approval", request: queuedApprovalSchema.parse(step.request) };
      case "ask":
        requests.push(await askPerson(step, assignment, world));
        break;
      case "call": {
        const made = await callForTask(step, { assignment, rows }, world);
        if ("approval_id" in made) requests.push(made);
        else rows.push(await writeRow(made, { assignment, rows, requests }, world));
        break;
      }
      case "unavailable": {
        const error = `${step.agent_id} is not available`;
        const row = rowOf(step, { assignment, rows }, { outcome: "failed", work_minutes: 0, error });
        rows.push(await writeRow(row, { assignment, rows, requests }, world));
        break;
      }
      case "conclude": {
        const row = await concludeRow(step, { assignment, rows }, world);
        rows.push(await writeRow(row, { assignment, rows, requests }, world));
        break;
      }
    }
  }
}

interface Progress {
  readonly assignment: Assignment;
  readonly rows: readonly TaskLog[];
}

function describeSituation(
  { task, route, agents, dependencies, policy }: Assignment,
  history: Pick<Situation, "rows" | "requests">,
  hash: (text: string) => string,
): Situation {
  const ids = route.map((candidate) => candidate.agent_id);
  const isAvailable = (id: string) => {
    const agent = agents.get(id);
    return agent !== undefined && agent.status !== "unavailable";
  };
  const inputs = Object.entries(dependencies).flatMap(([id, { output, output_ref }]) => {
    if (output_ref !== undefined) return [[id, { [OUTPUT_REF]: output_ref.sha256 }] as const];
    return output === undefined ? [] : [[id, output] as const];
  });
  return {
    ...history,
    task,
    available: ids.filter(isAvailable),
    preferred: ids[0] ?? "",
    inputs: Object.fromEntries(inputs),
    execution: policy.execution,
    hash,
  };
}

async function askPerson(
  step: Extract<Step, { kind: "ask" }>,
  assignment: Assignment,
  world: TaskWorld,
): Promise<ApprovalRequest> {
  const { inputs } = describeSituation(assignment, { rows: [], requests: [] }, world.hash);
  const facts = requestFacts(step, assignment, { inputs, now: world.now() });
  const request = await world.request(buildInputRequest(step.stage, facts, world.hash));
  notifyRequested(request, world);
  return request;
}

function requestFacts(
  step: { agent_id: string; attempt: number; feedback?: string },
  { run_id, mission_id, task, policy, blocked_minutes }: Assignment,
  { inputs, now }: { inputs: Inputs; now: string },
) {
  const { agent_id, attempt, feedback } = step;
  const { due_minutes } = policy.approvals;
  const asked = { asked_at: now, due_minutes, blocked_minutes };
  return { run_id, mission_id, task, agent_id, attempt, inputs, feedback, ...asked };
}

/** Calls the agent; the result is a row, or a request when a person must judge the output first. */
async function callForTask(
  step: Extract<Step, { kind: "call" }>,
  { assignment, rows }: Progress,
  world: TaskWorld,
): Promise<TaskLog | ApprovalRequest> {
  const { run_id, mission_id, task, policy } = assignment;
  const { agent_id, attempt, feedback, approved } = step;
  const agent = assignment.agents.get(agent_id);
  if (agent === undefined) throw new Error(`agent ${agent_id} is not registered`);
  if (rows.at(-1)?.outcome === "failed") await world.wait(policy.execution.retry.wait_seconds);
  const edits = approved?.edits ?? {};
  const described = { task_id: task.task_id, task: task.task, agent_id, attempt };
  const reply = await world.call({
    run_id,
    mission_id,
    task,
    agent,
    attempt,
    idempotency_key: `${run_id}:${task.task_id}:${attempt}`,
    inputs: await loadInputs(assignment, edits, world),
    ...(feedback === undefined ? {} : { feedback }),
    ...(approved?.edits === undefined ? {} : { edits }),
  });
  const { answer, work_minutes } = reply;
  const measured = reply.is_measured ? { called_at: reply.called_at } : {};
  if (answer.kind === "error") {
    const result = { outcome: "failed" as const, work_minutes, error: answer.error, ...measured };
    return rowOf(step, { assignment, rows }, result);
  }
  const { kpi_observations } = answer;
  const kept = {
    ...(await world.keep(answer.output)),
    ...(kpi_observations === undefined ? {} : { kpi_observations }),
  };
  const outcome = task.requires_human_approval ? "approved" : "completed";
  const row = rowOf(step, { assignment, rows }, { outcome, work_minutes, kept, ...measured });
  if (!needsApprovalAfter(task)) return row;
  const facts = requestFacts(step, assignment, { inputs: {}, now: world.now() });
  const judged = { ...kept, work_minutes, ...(row.started_at === undefined ? {} : { started_at: row.started_at }) };
  const request = await world.request(buildOutputRequest(facts, judged, world.hash));
  world.notify({ event: "task-ended", ...described, outcome: "drafted", work_minutes });
  notifyRequested(request, world);
  return request;
}

async function loadInputs(assignment: Assignment, edits: ApprovalRequest["edits"], world: TaskWorld): Promise<Inputs> {
  const inputs: Record<string, Json> = {};
  for (const [id, { output, output_ref }] of Object.entries(assignment.dependencies)) {
    if (output_ref !== undefined) inputs[id] = await world.load(output_ref);
    else if (output !== undefined) inputs[id] = output;
  }
  const { [INSTRUCTION]: _instruction, ...changed } = edits ?? {};
  const edited = applyEdits(inputs, changed, "inputs");
  return typeof edited === "object" && edited !== null && !Array.isArray(edited) ? edited : inputs;
}

/** The row of an attempt that a decision ended: refused, skipped, or its output judged. */
async function concludeRow(
  { attempt, outcome, decided }: Extract<Step, { kind: "conclude" }>,
  { assignment, rows }: Progress,
  world: TaskWorld,
): Promise<TaskLog> {
  const { agent_id, kpi_observations, output, output_ref, edits } = decided;
  const work_minutes = decided.stage === "after" ? (decided.work_minutes ?? 0) : 0;
  const original = output_ref === undefined ? output : await world.load(output_ref);
  const kept =
    original === undefined
      ? undefined
      : {
          ...(await world.keep(edits === undefined ? original : applyEdits(original, edits, OUTPUT))),
          ...(kpi_observations === undefined ? {} : { kpi_observations }),
        };
  const step = { agent_id, attempt, decided };
  const ready = decided.started_at;
  return rowOf(step, { assignment, rows }, { outcome, work_minutes, kept }, ready);
}

function rowOf(
  step: { agent_id: string; attempt: number; decided?: ApprovalRequest },
  { assignment, rows }: Progress,
  result: AttemptResult,
  ready?: string,
): TaskLog {
  const start = ready ?? rows.at(-1)?.ended_at ?? assignment.ready;
  return buildRow({ ...assignment, ...step, ready: start }, result);
}

/** Marks the failure that goes to a person, then makes the row durable. */
async function writeRow(
  row: TaskLog,
  { assignment, rows, requests }: Progress & { requests: readonly ApprovalRequest[] },
  world: TaskWorld,
): Promise<TaskLog> {
  const after = describeSituation(assignment, { rows: [...rows, row], requests }, world.hash);
  const next = row.outcome === "failed" ? nextStep(after) : undefined;
  const isEscalated = next?.kind === "ask" && next.stage === "failure";
  const written: TaskLog = isEscalated ? { ...row, escalation: "failure" } : row;
  await world.putRow(written);
  world.notify({
    event: "task-ended",
    task_id: row.task_id,
    task: assignment.task.task,
    agent_id: row.agent_id,
    attempt: row.attempt ?? 1,
    outcome: row.outcome,
    work_minutes: Math.max(0, row.actual_duration_minutes - row.human_delay_minutes),
    ...(row.error === undefined ? {} : { error: row.error }),
  });
  return written;
}

function notifyRequested(request: ApprovalRequest, world: TaskWorld): void {
  const { task_id, task, agent_id, attempt, approval_id } = request;
  world.notify({ event: "approval-requested", task_id, task, agent_id, attempt, approval_id });
}

function byAttempt(a: TaskLog, b: TaskLog): number {
  return (a.attempt ?? 1) - (b.attempt ?? 1);
}
