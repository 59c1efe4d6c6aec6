/** What an answer at the gate decides: a pure function, all or nothing (gate protocol, "The answers"). */

import { z } from "zod";

import type { ErrorCode } from "../errors.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import { type Decision, decisionSchema } from "../model/decision.ts";
import { coerceEdits } from "./coerce-edits.ts";
import { flattenText } from "./text.ts";

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
  { readonly kind: "decided"; readonly decisions: ReadonlyMap<string, Decision> } | Refusal;

const positionalSchema = z.strictObject({ decisions: z.array(z.unknown()) });
const inboxItemSchema = z.object({ type: z.string(), args: z.unknown().optional() });
const inboxEchoSchema = z.object({ action: z.string(), args: z.unknown().optional() });
const inboxEditSchema = z.record(z.string(), z.unknown());

/** Reads an answer in any of the protocol's forms. Everything else decides nothing, and says why. */
export function readAnswer(answer: unknown, asked: Asked): Reading {
  if (Array.isArray(answer)) return readInboxAnswer(answer, asked);
  if (answer === true || answer === "approve") return readBareApproval(asked);
  if (typeof answer !== "object" || answer === null) {
    return refuse("NOT_ALLOWED", `${quote(answer)} names no approval. ${howToAnswer(asked)}`);
  }
  const positional = positionalSchema.safeParse(answer);
  if (positional.success) return readPositional(positional.data.decisions, asked);
  return readKeyed(new Map(Object.entries(answer)), asked);
}

/** Form 1: decisions by approval id or task id, any subset of what waits. */
export function readKeyed(entries: ReadonlyMap<string, unknown>, asked: Asked): Reading {
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

/** Form 2: one decision per waiting approval, `null` to leave it. */
function readPositional(list: readonly unknown[], asked: Asked): Reading {
  const { pending } = asked;
  if (list.length !== pending.length) {
    const wanted = `${pending.length} approvals are pending, the answer has ${list.length} decisions`;
    return refuse("NOT_ALLOWED", `${wanted}. Use null to leave one pending.`);
  }
  const given = pending.flatMap(({ approval_id }, position) =>
    list[position] === null ? [] : [[approval_id, list[position]] as const],
  );
  return readKeyed(new Map(given), asked);
}

/** Form 3: what the Agent Inbox sends. */
function readInboxAnswer(answer: readonly unknown[], asked: Asked): Reading {
  const item = inboxItemSchema.safeParse(answer[0]);
  if (!item.success || answer.length !== 1) {
    const found =
      answer.length === 0 ? "The answer is an empty list" : "The list is no inbox answer";
    return refuse("NOT_ALLOWED", `${found}. ${howToAnswer(asked)}`);
  }
  const { type, args } = item.data;
  if (type === "ignore") return refuse("NOT_ALLOWED", "Ignoring decides nothing.");
  if (type === "response") return readResponse(args, asked);
  const echo = inboxEchoSchema.safeParse(args);
  const id = echo.success ? /\[(APR-[A-Za-z0-9_.-]+)\]\s*$/.exec(echo.data.action)?.[1] : undefined;
  if ((type !== "accept" && type !== "edit") || !echo.success || id === undefined) {
    return refuse("UNKNOWN_APPROVAL", "The answer carries no approval id: page out of date?");
  }
  const request = asked.pending.find((pending) => pending.approval_id === id);
  if (request === undefined) {
    return refuse("UNKNOWN_APPROVAL", `${id} is not pending: page out of date?`);
  }
  if (type === "accept") return readKeyed(new Map([[id, { type: "approve" }]]), asked);
  // An inbox edit sends all values, so a missing one is a mistake and not "unchanged".
  const edits = inboxEditSchema.safeParse(echo.data.args);
  const given = edits.success ? edits.data : {};
  const missing = Object.keys(request.args).filter((name) => !Object.hasOwn(given, name));
  if (missing.length > 0) {
    return refuse("NOT_ALLOWED", `The edit of ${id} lacks ${missing.join(", ")}.`);
  }
  return readKeyed(new Map([[id, { type: "edit", edits: given }]]), asked);
}

/** A response rejects, with its text as the reason; "ok" is not an approval. */
function readResponse(args: unknown, asked: Asked): Reading {
  const text = typeof args === "string" ? args.trim() : "";
  const [, id, rest] = /^(APR-[A-Za-z0-9_.-]*[A-Za-z0-9_]):?\s*([\s\S]*)$/.exec(text) ?? [];
  const [only] = asked.pending;
  const target = id ?? (asked.pending.length === 1 ? only?.approval_id : undefined);
  if (target === undefined) {
    const ids = asked.pending.map((request) => request.approval_id).join(", ");
    return refuse(
      "NOT_ALLOWED",
      `${asked.pending.length} approvals are pending: start the response with one of ${ids}, then ": reason".`,
    );
  }
  const reason = (id === undefined ? text : (rest ?? "")).trim();
  if (reason === "") return refuse("NOT_ALLOWED", "A response rejects, and needs a reason.");
  return readKeyed(new Map([[target, { type: "reject", reason }]]), asked);
}

/** Form 4: only when it cannot mean anything else. */
function readBareApproval(asked: Asked): Reading {
  const [only] = asked.pending;
  if (only !== undefined && asked.pending.length === 1) {
    return readKeyed(new Map([[only.approval_id, { type: "approve" }]]), asked);
  }
  const many = `${asked.pending.length} approvals are pending, so a bare approval names none.`;
  return refuse("NOT_ALLOWED", `${many} ${howToAnswer(asked)}`);
}

function findPending(
  key: string,
  { pending, settled }: Asked,
): { readonly request: ApprovalRequest } | { readonly refusal: Refusal } {
  // A task may be named like another's approval: ids of approvals come first.
  const isNamed = (request: ApprovalRequest) => request.approval_id === key;
  const isForTask = (request: ApprovalRequest) => request.task_id === key;
  const waiting = pending.find(isNamed) ?? pending.find(isForTask);
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
  const parsed = decisionSchema.safeParse(withAliases(value));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
    return refuse("NOT_ALLOWED", `The decision on ${id} is not valid: ${where}${issue?.message}.`);
  }
  const { type, decided_by = "unknown", reason, edits, content_hash: seen } = parsed.data;
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
    ...(reason === undefined ? {} : { reason }),
    ...(meant === "edit" ? { edits: changed.edits } : {}),
  };
}

/** LangChain's own names for two of our fields: `message`, and `editedAction` in two spellings. */
function withAliases(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const { editedAction, edited_action, message, ...rest }: Record<string, unknown> = { ...value };
  const action = z.object({ args: z.unknown() }).safeParse(editedAction ?? edited_action);
  return {
    ...rest,
    ...(action.success ? { edits: action.data.args } : {}),
    ...(message === undefined ? {} : { reason: message }),
  };
}

function howToAnswer({ pending }: Asked): string {
  const [first] = pending;
  if (first === undefined) return "Nothing is pending.";
  return `Name what you decide, for example {"${first.task_id}": {"type": "approve"}}.`;
}

function quote(value: unknown): string {
  const text = typeof value === "bigint" ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > QUOTE_LENGTH ? `${text.slice(0, QUOTE_LENGTH)}…` : text;
}

function refuse(code: ErrorCode, message: string): Refusal {
  return { kind: "refused", code, message: flattenText(message).slice(0, MESSAGE_LENGTH) };
}
