/** A strict fake of an OpenAI-compatible server. */

import type { IncomingMessage, ServerResponse } from "node:http";

import { z } from "zod";

import { readBody, serveRaw } from "./web-server.ts";

/** Refuses what the real one refuses. */
const completionSchema = z.strictObject({
  model: z.string(),
  stream: z.literal(false).optional(),
  max_tokens: z.int().min(1).optional(),
  messages: z.tuple([
    z.strictObject({ role: z.enum(["system", "developer"]), content: z.string().min(1) }),
    z.strictObject({ role: z.literal("user"), content: z.string().min(1) }),
  ]),
  response_format: z
    .strictObject({
      type: z.literal("json_schema"),
      json_schema: z.strictObject({
        name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/),
        strict: z.literal(true),
        schema: z.looseObject({
          type: z.literal("object"),
          additionalProperties: z.literal(false),
        }),
      }),
    })
    .optional(),
});

interface Seen {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: z.infer<typeof completionSchema>;
}

/** It says a text to whoever has the key, and refuses what it is not asked rightly, saying the key. */
export async function aModel(
  content: string,
  { key, finish_reason = "stop" }: { key: string; finish_reason?: string },
) {
  const seen: Seen[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const parsed = completionSchema.safeParse(JSON.parse((await readBody(request)).toString()));
    const isAllowed = request.headers.authorization === `Bearer ${key}`;
    if (!parsed.success || !isAllowed || request.url !== "/v1/chat/completions") {
      response.writeHead(isAllowed ? 400 : 401, { "content-type": "application/json" });
      response.end(
        JSON.stringify({ error: { message: `refused ${key}: ${String(parsed.error)}` } }),
      );
      return;
    }
    seen.push({ headers: request.headers, body: parsed.data });
    json(response, {
      id: "1",
      object: "chat.completion",
      choices: [{ index: 0, message: { role: "assistant", content }, finish_reason }],
      usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 },
    });
  };
  const url = await serveRaw((request, response) => void answer(request, response));
  return { seen, base_url: `${url}/v1` };
}

export function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
