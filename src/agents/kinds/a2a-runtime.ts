/**
 * An agent that speaks A2A 1.0. Its task is remembered before it is waited for: after a crash it is asked
 * about again, and nothing is done twice.
 */

import { setTimeout as delay } from "node:timers/promises";

import { type Message, Role, type Task, TaskState } from "@a2a-js/sdk";
import {
  type Client,
  ClientFactory,
  DefaultAgentCardResolver,
  JsonRpcTransportFactory,
  RestTransportFactory,
} from "@a2a-js/sdk/client";
import { z } from "zod";

import type { AgentAnswer, AgentRequest } from "../../model/agent-reply.ts";
import { defined } from "../../model/defined.ts";
import { type Json, jsonSchema } from "../../model/primitives.ts";
import type { A2aSettings } from "../../model/runtime-settings.ts";
import type { CallMemory, TaskRequest } from "../../model/task-exchange.ts";
import { AgentCallError, createAgentFetch } from "./agent-fetch.ts";
import { fillTemplate } from "./fill-template.ts";
import { sayRejection, titleOf } from "./interrupts.ts";
import {
  type KindWorld,
  type OpenedKind,
  nothingToClose,
  SettingError,
  objectTo,
  requireVariable,
  scrub,
} from "./opened-kind.ts";
import { type Begun, workElsewhere } from "./work-elsewhere.ts";

/** A task is asked about soon, then less and less often, in milliseconds. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** How long a server may take to stop, in milliseconds. */
const PATIENCE_MS = 15_000;
/** Of what an agent says of its failure, in characters. */
const LONGEST_REASON = 500;
/** Of what an agent calls its message, in characters. */
const LONGEST_KEY = 200;

const handleSchema = z.object({ task_id: z.string() });
type Handle = z.infer<typeof handleSchema>;

/** The agent stopped to ask; `asked` tells one question from the next. */
const continuationSchema = z.object({
  task_id: z.string(),
  context_id: z.string(),
  asked: z.string(),
});

export function openA2a(settings: A2aSettings, world: KindWorld): OpenedKind {
  const { card, token_env } = settings;
  const secrets = () => (token_env === undefined ? [] : [world.environment[token_env] ?? ""]);
  let connected: Promise<Client> | undefined;
  /** Its card is read once; again after something went wrong, which may be that it has moved. */
  const reachAgent = () => (connected ??= connect(settings, world));
  return {
    async run(request, signal, memory) {
      try {
        const client = await reachAgent();
        return await workElsewhere<Handle>(
          { memory, signal },
          {
            handleSchema,
            begin: () => begin(client, { settings, request, signal }),
            goOn: (continuation) => goOn(client, { request, memory, signal, continuation }),
            wait: async ({ task_id }) => toReply(await wait(client, task_id, signal)),
            cancel: async ({ task_id }) => cancel(client, task_id),
          },
        );
      } catch (error) {
        connected = undefined;
        signal.throwIfAborted();
        const why = scrub(describeFailure(error), secrets());
        // oxlint-disable-next-line eslint/preserve-caught-error -- what a server says may hold what it was told
        throw new Error(`The agent at ${card} did not answer: ${why}.`);
      }
    },
    async abandon({ handle, continuation }) {
      const known = handleSchema.safeParse(handle ?? continuation).data;
      if (known !== undefined) await cancel(await connect(settings, world), known.task_id);
    },
    async check(depth) {
      try {
        if (token_env !== undefined) requireVariable(world, token_env);
        if (depth === "reach") await connect(settings, world);
        return undefined;
      } catch (error) {
        return objectTo(error, "card", scrub(describeFailure(error), secrets()));
      }
    },
    close: nothingToClose,
  };
}

async function connect({ card, token_env }: A2aSettings, world: KindWorld): Promise<Client> {
  const headers: Record<string, string> =
    token_env === undefined ? {} : { Authorization: `Bearer ${requireVariable(world, token_env)}` };
  const fetchImpl = createAgentFetch({ headers, carry: world.trace.headers });
  const factory = new ClientFactory({
    transports: [
      new JsonRpcTransportFactory({ fetchImpl }),
      new RestTransportFactory({ fetchImpl }),
    ],
    cardResolver: new DefaultAgentCardResolver({ fetchImpl }),
  });
  // A card is a document of its own, or where every agent has it.
  return card.endsWith(".json") ? factory.createFromUrl(card, "") : factory.createFromUrl(card);
}

async function begin(
  client: Client,
  {
    settings,
    request,
    signal,
  }: { settings: A2aSettings; request: TaskRequest; signal: AbortSignal },
): Promise<Begun<Handle>> {
  const { idempotency_key } = request;
  const told = { messageId: idempotency_key, value: fillTemplate(settings.input, request) };
  return send(client, { ...told, task_id: "", context_id: "", idempotency_key, signal });
}

