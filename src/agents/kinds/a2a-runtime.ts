/**
 * An agent that speaks A2A 1.0. Its task is remembered before it is waited for: after a crash it is asked
 * about again, and nothing is done twice.
 */

import { setTimeout as delay } from "node:timers/promises";

import { Role, type Task } from "@a2a-js/sdk";
import {
  type Client,
  ClientFactory,
  DefaultAgentCardResolver,
  JsonRpcTransportFactory,
  RestTransportFactory,
} from "@a2a-js/sdk/client";
import { z } from "zod";

import type { AgentAnswer } from "../../model/agent-reply.ts";
import type { Json } from "../../model/primitives.ts";
import { type A2aSettings, sayAddress } from "../../model/runtime-settings.ts";
import type { CallMemory, TaskRequest } from "../../model/task-exchange.ts";
import { isAsking, isGoingOn, questionOf, readParts, toReply } from "./a2a-task.ts";
import { AgentCallError, createAgentFetch } from "./agent-fetch.ts";
import { fillTemplate } from "./fill-template.ts";
import { sayRejection } from "./interrupts.ts";
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
        throw new Error(`The agent at ${sayAddress(card)} did not answer: ${why}.`);
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
  if (!isAsking(task) || questionOf(task) !== asked) return { handle: { task_id } };
  await memory.tell();
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
    if (!isGoingOn(task)) return task;
    await delay(pause, undefined, { signal });
  }
}

async function cancel(client: Client, id: string): Promise<void> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  await client.cancelTask({ tenant: "", id, metadata: undefined }, { signal });
}

function describeFailure(error: unknown): string {
  if (error instanceof AgentCallError) return error.message;
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof AgentCallError) return cause.message;
  return error instanceof SettingError
    ? error.message
    : "its answer cannot be read, or there was none";
}
