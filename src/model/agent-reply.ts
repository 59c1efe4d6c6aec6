/** What an agent may answer in its turn, and what it is told of what people decided. */

import { z } from "zod";

import { lazily } from "./lazily.ts";
import {
  type Described,
  type Json,
  MOST_WORK_MINUTES,
  figuresSchema,
  jsonSchema,
} from "./primitives.ts";
import { usageSchema } from "./usage.ts";

/** The most that an agent may ask at once. */
const MOST_AT_ONCE = 100;
const DAY_SECONDS = 86_400;

/** The minutes of work that an agent reports of an attempt. */
export const workMinutesSchema = z
  .number()
  .min(0)
  .max(MOST_WORK_MINUTES, {
    error: `at most the ${MOST_WORK_MINUTES} minutes that one attempt may report`,
  });

/** The end of an attempt. Without `kind` it is meant too, where there is an `output`. */
export const taskResponseSchema = lazily(() =>
  z.object({
    kind: z.literal("done").optional(),
    output: jsonSchema.describe("The result, any JSON of at most 100 levels and 16 MB."),
    work_minutes: workMinutesSchema.optional().describe("Minutes of work; measured when absent."),
    kpi_observations: figuresSchema.optional().describe("Business figures it observed."),
    usage: usageSchema.optional().describe("What it used up."),
  }),
);
export type TaskResponse = z.input<typeof taskResponseSchema>;

const failedSchema = lazily(() =>
  z.object({
    kind: z.literal("failed"),
    error: z.string().describe("Why, for people and for who tries next."),
    retryable: z
      .boolean()
      .default(true)
      .describe("False when the same agent would only fail again: then the next one tries."),
    ask_person: z
      .boolean()
      .default(false)
      .describe("True when a person should say how to go on, before any other agent tries."),
    work_minutes: workMinutesSchema.optional(),
    usage: usageSchema.optional(),
  }),
);

const workingSchema = lazily(() =>
  z.object({
    kind: z.literal("working"),
    handle: jsonSchema.describe("What the work is found by again; kept before it is waited for."),
    poll_after_seconds: z
      .number()
      .min(0)
      .max(DAY_SECONDS)
      .describe("The agent is not called again before."),
  }),
);

/** In characters of JSON: people read it, and it is kept with the request. */
const MOST_ASKED = 256 * 1024;

/** Words of JSON Schema that can make a check endless, or another than it seems: who asks is not trusted with them. */
const UNTRUSTED: ReadonlySet<string> = new Set([
  "pattern",
  "patternProperties",
  "$ref",
  "$dynamicRef",
  "$recursiveRef",
  "$async",
]);

/** One thing that an agent asks a person. */
export const agentRequestSchema = lazily(() =>
  z.object({
    key: z.string().min(1).max(200).describe("The agent's own name of it; no two are the same."),
    title: z.string().trim().min(1).max(2000).describe("What is asked, in the agent's words."),
    args: z
      .record(z.string(), jsonSchema)
      .optional()
      .describe(
        "What it is about: the values that a person sees, and may edit where that is allowed.",
      ),
    schema: z
      .record(z.string(), jsonSchema)
      .refine(isBounded, { error: "a JSON Schema without `pattern`, `$ref` and the like" })
      .optional()
      .describe("With `answer`: the JSON Schema of the value."),
    allowed: z
      .array(z.enum(["approve", "edit", "reject", "answer"]))
      .min(1)
      .describe("The decisions that the agent understands."),
  }),
);
export type AgentRequest = Described<typeof agentRequestSchema>;

const needsInputSchema = lazily(() =>
  z.object({
    kind: z.literal("needs_input"),
    requests: z
      .array(agentRequestSchema)
      .min(1)
      .max(MOST_AT_ONCE)
      .refine((requests) => new Set(requests.map(({ key }) => key)).size === requests.length, {
        error: "each request to have a key of its own",
      })
      .refine((requests) => JSON.stringify(requests).length <= MOST_ASKED, {
        error: `at most ${MOST_ASKED} characters of JSON in all`,
      }),
    continuation: jsonSchema.describe("What the agent goes on from, once all is decided."),
    usage: usageSchema.optional().describe("What it used up so far."),
  }),
);

/** An agent's turn. Anything else it says is dropped. */
export const agentReplySchema = lazily(() =>
  z.discriminatedUnion("kind", [
    taskResponseSchema.unwrap().extend({ kind: z.literal("done") }),
    failedSchema,
    workingSchema,
    needsInputSchema,
  ]),
);
export type AgentReply = z.input<typeof agentReplySchema>;
export type CheckedReply = z.output<typeof agentReplySchema>;

/** What a person decided about one request of an agent. */
export type AgentAnswer =
  | { readonly type: "approve" }
  | { readonly type: "edit"; readonly args: Readonly<Record<string, Json>> }
  | { readonly type: "reject"; readonly reason?: string }
  | { readonly type: "answer"; readonly value: Json };

/** What an agent that has worked on an attempt before is told of it. */
export interface AgentMemory {
  /** What the work is found by again. */
  readonly handle?: Json | undefined;
  /** What it said that it goes on from when it asked. */
  readonly continuation?: Json | undefined;
  /** What people decided about all that it asked then, by key. */
  readonly answers?: Readonly<Record<string, AgentAnswer>> | undefined;
}

function isBounded(schema: Json): boolean {
  if (typeof schema !== "object" || schema === null) return true;
  if (Array.isArray(schema)) return schema.every(isBounded);
  return Object.entries(schema).every(([word, inner]) => !UNTRUSTED.has(word) && isBounded(inner));
}
