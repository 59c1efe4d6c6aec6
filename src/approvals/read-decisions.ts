/** What keyed decisions come to: the one form that all answers are turned into. All or nothing. */

import { z } from "zod";

import type { ErrorCode } from "../errors.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import { type Decision, decisionSchema } from "../model/decision.ts";
import { defined } from "../model/defined.ts";
import { toPlainLine } from "../model/plain-text.ts";
import { sayFirstIssue } from "../model/say-issue.ts";
import { coerceAnswer } from "./coerce-answer.ts";
import { coerceEdits } from "./coerce-edits.ts";

/** The longest piece of an answer that a message repeats. */
const QUOTE_LENGTH = 80;

/** A message stands at the top of a page: it must not push the page away. */
const MESSAGE_LENGTH = 1000;

export interface Asked {
  /** What waits, in the order it was asked. */
  readonly pending: readonly ApprovalRequest[];
  /** Requests that no longer wait, to tell a late answer from a wrong one. */
  readonly settled: readonly ApprovalRequest[];
  /** When set, nobody else may decide. */
  readonly approvers?: readonly string[] | undefined;
}

export interface Refusal {
  readonly kind: "refused";
  readonly code: ErrorCode;
  readonly message: string;
}

export type Reading =
  /** By approval id; every decision is allowed and complete. */
  | { readonly kind: "decided"; readonly decisions: ReadonlyMap<string, Decision> }
  /** Nothing is decided here: look into the store. */
  | { readonly kind: "delivered" }
  | Refusal;

/** Form 1: decisions by approval id or task id, any subset of what waits. */
export function readKeyed(
  entries: ReadonlyMap<string, unknown>,
  asked: Asked,
): Exclude<Reading, { kind: "delivered" }> {
  if (entries.size === 0) {
    return refuse("NOT_ALLOWED", `The answer names no approval. ${howToAnswer(asked)}`);
  }
  const decisions = new Map<string, Decision>();
  for (const [key, value] of entries) {
    const found = findPending(key, asked);
    if ("refusal" in found) return found.refusal;
    const { request } = found;
    if (decisions.has(request.approval_id)) {
      return refuse("NOT_ALLOWED", `${request.approval_id} is named twice, as ${key} too.`);
    }
    const decision = readDecision(value, request, asked);
    if ("kind" in decision) return decision;
    decisions.set(request.approval_id, decision);
  }
  return { kind: "decided", decisions };
}

function findPending(
  key: string,
  { pending, settled }: Asked,
): { readonly request: ApprovalRequest } | { readonly refusal: Refusal } {
  // A task may be named like another's approval: ids of approvals come first.
  const isNamed = (request: ApprovalRequest) => request.approval_id === key;
  const isForTask = (request: ApprovalRequest) => request.task_id === key;
  const [waiting, ...others] = pending.some(isNamed)
    ? pending.filter(isNamed)
    : pending.filter(isForTask);
  if (others.length > 0) {
    const ids = [waiting, ...others].map((request) => request?.approval_id).join(", ");
    return {
      refusal: refuse("NOT_ALLOWED", `${quote(key)} waits for more than one: name ${ids}.`),
    };
  }
  if (waiting !== undefined) return { request: waiting };
  const before = settled.findLast(isNamed) ?? settled.findLast(isForTask);
  if (before !== undefined && before.status !== "decided") {
    return {
      refusal: refuse("UNKNOWN_APPROVAL", `${before.approval_id} is void: it is no longer asked.`),
    };
  }
  if (before !== undefined) {
    const { approval_id, decision, decided_by, decided_at } = before;
    const first = `${decision} by ${decided_by ?? "unknown"} at ${decided_at}`;
    return { refusal: refuse("ALREADY_DECIDED", `${approval_id} is already decided: ${first}.`) };
  }
  const ids = pending.map((request) => `${request.task_id} (${request.approval_id})`).join(", ");
  const known = ids === "" ? "Nothing is pending." : `Pending: ${ids}.`;
  return { refusal: refuse("UNKNOWN_APPROVAL", `${quote(key)} is no pending approval. ${known}`) };
}

