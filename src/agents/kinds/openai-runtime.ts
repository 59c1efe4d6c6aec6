/** A language model as an agent, behind an OpenAI-compatible interface. */

import type { OpenAIClient } from "@langchain/openai";
import { z } from "zod";

import { type OpenAiSettings, sayAddress } from "../../model/runtime-settings.ts";
import type { TaskRequest } from "../../model/task-exchange.ts";
import { SPANS, name } from "../../model/trace.ts";
import type { Usage } from "../../model/usage.ts";
import { describeThrown } from "../describe-thrown.ts";
import { AgentCallError, createAgentFetch } from "./agent-fetch.ts";
import { priceOf, writePrompt } from "./model-prompt.ts";
import {
  type KindWorld,
  type OpenedKind,
  nothingToClose,
  SettingError,
  objectTo,
  requireVariable,
} from "./opened-kind.ts";

const OPENAI_URL = "https://api.openai.com/v1";
/** How long a server may take to say that it is there, in milliseconds. */
const REACH_MS = 15_000;

/** What is used of an answer. */
const answerSchema = z.object({
  generations: z
    .array(
      z.object({
        text: z.string(),
        generationInfo: z.object({ finish_reason: z.string().nullish() }).optional(),
      }),
    )
    .min(1),
  llmOutput: z
    .object({
      tokenUsage: z
        .object({
          promptTokens: z.int().min(0).optional(),
          completionTokens: z.int().min(0).optional(),
        })
        .optional(),
    })
    .optional(),
});

export function openOpenAi(settings: OpenAiSettings, world: KindWorld): OpenedKind {
  const { token_env, output_schema } = settings;
  return {
    async run(request, signal) {
      const called = name({ operation: SPANS.model, provider: "openai", model: settings.model });
      const title = `${SPANS.model} ${settings.model}`;
      const { text, usage } = await world.trace.within(title, called, async (span) => {
        const answered = await ask(settings, { request, signal, world });
        const { input_tokens, output_tokens, cost } = answered.usage;
        span.set(name({ input_tokens, output_tokens, cost }));
        return answered;
      });
      if (output_schema === undefined) return { output: text, usage };
      try {
        return { output: await readOutput(text, output_schema, world), usage };
      } catch (error) {
        // What was asked for in vain costs as much.
        throw Object.assign(new Error(describeThrown(error), { cause: error }), { usage });
      }
    },
    async check(depth) {
      try {
        const key = requireVariable(world, token_env);
        if (output_schema !== undefined) await requireSchema(output_schema, world);
        if (depth === "reach") await reach(settings, key);
        return undefined;
      } catch (error) {
        return objectTo(error, "base_url", describeThrown(error));
      }
    },
    close: nothingToClose,
  };
}

/** @throws Error */
async function requireSchema(
  schema: Readonly<Record<string, unknown>>,
  { checkJson }: KindWorld,
): Promise<void> {
  try {
    await checkJson(schema, null);
  } catch (error) {
    throw new SettingError("output_schema", `no JSON Schema: ${describeThrown(error)}`);
  }
}

/** Asks which models there are, which costs nothing. @throws Error */
async function reach({ base_url = OPENAI_URL }: OpenAiSettings, key: string): Promise<void> {
  const fetch = createAgentFetch({ headers: { Authorization: `Bearer ${key}` } });
  const { ok, status, body } = await fetch(`${base_url.replace(/\/$/, "")}/models`, {
    signal: AbortSignal.timeout(REACH_MS),
  });
  await body?.cancel();
  if (!ok) throw new AgentCallError(`${sayAddress(base_url)} refuses with status ${status}`);
}

async function ask(
  settings: OpenAiSettings,
  { request, signal, world }: { request: TaskRequest; signal: AbortSignal; world: KindWorld },
): Promise<{ text: string; usage: Usage }> {
  const { model, base_url, token_env, output_schema, max_output_tokens } = settings;
  const apiKey = requireVariable(world, token_env);
  // Takes about a second to load, and most commands need no model.
  const [{ ChatOpenAI, OpenAIClient }, { HumanMessage, SystemMessage }] = await Promise.all([
    import("@langchain/openai"),
    import("@langchain/core/messages"),
  ]);
  const fetch = createAgentFetch({
    headers: { "Idempotency-Key": request.idempotency_key },
    carry: world.trace.headers,
  });
  const chat = new ChatOpenAI({
    apiKey,
    model,
    configuration: { baseURL: base_url ?? OPENAI_URL, logLevel: "off", fetch },
    // Whether and when to try again is for the policy to say.
    maxRetries: 0,
    ...(max_output_tokens === undefined ? {} : { maxTokens: max_output_tokens }),
  });
  const { system, user } = writePrompt(settings, request);
  const messages = [new SystemMessage(system), new HumanMessage(user)];
  try {
    // Not `invoke`, which would report to LangSmith and to listeners of the graph around it.
    const answer = await chat._generate(messages, {
      signal,
      ...(output_schema === undefined ? {} : { response_format: formatOf(output_schema) }),
    });
    const { generations, llmOutput } = answerSchema.parse(answer);
    const [first] = generations;
    const reason = first?.generationInfo?.finish_reason ?? "stop";
    if (reason !== "stop") throw new AgentCallError(`its answer broke off (${reason})`);
    if (first === undefined || first.text.trim() === "") {
      throw new AgentCallError("its answer is empty");
    }
    const input_tokens = llmOutput?.tokenUsage?.promptTokens ?? 0;
    const output_tokens = llmOutput?.tokenUsage?.completionTokens ?? 0;
    const cost = priceOf(settings, { input: input_tokens, output: output_tokens });
    return {
      text: first.text,
      usage: { input_tokens, output_tokens, ...(cost === undefined ? {} : { cost }) },
    };
  } catch (error) {
    signal.throwIfAborted();
    // oxlint-disable-next-line eslint/preserve-caught-error -- a server may repeat the key
    throw new Error(`The model ${model} did not answer: ${describeFailure(error, OpenAIClient)}.`);
  }
}

function formatOf(schema: Readonly<Record<string, unknown>>) {
  return {
    type: "json_schema" as const,
    json_schema: { name: "output", strict: true, schema: { ...schema } },
  };
}

async function readOutput(
  text: string,
  schema: Readonly<Record<string, unknown>>,
  { checkJson }: KindWorld,
): Promise<unknown> {
  const output: unknown = JSON.parse(text);
  const objections = await checkJson(schema, output);
  if (objections.length === 0) return output;
  throw new Error(`The answer is not what output_schema asks for: ${objections.join("; ")}.`);
}

/** Nothing that the server wrote but its status. */
function describeFailure(error: unknown, client: typeof OpenAIClient): string {
  if (error instanceof AgentCallError) return error.message;
  if (error instanceof Error && error.constructor.name === "LengthFinishReasonError") {
    return "its answer broke off (length)";
  }
  if (error instanceof SyntaxError) return "its answer is no JSON";
  if (error instanceof client.APIConnectionError) {
    return error.cause instanceof AgentCallError ? error.cause.message : "it cannot be reached";
  }
  if (error instanceof client.APIError && error.status !== undefined) {
    return `it refuses with status ${error.status}`;
  }
  return "its answer cannot be read";
}
