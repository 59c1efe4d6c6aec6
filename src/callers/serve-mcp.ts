/** The MCP server on standard streams, for one client; or over HTTP, for whoever has the token. */

import { timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { localhostHostValidation, toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";

import { type CallersWorld, buildMcpServer } from "./mcp-server.ts";

/** Serves until the client has gone, or the signal aborts. */
export async function serveOnStreams(world: CallersWorld, signal: AbortSignal): Promise<void> {
  const serving = serveStdio(() => buildMcpServer(world), {
    onerror: (error) => world.onTrouble(error.message),
  });
  await Promise.race([once(process.stdin, "close"), once(process.stdin, "end"), aborted(signal)]);
  await serving.close();
}

/**
 * Serves until the signal aborts.
 *
 * @param options.token what every request has to bear.
 * @param options.onListening told where it is.
 */
export async function serveOverHttp(
  world: CallersWorld,
  {
    host,
    port,
    token,
    signal,
    onListening,
  }: {
    host: string;
    port: number;
    token: string;
    signal: AbortSignal;
    onListening: (url: string) => void;
  },
): Promise<void> {
  const handler = createMcpHandler(() => buildMcpServer(world));
  const handle = toNodeHandler(handler);
  const isLocal = host === "127.0.0.1" || host === "localhost" || host === "::1";
  const isOurHost = localhostHostValidation();
  const server = createServer((request, response) => {
    // Else a page of the web could reach it by a name of its own.
    if (isLocal && !isOurHost(request, response)) return;
    if (isSame(request.headers.authorization ?? "", `Bearer ${token}`)) {
      const { method = "GET", url = "/" } = request;
      void handle(Object.assign(request, { method, url }), response);
      return;
    }
    response.writeHead(401, { "www-authenticate": "Bearer" }).end("A bearer token is needed.");
  });
  server.listen(port, host);
  await once(server, "listening");
  onListening(`http://${host}:${addressOf(server.address()).port}/`);
  await aborted(signal);
  await handler.close();
  server.closeAllConnections();
  server.close();
}

function addressOf(address: string | AddressInfo | null): AddressInfo {
  if (address === null || typeof address === "string") throw new Error("it has no port");
  return address;
}

/** In a time that tells nothing about what is right. */
function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}
