/**
 * What a graph asks when it interrupts itself, and what it is told: in the shape of the Agent Inbox, in that of LangChain's
 * human in the loop, or in none.
 */

import { z } from "zod";

import type { AgentAnswer, AgentRequest } from "../../model/agent-reply.ts";
import { canonicalJson } from "../../model/canonical-json.ts";
import { defined } from "../../model/defined.ts";
import { type Json, jsonSchema } from "../../model/primitives.ts";

const argsSchema = z.record(z.string(), jsonSchema);

export const interruptSchema = z.object({ id: z.string().min(1).max(100), value: jsonSchema });
export type Interrupt = Readonly<z.infer<typeof interruptSchema>>;

/** Of a graph that has not come to its end, and says nothing that could go to the gate. */
export const ASKS_NOTHING =
  "the graph stopped, and asks nothing that a person could answer: interrupt(question) asks, a breakpoint does not";

/** As the Agent Inbox shows it; a list has one. */
const inboxSchema = z.object({
  action_request: z.object({ action: z.string().min(1), args: argsSchema }),
  config: z.object({
    allow_accept: z.boolean().optional(),
    allow_edit: z.boolean().optional(),
    allow_respond: z.boolean().optional(),
    allow_ignore: z.boolean().optional(),
  }),
  description: z.string().optional(),
});

const decisionsSchema = z.array(z.string());
const actionSchema = z.object({
  name: z.string().min(1),
  args: argsSchema,
  description: z.string().optional(),
});
/** LangChain's, as JavaScript and as Python spell it. */
const camelSchema = z.object({
  actionRequests: z.array(actionSchema).min(1),
  reviewConfigs: z.array(z.object({ actionName: z.string(), allowedDecisions: decisionsSchema })),
});
const snakeSchema = z.object({
  action_requests: z.array(actionSchema).min(1),
  review_configs: z.array(
    z.object({ action_name: z.string(), allowed_decisions: decisionsSchema }),
  ),
});

interface Actions {
  readonly actions: readonly z.infer<typeof actionSchema>[];
  /** By the name of the action. */
  readonly allowed: ReadonlyMap<string, readonly string[]>;
  readonly edited: "editedAction" | "edited_action";
}

/** All that the interrupts ask, each with a key that is found again. */
export function readInterrupts(interrupts: readonly Interrupt[]): readonly AgentRequest[] {
  return interrupts.flatMap(({ id, value }): readonly AgentRequest[] => {
    const actions = readActions(value);
    if (actions !== undefined) {
      return actions.actions.map((action, position) =>
        askAction(action, actions, `${id}/${position}`),
      );
    }
    const inbox = readInbox(value);
    return [inbox === undefined ? askFreely(value, id) : askInbox(inbox, id)];
  });
}

/** What each interrupt is resumed with, by its id. */
export function answerInterrupts(
  interrupts: readonly Interrupt[],
  answers: Readonly<Record<string, AgentAnswer>>,
): Record<string, Json> {
  return Object.fromEntries(
    interrupts.map(({ id, value }) => {
      const actions = readActions(value);
      if (actions !== undefined) {
        const decisions = actions.actions.map((action, position) =>
          decideAction(answers[`${id}/${position}`], action, actions),
        );
        return [id, { decisions }] as const;
      }
      const answer = answers[id] ?? NOBODY;
      const inbox = readInbox(value);
      if (inbox !== undefined) return [id, [answerInbox(answer, inbox)]] as const;
      return [id, answerFreely(answer)] as const;
    }),
  );
}

/** Where an answer is missing, nothing was allowed. */
const NOBODY: AgentAnswer = { type: "reject", reason: "nobody decided it" };

