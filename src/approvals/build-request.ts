/** From a task that needs a person to the request that is stored and asked. */

import type { AgentRequest } from "../model/agent-reply.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import { canonicalJson } from "../model/canonical-json.ts";
import type { ApprovalStage, DecisionType } from "../model/decision.ts";
import type { PlanTask } from "../model/decomposed-mission-tasks.ts";
import { defined } from "../model/defined.ts";
import { type MissionInputs, sayInputs } from "../model/mission-inputs.ts";
import type { Json, Scalar } from "../model/primitives.ts";
import type { Inputs } from "../model/task-exchange.ts";
import { addMinutes } from "../model/time.ts";
import { type Args, type Hash, contentHash, flatten } from "./content.ts";
import { type Labels, OUTPUT, createNaming } from "./labels.ts";

const SUFFIX = {
  before: "",
  after: "-output",
  failure: "-failure",
} as const satisfies Partial<Record<ApprovalStage, string>>;

/** The name of the value that tells the agent what to do; a person may reword it. */
export const INSTRUCTION = "instruction";

/** `APR-<run>-<task>-<attempt>`, with what it is that is asked: `-output`, `-failure` or `-ask-<n>`. */
function approvalId(runId: string, taskId: string, attempt: number, suffix: string) {
  return `APR-${runId}-${taskId}-${attempt}${suffix}`;
}

export interface RequestFacts {
  readonly run_id: string;
  readonly mission_id: string;
  readonly task: PlanTask;
  readonly agent_id: string;
  readonly attempt: number;
  readonly inputs: Inputs;
  /** Labels of the inputs, by path. */
  readonly labels: Labels;
  readonly mission_inputs: MissionInputs;
  readonly feedback?: string | undefined;
  /** Clock: now. */
  readonly asked_at: string;
  readonly due_minutes: number;
  readonly blocked_minutes: number;
}

/** A request at stage `before` or `failure`: shall this agent do this, with these inputs? */
export function buildInputRequest(
  stage: "before" | "failure",
  facts: RequestFacts,
  hash: Hash,
): ApprovalRequest {
  const { task, inputs, labels } = facts;
  const instruction = { [INSTRUCTION]: task.task };
  // First to be seen, and not hidden by an input of the same name.
  const args = {
    ...instruction,
    ...flatten(inputs, "inputs", createNaming(labels)),
    ...instruction,
  };
  const allowed = [...allowedDecisions(facts.task), ...(stage === "failure" ? SKIP : [])];
  return buildRequest(stage, facts, {
    suffix: SUFFIX[stage],
    allowed,
    args,
    content: inputs,
    hash,
  });
}

/** A request at stage `after`: is this output good? `judged` is kept with it. */
export function buildOutputRequest(
  facts: RequestFacts,
  judged: Pick<
    ApprovalRequest,
    | "started_at"
    | "work_minutes"
    | "runtime"
    | "output"
    | "output_ref"
    | "kpi_observations"
    | "warnings"
    | "usage"
    | "reserved"
  >,
  hash: Hash,
): ApprovalRequest {
  const { output = null, output_ref } = judged;
  const values = flatten(output, OUTPUT, createNaming(facts.task.output_labels ?? {}));
  const isEditable = Object.keys(values).length > 0;
  // What cannot be shown value by value cannot be edited so either.
  const allowed = allowedDecisions(facts.task).filter((type) => isEditable || type !== "edit");
  const request = buildRequest("after", facts, {
    suffix: SUFFIX.after,
    allowed,
    args: isEditable ? values : { [OUTPUT]: describeOutput(output, output_ref) },
    content: output_ref ?? output,
    hash,
  });
  return { ...request, ...judged };
}

/**
 * A request at stage `agent`: what the agent itself asks.
 *
 * @param asked.number of all that it asks in this attempt, from 1.
 */
export function buildAgentRequest(
  facts: RequestFacts,
  { asked, number }: { asked: AgentRequest; number: number },
  hash: Hash,
): ApprovalRequest {
  const { allowed: understood, ...question } = asked;
  const values = flatten(question.args ?? {}, "");
  const isEditable = Object.keys(values).length > 0;
  const allowed = [...new Set(understood)].filter((type) => isEditable || type !== "edit");
  const request = buildRequest("agent", facts, {
    suffix: `-ask-${number}`,
    allowed: allowed.length === 0 ? ["reject"] : allowed,
    // An inbox cannot show a question without values.
    args: isEditable ? values : { question: question.title },
    content: question,
    hash,
  });
  return { ...request, question };
}

/** A request at stage `budget`: may this attempt pass a limit? @param asked.number of those of this attempt, from 1. */
export function buildBudgetRequest(
  facts: RequestFacts,
  { figures, number }: { figures: Readonly<Record<string, Scalar>>; number: number },
  hash: Hash,
): ApprovalRequest {
  const { agent_id } = facts;
  return buildRequest("budget", facts, {
    suffix: `-budget-${number}`,
    allowed: ["approve", "reject", "skip"],
    args: { agent: agent_id, ...figures },
    content: figures,
    hash,
  });
}

function describeOutput(output: Json, reference: ApprovalRequest["output_ref"]): string {
  if (reference === undefined) return canonicalJson(output);
  return `${reference.bytes} bytes, in the workspace: outputs/${reference.file}`;
}

function buildRequest(
  stage: ApprovalStage,
  facts: RequestFacts,
  {
    suffix,
    allowed,
    args,
    content,
    hash,
  }: { suffix: string; allowed: DecisionType[]; args: Args; content: unknown; hash: Hash },
): ApprovalRequest {
  const { run_id, mission_id, mission_inputs, task, agent_id, attempt, feedback } = facts;
  const { task_id } = task;
  return {
    approval_id: approvalId(run_id, task_id, attempt, suffix),
    run_id,
    mission_id,
    task_id,
    task: task.task,
    agent_id,
    attempt,
    stage,
    approval_request_time: facts.asked_at,
    due_at: addMinutes(facts.asked_at, facts.due_minutes),
    content_hash: contentHash({ task_id, agent_id, stage, content, mission_inputs }, hash),
    allowed,
    args,
    blocked_minutes: facts.blocked_minutes,
    ...defined({ about: sayInputs(mission_inputs) || undefined, feedback }),
    status: "pending",
  };
}

const SKIP: readonly DecisionType[] = ["skip"];

function allowedDecisions(task: PlanTask): DecisionType[] {
  const edit: DecisionType[] = task.allow_edit === false ? [] : ["edit"];
  return ["approve", ...edit, "reject"];
}
