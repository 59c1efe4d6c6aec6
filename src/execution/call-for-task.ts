/** One agent call for a task, and what it leaves behind. */

import { toAgentAnswer } from "../approvals/agent-answer.ts";
import { INSTRUCTION } from "../approvals/build-request.ts";
import { applyEdits } from "../approvals/content.ts";
import { createNaming } from "../approvals/labels.ts";
import { warnOfObservations } from "../kpi/observations.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import { defined } from "../model/defined.ts";
import type { Json } from "../model/primitives.ts";
import type { Inputs, TaskRequest } from "../model/task-exchange.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import { rowOf } from "./attempt-row.ts";
import type { Overrun } from "./budgets.ts";
import { askAboutOutput, buildAgentRequests } from "./make-request.ts";
import { needsApprovalAfter } from "./next-step.ts";
import type { Situation } from "./situation.ts";
import type { Step } from "./step.ts";
import type { Assignment, KeyedAnswer, TaskWorld } from "./task-world.ts";

/** What people are asked before an attempt can end. */
interface Asked {
  readonly asked: readonly ApprovalRequest[];
}

/** Calls the agent; the result is a row, or requests when a person must judge the output, or the agent asks, first. */
export async function callForTask(
  step: Extract<Step, { kind: "call" }>,
  situation: Situation,
  { assignment, world }: { assignment: Assignment; world: TaskWorld },
): Promise<TaskLog | Asked | { readonly overrun: Overrun }> {
  const { rows, requests } = situation;
  const progress = { assignment, rows, requests };
  const { run_id, mission_id, mission_inputs, task, policy } = assignment;
  const { agent_id, attempt, feedback, approved, asks = [], isLet = false } = step;
  const agent = assignment.agents.get(agent_id);
  if (agent === undefined) throw new Error(`agent ${agent_id} is not registered`);
  if (rows.at(-1)?.outcome === "failed") await world.wait(policy.execution.retry.wait_seconds);
  const edits = approved?.edits ?? {};
  const described = { task_id: task.task_id, task: task.task, agent_id, attempt };
  const request: TaskRequest = {
    run_id,
    mission_id,
    mission_inputs,
    task,
    agent,
    attempt,
    idempotency_key: `${run_id}:${task.task_id}:${attempt}`,
    inputs: await loadInputs(assignment, edits, world),
    ...defined({ feedback }),
    ...(approved?.edits === undefined ? {} : { edits }),
  };
  const reply = await world.call(request, { answers: readAnswers(asks), isLet });
  if ("overrun" in reply) return reply;
  const { answer, work_minutes, runtime, usage, reserved } = reply;
  const measured = {
    runtime,
    usage,
    reserved,
    ...(reply.is_measured ? { called_at: reply.called_at } : {}),
  };
  if (answer.kind === "error") {
    const { error, retryable } = answer;
    const said = { retryable, kept: defined({ warnings: warningsOf(reply) }) };
    const result = { outcome: "failed" as const, work_minutes, error, ...said, ...measured };
    const row = rowOf(step, progress, result);
    return answer.ask_person === true ? { ...row, escalation: "failure" } : row;
  }
  if (answer.kind === "asks") {
    const { max_asks } = policy.execution;
    if (asks.length + answer.requests.length > max_asks) {
      await world.abandon(request, answer.continuation);
      const error = `it asks people more often than execution.max_asks lets it (${max_asks})`;
      const kept = defined({ warnings: warningsOf(reply) });
      const result = { outcome: "failed" as const, work_minutes, error, kept, ...measured };
      // Another agent might be asked the same: a person says how to go on.
      return { ...rowOf(step, progress, result), escalation: "failure" };
    }
    const facts = { request, asks, questions: answer.requests };
    const built = buildAgentRequests(facts, { assignment, world });
    const { continuation } = answer;
    const asked = await world.suspend(request, { ...reply, continuation }, built);
    for (const { approval_id } of asked) {
      world.notify({ event: "approval-requested", ...described, approval_id });
    }
    return { asked };
  }
  const { kpi_observations } = answer;
  const warned = [
    ...(reply.warnings ?? []),
    ...warnOfObservations(kpi_observations ?? {}, assignment.kpis),
  ];
  const kept = {
    ...(await world.keep(answer.output)),
    ...defined({ kpi_observations, warnings: warned.length === 0 ? undefined : [...warned] }),
  };
  const outcome = task.requires_human_approval ? "approved" : "completed";
  const row = rowOf(step, progress, { outcome, work_minutes, kept, ...measured });
  if (!needsApprovalAfter(task)) return row;
  const { started_at } = row;
  const judged = { work_minutes, ...kept, ...defined({ started_at, runtime, usage, reserved }) };
  world.notify({ event: "task-ended", ...described, outcome: "drafted", work_minutes });
  return { asked: [await askAboutOutput(step, judged, situation, { assignment, world })] };
}

function warningsOf({ warnings }: { readonly warnings?: readonly string[] }): string[] | undefined {
  return warnings === undefined ? undefined : [...warnings];
}

/** What was decided of each that the agent asked, by approval. */
function readAnswers(asks: readonly ApprovalRequest[]): ReadonlyMap<string, KeyedAnswer> {
  return new Map(
    asks.flatMap((asked) => {
      const { approval_id, question } = asked;
      return question === undefined
        ? []
        : [[approval_id, { key: question.key, answer: toAgentAnswer(asked) }] as const];
    }),
  );
}

/** The outputs of the tasks that a task depends on, large ones too. */
export async function loadOutputs(
  { dependencies }: Assignment,
  world: Pick<TaskWorld, "load">,
): Promise<Inputs> {
  const loaded: [string, Json][] = [];
  for (const [id, { output, output_ref }] of Object.entries(dependencies)) {
    if (output_ref !== undefined) loaded.push([id, await world.load(output_ref)]);
    else if (output !== undefined) loaded.push([id, output]);
  }
  return Object.fromEntries(loaded);
}

async function loadInputs(
  assignment: Assignment,
  edits: ApprovalRequest["edits"],
  world: TaskWorld,
): Promise<Inputs> {
  const inputs = await loadOutputs(assignment, world);
  const { [INSTRUCTION]: _instruction, ...changed } = edits ?? {};
  const edited = applyEdits(inputs, changed, "inputs", createNaming(assignment.labels));
  return typeof edited === "object" && edited !== null && !Array.isArray(edited) ? edited : inputs;
}