/** Tells the agent what was decided; where that was done before a crash, it has gone on already. */
async function goOn(
  client: Client,
  {
    request,
    memory,
    signal,
    continuation,
  }: { request: TaskRequest; memory: CallMemory; signal: AbortSignal; continuation: Json },
): Promise<Begun<Handle>> {
  const { task_id, context_id, asked } = continuationSchema.parse(continuation);
  const task = await client.getTask({ tenant: "", id: task_id }, { signal });
  if (!ASKING.has(stateOf(task)) || questionOf(task) !== asked) return { handle: { task_id } };
  const value = sayAnswer(memory.answers?.[asked]);
  const { idempotency_key } = request;
  const messageId = `${idempotency_key}:${asked}`;
  return send(client, { messageId, value, task_id, context_id, idempotency_key, signal });
}

async function send(
  client: Client,
  {
    messageId,
    value,
    task_id,
    context_id,
    idempotency_key,
    signal,
  }: {
    messageId: string;
    value: Json;
    task_id: string;
    context_id: string;
    idempotency_key: string;
    signal: AbortSignal;
  },
): Promise<Begun<Handle>> {
  const metadata = { idempotency_key };
  const isText = typeof value === "string";
  const content = isText ? { $case: "text" as const, value } : { $case: "data" as const, value };
  const mediaType = isText ? "text/plain" : "application/json";
  const begun = await client.sendMessage(
    {
      tenant: "",
      message: {
        messageId,
        contextId: context_id,
        taskId: task_id,
        role: Role.ROLE_USER,
        parts: [{ content, metadata: undefined, filename: "", mediaType }],
        metadata,
        extensions: [],
        referenceTaskIds: [],
      },
      configuration: {
        acceptedOutputModes: ["application/json", "text/plain"],
        taskPushNotificationConfig: undefined,
        returnImmediately: true,
      },
      metadata,
    },
    { signal },
  );
  if ("messageId" in begun) return { reply: { output: readParts(begun.parts) } };
  return { handle: { task_id: begun.id } };
}

function sayAnswer(answer: AgentAnswer | undefined): Json {
  if (answer === undefined || answer.type === "reject") return sayRejection(answer ?? {});
  if (answer.type === "answer") return answer.value;
  return answer.type === "edit" ? { ...answer.args } : "Approved.";
}

async function wait(client: Client, id: string, signal: AbortSignal): Promise<Task> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const task = await client.getTask({ tenant: "", id }, { signal });
    if (!GOING_ON.has(stateOf(task))) return task;
    await delay(pause, undefined, { signal });
  }
}

const GOING_ON: ReadonlySet<TaskState> = new Set([
  TaskState.TASK_STATE_UNSPECIFIED,
  TaskState.TASK_STATE_SUBMITTED,
  TaskState.TASK_STATE_WORKING,
]);

function stateOf({ status }: Task): TaskState {
  return status?.state ?? TaskState.TASK_STATE_UNSPECIFIED;
}

async function cancel(client: Client, id: string): Promise<void> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  await client.cancelTask({ tenant: "", id, metadata: undefined }, { signal });
}

/** @throws AgentCallError when the task came to nothing. */
function toReply(task: Task): unknown {
  const state = stateOf(task);
  const parts = task.status?.message?.parts ?? [];
  const said = readText(parts);
  if (state === TaskState.TASK_STATE_COMPLETED) {
    return { output: readParts(task.artifacts.flatMap((artifact) => artifact.parts)) ?? said };
  }
  if (ASKING.has(state)) {
    const asked = questionOf(task);
    // What lets an agent in elsewhere is nothing to be typed here.
    const isSignIn = state === TaskState.TASK_STATE_AUTH_REQUIRED;
    const args = z.record(z.string(), jsonSchema).safeParse(readData(parts)[0]).data;
    const request: AgentRequest = {
      key: asked,
      title: titleOf(isSignIn ? `Somebody must sign in for it. ${said}` : said),
      allowed: isSignIn ? ["approve", "reject"] : ["answer", "reject"],
      ...defined({ args }),
    };
    const continuation = { task_id: task.id, context_id: task.contextId, asked };
    return { kind: "needs_input", requests: [request], continuation };
  }
  const why = said === "" ? "" : `: ${said.slice(0, LONGEST_REASON)}`;
  throw new AgentCallError(`its task came to nothing${why}`);
}

/** What tells this question of the task from another. */
function questionOf({ id, status }: Task): string {
  return (status?.message?.messageId || status?.timestamp || id).slice(0, LONGEST_KEY);
}

const ASKING: ReadonlySet<TaskState> = new Set([
  TaskState.TASK_STATE_INPUT_REQUIRED,
  TaskState.TASK_STATE_AUTH_REQUIRED,
]);

function readData(parts: Message["parts"]): readonly unknown[] {
  return parts.flatMap(({ content }) => (content?.$case === "data" ? [content.value] : []));
}

/** Data where there is some, all of it where there is more; else the text; undefined of nothing. */
function readParts(parts: Message["parts"]): unknown {
  const data = readData(parts);
  if (data.length > 0) return data.length === 1 ? data[0] : data;
  return readText(parts) || undefined;
}

function readText(parts: Message["parts"]): string {
  return parts
    .flatMap(({ content }) => (content?.$case === "text" ? [content.value] : []))
    .join("\n");
}

function describeFailure(error: unknown): string {
  if (error instanceof AgentCallError) return error.message;
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof AgentCallError) return cause.message;
  return error instanceof SettingError
    ? error.message
    : "its answer cannot be read, or there was none";
}
