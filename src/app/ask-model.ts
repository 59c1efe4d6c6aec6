/** One question to a language model, and an answer in the form that it was asked in. */

import type { OpenAIClient } from "@langchain/openai";
import { z } from "zod";

import { AgentCallError, createAgentFetch } from "../agents/kinds/agent-fetch.ts";
import { MissionError } from "../errors.ts";
import type { ModelSettings } from "../model/model-settings.ts";

const OPENAI_URL = "https://api.openai.com/v1";
const LONGEST_ANSWER_TOKENS = 16_000;

const answerSchema = z.object({ generations: z.array(z.object({ text: z.string() })).min(1) });

/** @throws MissionError `MODEL_FAILED` in words of ours: a server may repeat the key. */
export async function askModel(
  { apiKey, baseUrl, model }: ModelSettings,
  {
    system,
    user,
    name,
    schema,
    signal,
  }: {
    system: string;
    user: string;
    name: string;
    schema: Readonly<Record<string, unknown>>;
    signal: AbortSignal;
  },
): Promise<string> {
  const [{ ChatOpenAI, OpenAIClient: client }, { HumanMessage, SystemMessage }] = await Promise.all(
    [import("@langchain/openai"), import("@langchain/core/messages")],
  );
  const fetch = createAgentFetch({ headers: {} });
  const chat = new ChatOpenAI({
    apiKey,
    model,
    maxTokens: LONGEST_ANSWER_TOKENS,
    configuration: { baseURL: baseUrl ?? OPENAI_URL, logLevel: "off", fetch },
    maxRetries: 0,
  });
  const response_format = {
    type: "json_schema" as const,
    json_schema: { name, strict: true, schema: { ...schema } },
  };
  try {
    const messages = [new SystemMessage(system), new HumanMessage(user)];
    const answer = await chat._generate(messages, { signal, response_format });
    return answerSchema.parse(answer).generations[0]?.text ?? "";
  } catch (error) {
    // The client reads the answer as JSON: one that is none is for the caller to say.
    if (error instanceof SyntaxError) return "";
    // oxlint-disable-next-line eslint/preserve-caught-error -- a server may repeat the key
    throw new MissionError(
      "MODEL_FAILED",
      `The language model ${model} ${describe(error, { client, signal })}.`,
    );
  }
}

function describe(
  error: unknown,
  { client, signal }: { client: typeof OpenAIClient; signal: AbortSignal },
): string {
  if (signal.aborted) return "did not answer in time";
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof AgentCallError) return `did not answer: ${cause.message}`;
  if (error instanceof client.APIConnectionError) return "cannot be reached";
  if (error instanceof client.APIError && error.status !== undefined) {
    return `refused with status ${error.status}`;
  }
  return "gave an answer that cannot be read, or that broke off";
}
