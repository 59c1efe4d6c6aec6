/** From a task that needs a person to the stored request. */

import { buildInputRequest, buildOutputRequest } from "../approvals/build-request.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { Inputs } from "../model/task-exchange.ts";
import type { Step } from "./next-step.ts";
import { describeSituation } from "./situation.ts";
import type { Assignment, TaskWorld } from "./task-world.ts";

/** Asks before the work, or about a failure. */
export async function askAboutInputs(
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
  { run_id, mission_id, mission_inputs, task, policy, blocked_minutes }: Assignment,
  { inputs, now }: { inputs: Inputs; now: string },
) {
  const { agent_id, attempt, feedback } = step;
  const { due_minutes } = policy.approvals;
  const asked = { asked_at: now, due_minutes, blocked_minutes };
  const subject = { run_id, mission_id, mission_inputs, task, agent_id, attempt, inputs };
  return { ...subject, feedback, ...asked };
}

/** Asks about an output, which is kept with the request. */
export async function askAboutOutput(
  step: { agent_id: string; attempt: number; feedback?: string },
  judged: Parameters<typeof buildOutputRequest>[1],
  { assignment, world }: { assignment: Assignment; world: TaskWorld },
): Promise<ApprovalRequest> {
  const facts = requestFacts(step, assignment, { inputs: {}, now: world.now() });
  const request = await world.request(buildOutputRequest(facts, judged, world.hash));
  notifyRequested(request, world);
  return request;
}

function notifyRequested(request: ApprovalRequest, world: TaskWorld): void {
  const { task_id, task, agent_id, attempt, approval_id } = request;
  world.notify({ event: "approval-requested", task_id, task, agent_id, attempt, approval_id });
}
