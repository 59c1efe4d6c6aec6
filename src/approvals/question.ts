/** The one question of the gate, in the three shapes its readers understand (gate protocol). */

import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { ApprovalStage, DecisionType } from "../model/decision.ts";
import type { Severity } from "../model/mission-risk-events.ts";
import { toPlainLine } from "../model/plain-text.ts";
import type { Scalar } from "../model/primitives.ts";
import { countLeaves } from "./count-leaves.ts";

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

/** What the question says beside the requests. */
export interface QuestionContext {
  readonly run_id: string;
  readonly mission_id: string;
  readonly mission_name: string;
  /** What people call an agent. */
  readonly nameOf: (agentId: string) => string;
  /** Who may decide; empty when anybody may. */
  readonly approvers: readonly string[];
  readonly last_error?: string | undefined;
  /** The highest open severity of a task. */
  readonly riskOf: (taskId: string) => Severity | "none";
  /** True when the run has asked for something that is settled. */
  readonly hasAskedBefore: boolean;
}

/**
 * Builds the question for all pending requests, the most urgent first.
 *
 * @throws when there is nothing to ask.
 */
export function buildQuestion(
  requests: readonly ApprovalRequest[],
  context: QuestionContext,
): GateQuestion {
  const { run_id, mission_id, last_error, riskOf } = context;
  const [first] = requests;
  if (first === undefined) throw new Error("the gate has nothing to ask");
  return {
    action_request: { action: actionName(first), args: first.args },
    // Without edit, accept carries no id in the inbox and could approve the wrong thing.
    config: { allow_accept: true, allow_edit: true, allow_respond: true, allow_ignore: false },
    description: describeQueue(requests, context),
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

/** Words of an agent within quotes of ours: they end no quote, and name no command of ours. */
function quoteWords(words: string): string {
  return toPlainLine(words).replaceAll('"', "'").replaceAll("mission-control", "mission control");
}

/** What a person does not see of what an agent asks about. */
function sayHidden(question: ApprovalRequest["question"], shown: Args): string {
  if (question?.args === undefined) return "";
  const hidden = countLeaves(question.args) - Object.keys(shown).length;
  return hidden <= 0 ? "" : ` (${hidden} of its values are not shown: empty, too long or too many)`;
}

/** What is asked about one request, in a sentence. */
export function describeRequest({
  stage,
  agent_id,
  task,
  attempt,
  about,
  feedback,
  last_chance,
  question,
  args,
}: ApprovalRequest): string {
  const subject = about === undefined ? "" : ` It is about: ${toPlainLine(about)}.`;
  const earlier = feedback === undefined ? "" : ` Before: ${toPlainLine(feedback)}.`;
  const last = last_chance === true ? " Nobody is left to try it after a rejection." : "";
  const before = `${subject}${earlier}${last}`;
  switch (stage) {
    case "before":
      return `May ${agent_id} do "${toPlainLine(task)}"? Attempt ${attempt}.${before}`;
    case "after":
      return `${agent_id} has done "${toPlainLine(task)}", attempt ${attempt}. Is the output good?${before}`;
    case "failure":
      return `${agent_id} failed at "${toPlainLine(task)}", attempt ${attempt}.${before} Approve to try again, skip to go on without, reject to give up.`;
    case "budget":
      return `${agent_id} may do "${toPlainLine(task)}", attempt ${attempt}, only past ${args["budget"]}: ${args["limit"]} at most, ${args["spent"]} used or reserved, up to ${args["wanted"]} more. Approve to let it this once, skip to go on without, reject to give up.${before}`;
    case "agent":
      return `${agent_id} asks, in the middle of "${toPlainLine(task)}", attempt ${attempt}: "${quoteWords(question?.title ?? "")}"${sayHidden(question, args)}${subject}`;
  }
}

/** Line 1 becomes the list row in the inbox. Lists, because tables render badly there. */
function describeQueue(requests: readonly ApprovalRequest[], context: QuestionContext): string {
  const [first, ...others] = requests;
  if (first === undefined) return "";
  const { approvers, hasAskedBefore } = context;
  const one = others.length === 0;
  return [
    describeFirst(first, requests.length, context),
    "",
    describeRequest(first),
    "",
    sayRespond(first, one && !hasAskedBefore),
    ...(approvers.length === 0 ? [] : ["", sayWhere(first, approvers)]),
    ...(one ? [] : ["", "Also pending:"]),
    ...others.map(
      (other) =>
        `- ${toPlainLine(other.question?.title ?? other.task)} (${other.task_id}, ${other.approval_id})`,
    ),
  ].join("\n");
}

/** What the inbox's Respond does. @param isOnly the run asks for nothing else, and has not before. */
function sayRespond({ approval_id, allowed }: ApprovalRequest, isOnly: boolean): string {
  const start = `start your text with the approval's id, "${approval_id}:`;
  if (allowed.includes("answer")) {
    return isOnly ? "Respond answers it, with your text." : `Respond answers: ${start} answer".`;
  }
  return isOnly
    ? "Respond rejects it, with your text as the reason."
    : `Respond rejects: ${start} reason".`;
}

/** Why the last answer was not used, if it was not; then what it is about, who works, until when, and the risk. */
function describeFirst(
  { task, task_id, agent_id, due_at }: ApprovalRequest,
  pending: number,
  { mission_name, nameOf, riskOf, last_error = "" }: QuestionContext,
): string {
  const refusal = last_error === "" ? "" : `Nothing was decided: ${endSentence(last_error)} `;
  const [mission, what, agent] = [mission_name, task, nameOf(agent_id)].map(toPlainLine);
  const due = `due ${due_at.slice(0, 16).replace("T", " ")} UTC`;
  return `${refusal}${mission}: ${what}, by ${agent}, ${due}, risk ${riskOf(task_id)} (1 of ${pending} pending)`;
}

function endSentence(text: string): string {
  return `${toPlainLine(text).replace(/[.\s]+$/, "")}.`;
}

/** The inbox does not say who answers. */
function sayWhere(
  { run_id, task_id, approval_id, stage, allowed: [first = "approve"] }: ApprovalRequest,
  approvers: readonly string[],
): string {
  const key = stage === "agent" ? approval_id : task_id;
  const who = approvers.map(toPlainLine).join(" or ");
  return `Only ${who} may decide, by name: \`mission-control ${first} ${run_id} ${key} --by NAME\`, or a resume with \`decided_by\`. The inbox does not say who you are.`;
}
