/** Asks the person at the terminal, request by request. */

import { isCancel, select, text } from "@clack/prompts";

import type { LazyMissionControl } from "../app/mission-control.ts";
import { partsOf } from "../approvals/answer-parts.ts";
import { describeRequest } from "../approvals/question.ts";
import { MissionError } from "../errors.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { DecisionType } from "../model/decision.ts";
import { toPlainLine } from "../model/plain-text.ts";
import type { Json } from "../model/primitives.ts";
import type { RunOutcome } from "../runs/run-outcome.ts";
import type { ProgressListener } from "../work/drive-run.ts";
import { askName } from "./ask-name.ts";
import type { CommandContext } from "./context.ts";
import { formatArgs } from "./format.ts";

const LABELS: Record<DecisionType, string> = {
  approve: "Approve",
  edit: "Edit, then approve",
  reject: "Reject",
  skip: "Skip: go on without it",
  answer: "Answer",
};

type Answer = {
  type: DecisionType;
  reason?: string;
  edits?: Record<string, string>;
  value?: Json;
};

/** Asks until nothing is pending or the person wants to decide later. */
export async function askInPlace(
  context: CommandContext,
  outcome: RunOutcome,
  {
    control,
    onProgress,
    by,
  }: { control: LazyMissionControl; onProgress: ProgressListener; by: string | undefined },
): Promise<RunOutcome> {
  const [request] = outcome.pending_approvals;
  if (request === undefined) return outcome;
  const answer = await askPerson(request);
  if (answer === undefined) return outcome;
  // Where the system knows no user, as in a container, the person says so, once.
  const decided_by = by ?? (context.config.user.trim() || (await askName()));
  if (decided_by === undefined) return outcome;
  const decisions = { [request.approval_id]: { ...answer, decided_by } };
  let next: RunOutcome;
  try {
    next = await control.decide(outcome.run_id, decisions, { source: "cli", onProgress });
  } catch (error) {
    // Somebody else may have been faster: look again.
    if (!(error instanceof MissionError) || error.code !== "ALREADY_DECIDED") throw error;
    context.tell(error.message);
    next = await control.run(outcome.run_id);
  }
  return askInPlace(context, next, { control, onProgress, by: decided_by });
}

async function askPerson(request: ApprovalRequest): Promise<Answer | undefined> {
  const type = await select<DecisionType | "later">({
    message: [toPlainLine(describeRequest(request)), ...formatArgs(request)].join("\n"),
    options: [
      ...request.allowed.map((value) => ({ value, label: LABELS[value] })),
      { value: "later", label: "Decide later" },
    ],
  });
  if (isCancel(type) || type === "later") return undefined;
  if (type === "edit") return askEdits(request);
  if (type === "approve") return { type };
  if (type === "answer") return askAnswer(request);
  const reason = await text({
    message: "Why?",
    validate: (value) =>
      (value ?? "").trim() === "" ? "A reason is needed: others must understand it." : undefined,
  });
  return isCancel(reason) ? undefined : { type, reason };
}

/** One text, or one for each part of what the agent's schema wants. */
async function askAnswer({ question }: ApprovalRequest): Promise<Answer | undefined> {
  const parts = partsOf(question?.schema);
  if (parts.length === 0) {
    const value = await text({ message: "What do you answer?" });
    return isCancel(value) ? undefined : { type: "answer", value: value ?? "" };
  }
  const value: Record<string, string> = {};
  for (const { name, says } of parts) {
    const given = await text({ message: toPlainLine(says) });
    if (isCancel(given)) return undefined;
    if (given !== undefined && given !== "") value[name] = given;
  }
  return { type: "answer", value };
}

async function askEdits(request: ApprovalRequest): Promise<Answer | undefined> {
  const edits: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.args)) {
    const changed = await text({
      message: toPlainLine(name),
      initialValue: toPlainLine(String(value)),
    });
    if (isCancel(changed)) return undefined;
    if (changed !== toPlainLine(String(value))) edits[name] = changed;
  }
  return Object.keys(edits).length === 0 ? { type: "approve" } : { type: "edit", edits };
}
