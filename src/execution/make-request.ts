/** From a task that needs a person to the stored request. */

import {
  buildAgentRequest,
  buildBudgetRequest,
  buildInputRequest,
  buildOutputRequest,
} from "../approvals/build-request.ts";
import type { AgentRequest } from "../model/agent-reply.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { Inputs, TaskRequest } from "../model/task-exchange.ts";
import { describeOverrun } from "./budgets.ts";
import { isLastChance } from "./choose-agent.ts";
import type { Situation } from "./situation.ts";
import type { Step } from "./step.ts";
import type { Assignment, TaskWorld } from "./task-world.ts";
import { budgetQuestions } from "./within-budget.ts";

interface Asking {
  readonly assignment: Assignment;
  readonly world: TaskWorld;
}

/** Asks before the work, or about a failure. */
export async function askAboutInputs(
  step: Extract<Step, { kind: "ask" }>,
  situation: Situation,
  asking: Asking,
): Promise<ApprovalRequest> {
  const { stage } = step;
  const facts = requestFacts(step, situation.inputs, asking);
  const request = buildInputRequest(stage, facts, asking.world.hash);
  // Who gives up after a failure is told so in any case.
  return ask(stage === "failure" ? request : sayLastChance(request, situation), asking.world);
}

/** Asks about an output, which is kept with the request. */
export async function askAboutOutput(
  step: { agent_id: string; attempt: number; feedback?: string },
  judged: Parameters<typeof buildOutputRequest>[1],
  situation: Situation,
  asking: Asking,
): Promise<ApprovalRequest> {
  const facts = requestFacts(step, {}, asking);
  const request = buildOutputRequest(facts, judged, asking.world.hash);
  return ask(sayLastChance(request, situation), asking.world);
}

/** Asks whether an attempt may pass a limit of a budget. */
export async function askAboutBudget(
  step: Extract<Step, { kind: "ask-budget" }>,
  { inputs, requests }: Situation,
  asking: Asking,
): Promise<ApprovalRequest> {
  const facts = requestFacts(step, inputs, asking);
  const number = budgetQuestions(requests, step.attempt).length + 1;
  return ask(
    buildBudgetRequest(
      facts,
      { figures: describeOverrun(step.overrun), number },
      asking.world.hash,
    ),
    asking.world,
  );
}

/** What an agent asks in the middle of its work; `asks` are those that it has asked before in this attempt. */
export function buildAgentRequests(
  {
    request: { agent, attempt },
    asks,
    questions,
  }: {
    request: Pick<TaskRequest, "agent" | "attempt">;
    asks: readonly ApprovalRequest[];
    questions: readonly AgentRequest[];
  },
  asking: Asking,
): readonly ApprovalRequest[] {
  const facts = requestFacts({ agent_id: agent.agent_id, attempt }, {}, asking);
  return questions.map((asked, position) =>
    buildAgentRequest(facts, { asked, number: asks.length + position + 1 }, asking.world.hash),
  );
}

function requestFacts(
  { agent_id, attempt, feedback }: { agent_id: string; attempt: number; feedback?: string },
  inputs: Inputs,
  { assignment, world }: Asking,
) {
  const { run_id, mission_id, mission_inputs, task, policy } = assignment;
  const { labels } = assignment;
  const blocked_minutes = assignment.countBlockedMinutes();
  const { due_minutes } = policy.approvals;
  return {
    run_id,
    mission_id,
    mission_inputs,
    task,
    agent_id,
    attempt,
    inputs,
    labels,
    feedback,
    asked_at: world.now(),
    due_minutes,
    blocked_minutes,
  };
}

function sayLastChance(request: ApprovalRequest, situation: Situation): ApprovalRequest {
  return isLastChance(situation, request) ? { ...request, last_chance: true } : request;
}

async function ask(built: ApprovalRequest, world: TaskWorld): Promise<ApprovalRequest> {
  const request = await world.request(built);
  const { task_id, task, agent_id, attempt, approval_id } = request;
  world.notify({ event: "approval-requested", task_id, task, agent_id, attempt, approval_id });
  return request;
}
