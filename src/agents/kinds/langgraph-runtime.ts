/**
 * An agent as a graph on a LangGraph server. Its run is remembered before it is waited for: after a crash it
 * is joined again, and nothing is done twice.
 */

import { setTimeout as delay } from "node:timers/promises";

import type { Client } from "@langchain/langgraph-sdk";
import { z } from "zod";

import type { Json } from "../../model/primitives.ts";
import type { LangGraphSettings } from "../../model/runtime-settings.ts";
import type { CallMemory, TaskRequest } from "../../model/task-exchange.ts";
import { AgentCallError, createAgentFetch } from "./agent-fetch.ts";
import { fillTemplate } from "./fill-template.ts";
import {
  ASKS_NOTHING,
  type Interrupt,
  answerInterrupts,
  interruptSchema,
  readInterrupts,
} from "./interrupts.ts";
import {
  type KindWorld,
  type OpenedKind,
  nothingToClose,
  SettingError,
  objectTo,
  requireVariable,
} from "./opened-kind.ts";
import { type Begun, workElsewhere } from "./work-elsewhere.ts";

/** How long a server may take to say that it is there, or to stop, in milliseconds. */
const PATIENCE_MS = 15_000;
/** Before a run is joined again: a server may let go of it at once, each time. */
const PAUSE_MS = 200;

const handleSchema = z.object({ thread_id: z.string(), run_id: z.string() });
type Handle = z.infer<typeof handleSchema>;

/** The graph stopped to ask. */
const continuationSchema = z.object({
  thread_id: z.string(),
  interrupts: z.array(interruptSchema),
});

const valuesSchema = z.looseObject({
  output: z.unknown().optional(),
  __interrupt__: z.array(interruptSchema).readonly().optional(),
  __error__: z.unknown().optional(),
});

export function openLangGraph(settings: LangGraphSettings, world: KindWorld): OpenedKind {
  const { assistant, token_env } = settings;
  return {
    async run(request, signal, memory) {
      try {
        const client = await connect(settings, world);
        return await workElsewhere<Handle>(
          { memory, signal },
          {
            handleSchema,
            begin: () => begin(client, { settings, request, signal }),
            goOn: (continuation) => goOn(client, { settings, memory, signal, continuation }),
            async wait(handle) {
              return toReply(await wait(client, handle, signal), handle.thread_id);
            },
            cancel: (handle) => cancel(client, handle),
          },
        );
      } catch (error) {
        signal.throwIfAborted();
        // oxlint-disable-next-line eslint/preserve-caught-error -- what a server says may hold what it was told
        throw new Error(`The graph ${assistant} did not answer: ${describeFailure(error)}.`);
      }
    },
    async abandon({ handle }) {
      const known = handleSchema.safeParse(handle).data;
      // A thread that has stopped to ask does nothing.
      if (known !== undefined) await cancel(await connect(settings, world), known);
    },
    async check(depth) {
      try {
        if (token_env !== undefined) requireVariable(world, token_env);
        if (depth !== "reach") return undefined;
        const client = await connect(settings, world);
        const signal = AbortSignal.timeout(PATIENCE_MS);
        const found = await client.assistants.search({ limit: 1000, signal });
        const isThere = found.some(
          ({ assistant_id, graph_id }) => assistant_id === assistant || graph_id === assistant,
        );
        const why = `the server has no assistant ${assistant}`;
        return isThere ? undefined : { field: "assistant", why };
      } catch (error) {
        return objectTo(error, "url", describeFailure(error));
      }
    },
    close: nothingToClose,
  };
}

async function connect({ url, token_env }: LangGraphSettings, world: KindWorld): Promise<Client> {
  const { Client: GraphClient } = await import("@langchain/langgraph-sdk");
  const headers: Record<string, string> =
    token_env === undefined ? {} : { "x-api-key": requireVariable(world, token_env) };
  return new GraphClient({
    apiUrl: url,
    // Not from the environment: what is sent is what the registry names.
    apiKey: null,
    callerOptions: {
      maxRetries: 0,
      fetch: createAgentFetch({ headers, carry: world.trace.headers }),
    },
  });
}

