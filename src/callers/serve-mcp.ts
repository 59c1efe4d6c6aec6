/** The MCP server on standard streams, for one client; or over HTTP, for whoever has the token. */

import { timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Writable } from "node:stream";

import { localhostHostValidation, toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler } from "@modelcontextprotocol/server";
import { StdioServerTransport, serveStdio } from "@modelcontextprotocol/server/stdio";

import { MissionError } from "../errors.ts";
import { type CallersWorld, buildMcpServer } from "./mcp-server.ts";

/** Serves until the client has gone, or the signal aborts. */
export async function serveOnStreams(
  world: CallersWorld,
  { signal, write }: { signal: AbortSignal; write: (text: string) => boolean },
): Promise<void> {
  const broken = new AbortController();
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      write(chunk.toString());
      done();
    },
  });
  const serving = serveStdio(() => buildMcpServer(world), {
    transport: new StdioServerTransport(process.stdin, output),
    onerror: (error) => {
      world.onTrouble(error.message);
      // After a message that is too long nothing more can be read.
      if (/maximum size/.test(error.message)) broken.abort();
    },
  });
  await Promise.race([
    once(process.stdin, "close"),
    once(process.stdin, "end"),
    aborted(signal),
    aborted(broken.signal),
  ]);
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
    const [scheme = "", given = ""] = (request.headers.authorization ?? "").split(" ");
    if (scheme.toLowerCase() === "bearer" && isSame(given, token)) {
      const { method = "GET", url = "/" } = request;
      void handle(Object.assign(request, { method, url }), response);
      return;
    }
    response.writeHead(401, { "www-authenticate": "Bearer" }).end("A bearer token is needed.");
  });
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new MissionError("USAGE", `Cannot listen on ${host}:${port}: ${why}.`, { cause: error });
  }
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
