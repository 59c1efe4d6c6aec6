/** What an answer at the gate decides: a pure function, all or nothing (gate protocol, "The answers"). */

import { z } from "zod";

import {
  type Asked,
  type Reading,
  howToAnswer,
  quote,
  readKeyed,
  refuse,
} from "./read-decisions.ts";

const positionalSchema = z.strictObject({ decisions: z.array(z.unknown()) });
const inboxItemSchema = z.object({ type: z.string(), args: z.unknown().optional() });
const inboxEchoSchema = z.object({ action: z.string(), args: z.unknown().optional() });
const inboxEditSchema = z.record(z.string(), z.unknown());

/** How the library wakes a run: what was decided is in the store already. */
const deliverySchema = z.strictObject({ deliver: z.literal(true) });

/** Reads an answer in any of the protocol's forms. Everything else decides nothing, and says why. */
export function readAnswer(answer: unknown, asked: Asked): Reading {
  if (deliverySchema.safeParse(answer).success) return { kind: "delivered" };
  if (Array.isArray(answer)) return readInboxAnswer(answer, asked);
  if (answer === true || answer === "approve") return readBareApproval(asked);
  if (typeof answer !== "object" || answer === null) {
    return refuse("NOT_ALLOWED", `${quote(answer)} names no approval. ${howToAnswer(asked)}`);
  }
  const positional = positionalSchema.safeParse(answer);
  if (positional.success) return readPositional(positional.data.decisions, asked);
  return readKeyed(new Map(Object.entries(answer)), asked);
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

/** A response answers a question, and rejects anything else with its text as the reason; "ok" is not an approval. */
function readResponse(args: unknown, asked: Asked): Reading {
  const text = typeof args === "string" ? args.trim() : "";
  const [, id, rest] = /^(APR-[A-Za-z0-9_.-]*[A-Za-z0-9_]):?\s*([\s\S]*)$/.exec(text) ?? [];
  const [only] = asked.pending;
  // A page left open may show a question that was answered since: then the text must say which it means.
  const isOnly = asked.pending.length === 1 && asked.settled.length === 0;
  const target = id ?? (isOnly ? only?.approval_id : undefined);
  if (target === undefined) {
    const ids = asked.pending.map((request) => request.approval_id).join(", ");
    return refuse(
      "NOT_ALLOWED",
      `A response rejects or answers, and this run has asked more than once: start it with one of ${ids}, then ": reason".`,
    );
  }
  const reason = (id === undefined ? text : (rest ?? "")).trim();
  const isQuestion = asked.pending.some(
    ({ approval_id, allowed }) => approval_id === target && allowed.includes("answer"),
  );
  if (isQuestion) return readKeyed(new Map([[target, { type: "answer", value: reason }]]), asked);
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
