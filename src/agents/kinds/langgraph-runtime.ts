/**
 * An agent as a graph on a LangGraph server. Its run is remembered before it is waited for: after a crash it
 * is joined again, and nothing is done twice.
 */

import type { Client } from "@langchain/langgraph-sdk";
import { z } from "zod";

import type { LangGraphSettings } from "../../model/runtime-settings.ts";
import type { CallMemory, TaskRequest } from "../../model/task-exchange.ts";
import { AgentCallError, createAgentFetch } from "./agent-fetch.ts";
import { fillTemplate } from "./fill-template.ts";
import { type KindWorld, type OpenedKind, nothingToClose, requireVariable } from "./opened-kind.ts";

/** How long a server may take to say that it is there, or to stop, in milliseconds. */
const PATIENCE_MS = 15_000;

const handleSchema = z.object({ thread_id: z.string(), run_id: z.string() });
type Handle = z.infer<typeof handleSchema>;

const valuesSchema = z.looseObject({
  output: z.unknown().optional(),
  __interrupt__: z.array(z.unknown()).optional(),
  __error__: z.unknown().optional(),
});

export function openLangGraph(settings: LangGraphSettings, world: KindWorld): OpenedKind {
  const { assistant, token_env } = settings;
  return {
    async run(request, signal, memory) {
      try {
        const client = await connect(settings, world);
        const handle = await findOrBegin(client, { settings, request, signal, memory });
        const stop = () => void cancel(client, handle);
        signal.addEventListener("abort", stop, { once: true });
        try {
          return toResponse(await wait(client, handle, signal));
        } finally {
          signal.removeEventListener("abort", stop);
        }
      } catch (error) {
        signal.throwIfAborted();
        // oxlint-disable-next-line eslint/preserve-caught-error -- what a server says may hold what it was told
        throw new Error(`The graph ${assistant} did not answer: ${describeFailure(error)}.`);
      }
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
        return isThere ? undefined : `the server has no assistant ${assistant}`;
      } catch (error) {
        return describeFailure(error);
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
    callerOptions: { maxRetries: 0, fetch: createAgentFetch({ headers }) },
  });
}

async function findOrBegin(
  client: Client,
  {
    settings,
    request,
    signal,
    memory,
  }: {
    settings: LangGraphSettings;
    request: TaskRequest;
    signal: AbortSignal;
    memory: CallMemory;
  },
): Promise<Handle> {
  const known = handleSchema.safeParse(memory.handle);
  if (known.success) return known.data;
  const metadata = { idempotency_key: request.idempotency_key };
  const { thread_id } = await client.threads.create({ metadata, signal });
  const { run_id } = await client.runs.create(thread_id, settings.assistant, {
    input: fillTemplate(settings.input, request),
    metadata,
    signal,
  });
  await memory.keep({ thread_id, run_id });
  return { thread_id, run_id };
}

/** A connection that breaks while the run goes on is made again. */
async function wait(client: Client, handle: Handle, signal: AbortSignal): Promise<unknown> {
  const { thread_id, run_id } = handle;
  for (;;) {
    try {
      return await client.runs.join(thread_id, run_id, { signal });
    } catch (error) {
      signal.throwIfAborted();
      const { status } = await client.runs.get(thread_id, run_id, { signal });
      if (status !== "pending" && status !== "running") throw error;
    }
  }
}

/** Letting go of the connection alone stops nothing. */
async function cancel(client: Client, { thread_id, run_id }: Handle): Promise<void> {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    await client.runs.cancel(thread_id, run_id, false, "interrupt", { signal });
  } catch {
    // It has ended, or cannot be reached: there is nothing left to do.
  }
}

function toResponse(values: unknown): unknown {
  const { output, __interrupt__, __error__ } = valuesSchema.parse(values);
  if (__error__ !== undefined) throw new AgentCallError("its run failed");
  if (__interrupt__ !== undefined && __interrupt__.length > 0) {
    throw new AgentCallError("it stopped to ask somebody, and nobody can be asked for it here");
  }
  return { output: output === undefined ? values : output };
}

function describeFailure(error: unknown): string {
  if (error instanceof AgentCallError) return error.message;
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof AgentCallError) return cause.message;
  const status = z.object({ status: z.int() }).safeParse(error).data?.status;
  if (status !== undefined) return `it refuses with status ${status}`;
  const isOurs = error instanceof Error && error.message.startsWith("the environment has no ");
  return isOurs ? error.message : "its answer cannot be read, or there was none";
}