async function begin(
  client: Client,
  {
    settings,
    request,
    signal,
  }: { settings: LangGraphSettings; request: TaskRequest; signal: AbortSignal },
): Promise<Begun<Handle>> {
  const metadata = { idempotency_key: request.idempotency_key };
  const { thread_id } = await client.threads.create({ metadata, signal });
  const { run_id } = await client.runs.create(thread_id, settings.assistant, {
    input: fillTemplate(settings.input, request),
    metadata,
    signal,
  });
  return { handle: { thread_id, run_id } };
}

/** Resumes the thread with what was decided; where that was done before a crash, its newest run is joined. */
async function goOn(
  client: Client,
  {
    settings,
    memory,
    signal,
    continuation,
  }: { settings: LangGraphSettings; memory: CallMemory; signal: AbortSignal; continuation: Json },
): Promise<Begun<Handle>> {
  const { thread_id, interrupts } = continuationSchema.parse(continuation);
  const waiting = new Set((await readWaiting(client, thread_id, signal)).map(({ id }) => id));
  if (!interrupts.every(({ id }) => waiting.has(id))) {
    const [newest] = await client.runs.list(thread_id, { limit: 1, signal });
    if (newest !== undefined) return { handle: { thread_id, run_id: newest.run_id } };
  }
  const resume = answerInterrupts(interrupts, memory.answers ?? {});
  const command = { command: { resume }, signal };
  await memory.tell();
  const { run_id } = await client.runs.create(thread_id, settings.assistant, command);
  return { handle: { thread_id, run_id } };
}

/**
 * Waits for the end of a run; a connection that breaks while it goes on is made again.
 *
 * What joining a run gives once it has ended says neither that it failed nor that it asks: both are looked up.
 */
async function wait(
  client: Client,
  { thread_id, run_id }: Handle,
  signal: AbortSignal,
): Promise<z.infer<typeof valuesSchema>> {
  for (;;) {
    let joined: unknown;
    let broken: unknown;
    try {
      joined = await client.runs.join(thread_id, run_id, { signal });
    } catch (error) {
      signal.throwIfAborted();
      broken = error;
    }
    const { status } = await client.runs.get(thread_id, run_id, { signal });
    if (status === "pending" || status === "running") {
      await delay(PAUSE_MS, undefined, { signal });
      continue;
    }
    if (broken !== undefined) throw broken;
    if (status === "error" || status === "timeout") throw new AgentCallError("its run failed");
    const values = valuesSchema.parse(joined);
    if ((values.__interrupt__ ?? []).length > 0) return values;
    return { ...values, __interrupt__: await readWaiting(client, thread_id, signal) };
  }
}

/** What the thread asks. @throws AgentCallError when it has stopped without a question. */
async function readWaiting(
  client: Client,
  thread_id: string,
  signal: AbortSignal,
): Promise<readonly Interrupt[]> {
  const { tasks, next } = await client.threads.getState(thread_id, undefined, { signal });
  const interrupts = z.array(interruptSchema).parse(tasks.flatMap((task) => task.interrupts));
  if (interrupts.length === 0 && next.length > 0) throw new AgentCallError(ASKS_NOTHING);
  return interrupts;
}

async function cancel(client: Client, { thread_id, run_id }: Handle): Promise<void> {
  const options = { signal: AbortSignal.timeout(PATIENCE_MS) };
  await client.runs.cancel(thread_id, run_id, false, "interrupt", options);
}

function toReply(values: z.infer<typeof valuesSchema>, thread_id: string): unknown {
  const { output, __interrupt__: interrupts = [], __error__ } = values;
  if (__error__ !== undefined) throw new AgentCallError("its run failed");
  if (interrupts.length > 0) {
    const continuation = { thread_id, interrupts };
    return { kind: "needs_input", requests: readInterrupts(interrupts), continuation };
  }
  return { output: output === undefined ? values : output };
}

function describeFailure(error: unknown): string {
  if (error instanceof AgentCallError) return error.message;
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof AgentCallError) return cause.message;
  const status = z.object({ status: z.int() }).safeParse(error).data?.status;
  if (status !== undefined) return `it refuses with status ${status}`;
  return error instanceof SettingError
    ? error.message
    : "its answer cannot be read, or there was none";
}
