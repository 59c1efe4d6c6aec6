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

import type { A2aSettings } from "../../model/runtime-settings.ts";
import type { CallMemory, TaskRequest } from "../../model/task-exchange.ts";
import { AgentCallError, createAgentFetch } from "./agent-fetch.ts";
import { fillTemplate } from "./fill-template.ts";
import {
  type KindWorld,
  type OpenedKind,
  nothingToClose,
  requireVariable,
  scrub,
} from "./opened-kind.ts";

/** A task is asked about soon, then less and less often, in milliseconds. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** How long a server may take to stop, in milliseconds. */
const PATIENCE_MS = 15_000;
/** Of what an agent says of its failure, in characters. */
const LONGEST_REASON = 500;

const handleSchema = z.object({ task_id: z.string() });

export function openA2a(settings: A2aSettings, world: KindWorld): OpenedKind {
  const { card, token_env } = settings;
  const secrets = () => (token_env === undefined ? [] : [world.environment[token_env] ?? ""]);
  return {
    async run(request, signal, memory) {
      try {
        const client = await connect(settings, world);
        const begun = await findOrBegin(client, { settings, request, signal, memory });
        if (typeof begun !== "string") return { output: readParts(begun.parts) };
        const stop = () => void cancel(client, begun);
        signal.addEventListener("abort", stop, { once: true });
        try {
          return { output: toOutput(await wait(client, begun, signal)) };
        } finally {
          signal.removeEventListener("abort", stop);
        }
      } catch (error) {
        signal.throwIfAborted();
        const why = scrub(describeFailure(error), secrets());
        // oxlint-disable-next-line eslint/preserve-caught-error -- what a server says may hold what it was told
        throw new Error(`The agent at ${card} did not answer: ${why}.`);
      }
    },
    async check(depth) {
      try {
        if (token_env !== undefined) requireVariable(world, token_env);
        if (depth === "reach") await connect(settings, world);
        return undefined;
      } catch (error) {
        return scrub(describeFailure(error), secrets());
      }
    },
    close: nothingToClose,
  };
}

async function connect({ card, token_env }: A2aSettings, world: KindWorld): Promise<Client> {
  const headers: Record<string, string> =
    token_env === undefined ? {} : { Authorization: `Bearer ${requireVariable(world, token_env)}` };
  const fetchImpl = createAgentFetch({ headers });
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

/** The id of the task; or a message, where the agent answers at once. */
async function findOrBegin(
  client: Client,
  {
    settings,
    request,
    signal,
    memory,
  }: {
    settings: A2aSettings;
    request: TaskRequest;
    signal: AbortSignal;
    memory: CallMemory;
  },
): Promise<string | Message> {
  const known = handleSchema.safeParse(memory.handle);
  if (known.success) return known.data.task_id;
  const metadata = { idempotency_key: request.idempotency_key };
  const begun = await client.sendMessage(
    {
      tenant: "",
      message: {
        messageId: request.idempotency_key,
        contextId: "",
        taskId: "",
        role: Role.ROLE_USER,
        parts: [
          {
            content: { $case: "data", value: fillTemplate(settings.input, request) },
            metadata: undefined,
            filename: "",
            mediaType: "application/json",
          },
        ],
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
  if ("messageId" in begun) return begun;
  await memory.keep({ task_id: begun.id });
  return begun.id;
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

/** Letting go of the connection alone stops nothing. */
async function cancel(client: Client, id: string): Promise<void> {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    await client.cancelTask({ tenant: "", id, metadata: undefined }, { signal });
  } catch {
    // It has ended, or cannot be reached: there is nothing left to do.
  }
}

/** @throws AgentCallError when the task did not come to its end. */
function toOutput(task: Task): unknown {
  const state = stateOf(task);
  const said = readText(task.status?.message?.parts ?? []);
  if (state === TaskState.TASK_STATE_COMPLETED) {
    return readParts(task.artifacts.flatMap(({ parts }) => parts)) ?? said;
  }
  if (ASKING.has(state)) {
    throw new AgentCallError("it stopped to ask somebody, and nobody can be asked for it here");
  }
  const why = said === "" ? "" : `: ${said.slice(0, LONGEST_REASON)}`;
  throw new AgentCallError(`its task came to nothing${why}`);
}

const ASKING: ReadonlySet<TaskState> = new Set([
  TaskState.TASK_STATE_INPUT_REQUIRED,
  TaskState.TASK_STATE_AUTH_REQUIRED,
]);

/** Data where there is some, all of it where there is more; else the text; undefined of nothing. */
function readParts(parts: Message["parts"]): unknown {
  const data = parts.flatMap(({ content }) => (content?.$case === "data" ? [content.value] : []));
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
  const isOurs = error instanceof Error && error.message.startsWith("the environment has no ");
  return isOurs ? error.message : "its answer cannot be read, or there was none";
}