function readActions(value: Json): Actions | undefined {
  const camel = camelSchema.safeParse(value).data;
  if (camel !== undefined) {
    const { actionRequests: actions, reviewConfigs } = camel;
    const allowed = reviewConfigs.map((one) => [one.actionName, one.allowedDecisions] as const);
    return { actions, allowed: new Map(allowed), edited: "editedAction" };
  }
  const snake = snakeSchema.safeParse(value).data;
  if (snake === undefined) return undefined;
  const { action_requests: actions, review_configs } = snake;
  const allowed = review_configs.map((one) => [one.action_name, one.allowed_decisions] as const);
  return { actions, allowed: new Map(allowed), edited: "edited_action" };
}

const REVIEWS = ["approve", "edit", "reject"] as const;

function askAction(
  { name, args, description }: Actions["actions"][number],
  { allowed }: Actions,
  key: string,
): AgentRequest {
  const understood = allowed.get(name) ?? REVIEWS;
  const known = REVIEWS.filter((type) => understood.includes(type));
  return {
    key,
    title: titleOf(description ?? name),
    args,
    allowed: known.length === 0 ? ["reject"] : known,
  };
}

function decideAction(
  answer: AgentAnswer = NOBODY,
  { name }: Actions["actions"][number],
  { edited }: Actions,
): Json {
  if (answer.type === "approve") return { type: "approve" };
  if (answer.type === "edit") return { type: "edit", [edited]: { name, args: { ...answer.args } } };
  const message = answer.type === "reject" ? answer.reason : sayValue(answer.value);
  return { type: "reject", ...defined({ message }) };
}

type Inbox = z.infer<typeof inboxSchema>;

function readInbox(value: Json): Inbox | undefined {
  return inboxSchema.safeParse(Array.isArray(value) && value.length === 1 ? value[0] : value).data;
}

function askInbox({ action_request, config, description }: Inbox, key: string): AgentRequest {
  const { allow_accept, allow_edit, allow_respond, allow_ignore } = config;
  const allowed = [
    ...(allow_accept === true ? (["approve"] as const) : []),
    ...(allow_edit === true ? (["edit"] as const) : []),
    ...(allow_respond === true ? (["answer"] as const) : []),
    ...(allow_respond === true || allow_ignore === true ? (["reject"] as const) : []),
  ];
  return {
    key,
    title: titleOf(description ?? action_request.action),
    args: action_request.args,
    allowed: allowed.length === 0 ? ["reject"] : allowed,
  };
}

function answerInbox(answer: AgentAnswer, { action_request, config }: Inbox): Json {
  switch (answer.type) {
    case "approve":
      return { type: "accept", args: action_request };
    case "edit":
      return { type: "edit", args: { ...action_request, args: { ...answer.args } } };
    case "answer":
      return { type: "response", args: sayValue(answer.value) };
    case "reject":
      return config.allow_ignore === true
        ? { type: "ignore", args: null }
        : { type: "response", args: sayRejection(answer) };
  }
}

const questionSchema = z.object({
  question: z.string().optional(),
  message: z.string().optional(),
  title: z.string().optional(),
});

function askFreely(value: Json, key: string): AgentRequest {
  const args = argsSchema.safeParse(value).data;
  const { question, message, title } = questionSchema.safeParse(value).data ?? {};
  return {
    key,
    title: titleOf(question ?? message ?? title ?? sayValue(value)),
    allowed: ["answer", "reject"],
    ...defined({ args }),
  };
}

function answerFreely(answer: AgentAnswer): Json {
  if (answer.type === "answer") return answer.value;
  if (answer.type === "approve") return true;
  return answer.type === "edit" ? { ...answer.args } : sayRejection(answer);
}

/** What an agent is told that has no word of its own for it. */
export function sayRejection({ reason }: { readonly reason?: string }): string {
  return reason === undefined ? "Rejected." : `Rejected: ${reason}`;
}

/** A text as it is, all else as JSON. */
export function sayValue(value: Json): string {
  return typeof value === "string" ? value : canonicalJson(value);
}

const LONGEST_TITLE = 500;

/** A title is never empty, and short enough to be read. */
export function titleOf(text: string): string {
  const title = text.trim() || "The agent asks";
  return title.length <= LONGEST_TITLE ? title : `${title.slice(0, LONGEST_TITLE - 1)}…`;
}
