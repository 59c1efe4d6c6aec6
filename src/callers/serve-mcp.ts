/** The MCP server on standard streams, for one client; or over HTTP, for whoever has the token. */

import { once } from "node:events";
import { Writable } from "node:stream";

import { toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler } from "@modelcontextprotocol/server";
import { StdioServerTransport, serveStdio } from "@modelcontextprotocol/server/stdio";

import type { CallersWorld } from "./callers-world.ts";
import { buildMcpServer } from "./mcp-server.ts";
import { type Handle, type ServeOptions, aborted, serveHttp } from "./serve-http.ts";

const METHODS: readonly string[] = ["POST", "GET", "DELETE"];

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

/** Serves until the signal aborts. @throws MissionError `USAGE` when it cannot listen. */
export async function serveMcp(world: CallersWorld, options: ServeOptions): Promise<void> {
  const { bearing, close } = openMcp(world);
  try {
    await serveHttp({ bearing }, options);
  } finally {
    await close();
  }
}

/** What answers requests that bear the token. */
export function openMcp(world: CallersWorld): {
  readonly bearing: Handle;
  readonly close: () => Promise<void>;
} {
  const onerror = (error: Error) => world.onTrouble(error.message);
  const handler = createMcpHandler(() => buildMcpServer(world), { onerror });
  const handle = toNodeHandler(handler);
  return {
    bearing(request, response) {
      const { method = "GET", url = "/" } = request;
      // Of TRACE no request can be made here.
      if (!METHODS.includes(method)) {
        response.writeHead(405, { allow: METHODS.join(", ") }).end();
        return;
      }
      void handle(Object.assign(request, { method, url }), response);
    },
    close: () => handler.close(),
  };
}
