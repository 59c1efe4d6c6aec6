/** The one question of the gate, in the three shapes its readers understand (gate protocol). */

import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { ApprovalStage, DecisionType } from "../model/decision.ts";
import type { Severity } from "../model/mission-risk-events.ts";
import { toPlainLine } from "../model/plain-text.ts";
import type { Scalar } from "../model/primitives.ts";

/** What the gate shows for one request. */
export interface AskedApproval {
  readonly approval_id: string;
  readonly task_id: string;
  readonly task: string;
  readonly agent_id: string;
  readonly attempt: number;
  readonly stage: ApprovalStage;
  readonly approval_request_time: string;
  readonly due_at: string;
  readonly risk: Severity | "none";
  readonly content_hash: string;
  readonly allowed: readonly DecisionType[];
}

type Args = Readonly<Record<string, Scalar>>;

export interface GateQuestion {
  readonly action_request: { readonly action: string; readonly args: Args };
  readonly config: {
    readonly allow_accept: true;
    readonly allow_edit: true;
    readonly allow_respond: true;
    readonly allow_ignore: false;
  };
  readonly description: string;
  readonly actionRequests: readonly { name: string; args: Args; description: string }[];
  readonly reviewConfigs: readonly { actionName: string; allowedDecisions: readonly string[] }[];
  readonly approvals: readonly AskedApproval[];
  readonly run_id: string;
  readonly mission_id: string;
  readonly last_error?: string;
}

/**
 * Builds the question for all pending requests, the most urgent first.
 *
 * @param riskOf the highest open severity of a task.
 * @throws when there is nothing to ask.
 */
export function buildQuestion(
  requests: readonly ApprovalRequest[],
  {
    run_id,
    mission_id,
    last_error,
    riskOf,
    hasAskedBefore,
  }: {
    run_id: string;
    mission_id: string;
    last_error?: string | undefined;
    riskOf: (taskId: string) => Severity | "none";
    /** True when the run has asked for something that is settled. */
    hasAskedBefore: boolean;
  },
): GateQuestion {
  const [first] = requests;
  if (first === undefined) throw new Error("the gate has nothing to ask");
  return {
    action_request: { action: actionName(first), args: first.args },
    // Without edit, accept carries no id in the inbox and could approve the wrong thing.
    config: { allow_accept: true, allow_edit: true, allow_respond: true, allow_ignore: false },
    description: describeQueue(requests, { lastError: last_error, hasAskedBefore }),
    actionRequests: requests.map((request) => ({
      name: actionName(request),
      args: request.args,
      description: describeRequest(request),
    })),
    reviewConfigs: requests.map((request) => ({
      actionName: actionName(request),
      allowedDecisions: request.allowed,
    })),
    approvals: requests.map((request) => ({
      approval_id: request.approval_id,
      task_id: request.task_id,
      task: request.task,
      agent_id: request.agent_id,
      attempt: request.attempt,
      stage: request.stage,
      approval_request_time: request.approval_request_time,
      due_at: request.due_at,
      risk: riskOf(request.task_id),
      content_hash: request.content_hash,
      allowed: request.allowed,
    })),
    run_id,
    mission_id,
    ...(last_error === undefined || last_error === "" ? {} : { last_error }),
  };
}

/** The inbox echoes it, so it carries the id. */
function actionName(request: ApprovalRequest): string {
  return `${toPlainLine(request.task)} [${request.approval_id}]`;
}

/** What is asked about one request, in a sentence. */
export function describeRequest({
  stage,
  agent_id,
  task,
  attempt,
  about,
  feedback,
}: ApprovalRequest): string {
  const subject = about === undefined ? "" : ` It is about: ${toPlainLine(about)}.`;
  const before = feedback === undefined ? subject : `${subject} Before: ${toPlainLine(feedback)}.`;
  switch (stage) {
    case "before":
      return `May ${agent_id} do "${toPlainLine(task)}"? Attempt ${attempt}.${before}`;
    case "after":
      return `${agent_id} has done "${toPlainLine(task)}", attempt ${attempt}. Is the output good?${before}`;
    case "failure":
      return `${agent_id} failed at "${toPlainLine(task)}", attempt ${attempt}.${before} Approve to try again, skip to go on without, reject to give up.`;
  }
}

/** Line 1 becomes the list row in the inbox. Lists, because tables render badly there. */
function describeQueue(
  requests: readonly ApprovalRequest[],
  { lastError, hasAskedBefore }: { lastError: string | undefined; hasAskedBefore: boolean },
): string {
  const [first, ...others] = requests;
  if (first === undefined) return "";
  const one = requests.length === 1;
  return [
    `1 of ${requests.length} pending: ${toPlainLine(first.task)}`,
    ...(lastError === undefined || lastError === ""
      ? []
      : ["", `Nothing was decided: ${toPlainLine(lastError)}`]),
    "",
    describeRequest(first),
    "",
    one && !hasAskedBefore
      ? "Respond rejects it, with your text as the reason."
      : `Respond rejects: start your text with the approval's id, "${first.approval_id}: reason".`,
    ...(one ? [] : ["", "Also pending:"]),
    ...others.map(
      (other) => `- ${toPlainLine(other.task)} (${other.task_id}, ${other.approval_id})`,
    ),
  ].join("\n");
}
