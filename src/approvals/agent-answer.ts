/** What an agent is told of a decision about something that it asked itself. */

import type { AgentAnswer } from "../model/agent-reply.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import { defined } from "../model/defined.ts";
import { applyEdits } from "./content.ts";

/** @throws when it is not decided. */
export function toAgentAnswer(asked: ApprovalRequest): AgentAnswer {
  const { decision, question, edits = {}, reason, value = null } = asked;
  switch (decision) {
    case "approve":
      return { type: "approve" };
    case "edit":
      return { type: "edit", args: edit(question?.args ?? {}, edits) };
    case "answer":
      return { type: "answer", value };
    case "reject":
      return { type: "reject", ...defined({ reason }) };
    case "skip":
    case undefined:
      throw new Error(`${asked.approval_id} is not decided`);
  }
}

function edit(
  args: NonNullable<NonNullable<ApprovalRequest["question"]>["args"]>,
  edits: NonNullable<ApprovalRequest["edits"]>,
) {
  const edited = applyEdits(args, edits, "");
  return typeof edited === "object" && edited !== null && !Array.isArray(edited) ? edited : args;
}
