/** What a tool of an MCP server asks in the middle of its work (`input_required`), and what it is told. */

import { z } from "zod";

import type { AgentAnswer, AgentMemory, AgentRequest } from "../../model/agent-reply.ts";
import { defined } from "../../model/defined.ts";
import { type Json, jsonSchema } from "../../model/primitives.ts";
import { AgentCallError } from "./agent-fetch.ts";
import { titleOf } from "./interrupts.ts";

/** A form to be filled in, or a page where a person does what is not to be done here. */
const elicitationSchema = z.object({
  method: z.literal("elicitation/create"),
  params: z.object({
    message: z.string(),
    url: z.string().optional(),
    requestedSchema: z.record(z.string(), jsonSchema).optional(),
  }),
});

const stateSchema = z.object({ state: z.string().optional() });

/** @throws AgentCallError for what no person can be asked. */
export function askInputs({
  inputRequests = {},
  requestState: state,
}: {
  readonly inputRequests?: Readonly<Record<string, unknown>> | undefined;
  readonly requestState?: string | undefined;
}): object {
  const asked = Object.entries(inputRequests);
  // It only wants to be asked again.
  if (asked.length === 0) {
    return { kind: "working", handle: defined({ state }), poll_after_seconds: 1 };
  }
  const requests = asked.map(([key, request]): AgentRequest => {
    const { data } = elicitationSchema.safeParse(request);
    if (data === undefined) {
      throw new AgentCallError("it asks for something that no person can be asked for it here");
    }
    const { message, url, requestedSchema } = data.params;
    if (url !== undefined) {
      return { key, title: titleOf(`${message} (${url})`), allowed: ["approve", "reject"] };
    }
    const schema = requestedSchema && withoutPatterns(requestedSchema);
    return { key, title: titleOf(message), allowed: ["answer", "reject"], ...defined({ schema }) };
  });
  return { kind: "needs_input", requests, continuation: defined({ state }) };
}

/** What is sent along with the call, when it is made again. */
export function answerInputs({ handle, continuation, answers = {} }: AgentMemory): object {
  const known = stateSchema.safeParse(continuation ?? handle).data;
  if (known === undefined) return {};
  const told = Object.entries(answers).map(([key, answer]) => [key, answerOf(answer)] as const);
  return {
    ...(told.length === 0 ? {} : { inputResponses: Object.fromEntries(told) }),
    ...defined({ requestState: known.state }),
  };
}

function answerOf(answer: AgentAnswer): object {
  if (answer.type === "approve") return { action: "accept" };
  return answer.type === "answer"
    ? { action: "accept", content: answer.value }
    : { action: "decline" };
}

/** The server checks its patterns itself: here they could go on without end. */
function withoutPatterns(schema: Readonly<Record<string, Json>>): Record<string, Json> {
  const { properties, ...rest } = schema;
  if (typeof properties !== "object" || properties === null || Array.isArray(properties)) {
    return { ...rest };
  }
  const kept = Object.entries(properties).map(([name, property]) => {
    if (typeof property !== "object" || property === null || Array.isArray(property)) {
      return [name, property] as const;
    }
    const { pattern: _pattern, ...known } = property;
    return [name, known] as const;
  });
  return { ...rest, properties: Object.fromEntries(kept) };
}