function readDecision(
  value: unknown,
  request: ApprovalRequest,
  { approvers }: Asked,
): Decision | Refusal {
  const id = request.approval_id;
  const given = withAliases(value);
  const parsed = decisionSchema.safeParse(given);
  if (!parsed.success) {
    const wrong = sayFirstIssue(parsed.error, { value: given });
    return refuse("NOT_ALLOWED", `The decision on ${id} is not valid: ${wrong}.`);
  }
  const { type, decided_by = "unknown", reason, edits, content_hash: seen } = parsed.data;
  const { value: answered } = parsed.data;
  if (seen !== undefined && seen !== request.content_hash) {
    return refuse("NOT_ALLOWED", `${id} has changed since it was read: its content_hash differs.`);
  }
  if (approvers !== undefined && !approvers.includes(decided_by)) {
    const who = decided_by === "unknown" ? "an answer without decided_by" : quote(decided_by);
    const message = `${who} may not decide ${id}: the policy lists ${approvers.join(", ")}.`;
    return refuse("NOT_AN_APPROVER", message);
  }
  if (edits !== undefined && type !== "edit") {
    return refuse("NOT_ALLOWED", `Edits of ${id} need type "edit", not "${type}".`);
  }
  if (type === "edit" && Object.keys(edits ?? {}).length === 0) {
    return refuse("NOT_ALLOWED", `The edit of ${id} names no value.`);
  }
  if ((answered !== undefined) !== (type === "answer")) {
    const message =
      type === "answer"
        ? `The answer to ${id} has no value.`
        : `A value for ${id} needs type "answer", not "${type}".`;
    return refuse("NOT_ALLOWED", message);
  }
  const changed = coerceEdits(request, edits ?? {});
  if ("message" in changed) return refuse("NOT_ALLOWED", changed.message);
  // An edit equal to what was asked is an approval, also where editing is not allowed.
  const isUnchanged = Object.keys(changed.edits).length === 0;
  const meant = type === "edit" && isUnchanged ? "approve" : type;
  if (!request.allowed.includes(meant)) {
    const allowed = request.allowed.join(", ");
    return refuse("NOT_ALLOWED", `${id} does not allow "${meant}", only ${allowed}.`);
  }
  return {
    type: meant,
    decided_by,
    ...defined({ reason }),
    ...(meant === "edit" ? { edits: changed.edits } : {}),
    ...(answered === undefined ? {} : { value: coerceAnswer(answered, request.question?.schema) }),
  };
}

const actionSchema = z.object({ args: z.unknown() });

/** LangChain's own names for two of our fields: `message`, and `editedAction` in two spellings. */
function withAliases(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const { editedAction, edited_action, message, ...rest }: Record<string, unknown> = { ...value };
  const action = actionSchema.safeParse(editedAction ?? edited_action);
  return {
    ...rest,
    ...(action.success ? { edits: action.data.args } : {}),
    ...defined({ reason: message }),
  };
}

/** What a good answer would look like. */
export function howToAnswer({ pending }: Asked): string {
  const [first] = pending;
  if (first === undefined) return "Nothing is pending.";
  const { approval_id, task_id, stage, allowed } = first;
  const key = stage === "agent" ? approval_id : task_id;
  const example = allowed.includes("approve") ? '"approve"' : '"answer", "value": "…"';
  return `Name what you decide, for example {"${key}": {"type": ${example}}}.`;
}

/** A value from outside, as a message repeats it. */
export function quote(value: unknown): string {
  const text = typeof value === "bigint" ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > QUOTE_LENGTH ? `${text.slice(0, QUOTE_LENGTH)}…` : text;
}

/** A refusal whose message is one line of readable length. */
export function refuse(code: ErrorCode, message: string): Refusal {
  return { kind: "refused", code, message: toPlainLine(message).slice(0, MESSAGE_LENGTH) };
}
