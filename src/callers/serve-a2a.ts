/** The A2A agent over HTTP: its card for everybody, all else for whoever bears the token. */

import type { IncomingMessage, ServerResponse } from "node:http";

import { AGENT_CARD_PATH, AgentCard } from "@a2a-js/sdk";
import { JsonRpcTransportHandler, ServerCallContext } from "@a2a-js/sdk/server";

import { buildA2aAgent } from "./a2a-agent.ts";
import type { CallersWorld } from "./callers-world.ts";
import {
  type Handle,
  type HandleOpen,
  type ServeOptions,
  pathOf,
  serveHttp,
} from "./serve-http.ts";

/** The longest message that is read, in bytes. */
const LONGEST_BODY = 1024 * 1024;

/** Serves until the signal aborts. @throws MissionError `USAGE` when it cannot listen. */
export async function serveA2a(world: CallersWorld, options: ServeOptions): Promise<void> {
  let url = "";
  await serveHttp(
    openA2a(world, () => url),
    {
      ...options,
      onListening(at) {
        url = at;
        options.onListening(at);
      },
    },
  );
}

/** What answers requests. @param urlOf where they are sent, for the card. */
export function openA2a(
  world: CallersWorld,
  urlOf: () => string,
): { readonly open: HandleOpen; readonly bearing: Handle } {
  const agent = () => buildA2aAgent(world, { url: urlOf() });
  const guarded = async (response: ServerResponse, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      world.onTrouble(error instanceof Error ? error.message : String(error));
      if (!response.headersSent) response.writeHead(500);
      response.end();
    }
  };
  const answer = (request: IncomingMessage, response: ServerResponse) =>
    guarded(response, async () => {
      if (request.method !== "POST") {
        response.writeHead(405, { allow: "POST" }).end();
        return;
      }
      const body = await readBody(request);
      if (body === undefined) {
        response.writeHead(413).end();
        return;
      }
      if (!isObject(body)) {
        send(response, NO_REQUEST);
        return;
      }
      const requestedVersion = String(request.headers["a2a-version"] ?? "1.0");
      const context = new ServerCallContext({ requestedVersion });
      const answered = await new JsonRpcTransportHandler(agent()).handle(body, context);
      send(response, answered);
    });
  return {
    open(request, response) {
      const isCard = pathOf(request) === `/${AGENT_CARD_PATH.replace(/^\//, "")}`;
      if (request.method !== "GET" || !isCard) return false;
      void guarded(response, async () => {
        send(response, AgentCard.toJSON(await agent().getAgentCard()));
      });
      return true;
    },
    bearing: (request, response) => void answer(request, response),
  };
}

const NO_REQUEST = {
  jsonrpc: "2.0",
  id: null,
  error: { code: -32600, message: "a JSON-RPC request is expected" },
};

/** What is no JSON at all, the protocol's own reader answers. */
function isObject(body: string): boolean {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return true;
  }
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
