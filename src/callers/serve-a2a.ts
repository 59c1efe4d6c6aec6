/** The A2A agent over HTTP: its card for everybody, all else for whoever bears the token. */

import type { IncomingMessage, ServerResponse } from "node:http";

import { AGENT_CARD_PATH, AgentCard } from "@a2a-js/sdk";
import { JsonRpcTransportHandler, ServerCallContext } from "@a2a-js/sdk/server";

import { buildA2aAgent } from "./a2a-agent.ts";
import type { CallersWorld } from "./callers-world.ts";
import { type ServeOptions, serveHttp } from "./serve-http.ts";

/** The longest message that is read, in bytes. */
const LONGEST_BODY = 1024 * 1024;

/** Serves until the signal aborts. @throws MissionError `USAGE` when it cannot listen. */
export async function serveA2a(world: CallersWorld, options: ServeOptions): Promise<void> {
  let url = "";
  const agent = () => buildA2aAgent(world, { url });
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    try {
      const body = await readBody(request);
      if (body === undefined) {
        response.writeHead(413).end();
        return;
      }
      const requestedVersion = String(request.headers["a2a-version"] ?? "1.0");
      const context = new ServerCallContext({ requestedVersion });
      const answered = await new JsonRpcTransportHandler(agent()).handle(body, context);
      send(response, answered);
    } catch (error) {
      world.onTrouble(error instanceof Error ? error.message : String(error));
      if (!response.headersSent) response.writeHead(500);
      response.end();
    }
  };
  await serveHttp(
    {
      open(request, response) {
        const path = new URL(request.url ?? "/", "http://localhost").pathname;
        if (request.method !== "GET" || path !== `/${AGENT_CARD_PATH.replace(/^\//, "")}`)
          return false;
        void agent()
          .getAgentCard()
          .then((card) => send(response, AgentCard.toJSON(card)));
        return true;
      },
      bearing: (request, response) => void answer(request, response),
    },
    {
      ...options,
      onListening(at) {
        url = at;
        options.onListening(at);
      },
    },
  );
}

function send(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
}

/** Undefined where it is too long. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const part = Buffer.from(chunk);
    bytes += part.byteLength;
    if (bytes > LONGEST_BODY) return undefined;
    chunks.push(part);
  }
  return Buffer.concat(chunks).toString();
}
