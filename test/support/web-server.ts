/** A server on loopback that answers as a web handler says. */

import { once } from "node:events";
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import { Readable } from "node:stream";

import { onTestFinished } from "vitest";
import { z } from "zod";

const portSchema = z.object({ port: z.int() });

export type RawAnswer = (request: IncomingMessage, response: ServerResponse) => void;

/** Answers with what a handler of web requests gives; ends with the test. */
export async function serveWeb(handle: (request: Request) => Promise<Response>): Promise<string> {
  return serveRaw((incoming, outgoing) => {
    void respond(handle, incoming, outgoing);
  });
}

/** Answers as it likes; ends with the test. */
export async function serveRaw(answer: RawAnswer): Promise<string> {
  const server = createServer(answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${portSchema.parse(server.address()).port}`;
}

async function respond(
  handle: (request: Request) => Promise<Response>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const body = await readBody(incoming);
  const gone = new AbortController();
  outgoing.once("close", () => gone.abort());
  const { method = "GET", url = "/", headers } = incoming;
  const given = Object.entries(headers).map(
    ([name, value]) => [name, String(value)] as [string, string],
  );
  const response = await handle(
    new Request(`http://127.0.0.1${url}`, {
      method,
      headers: given,
      signal: gone.signal,
      ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
    }),
  );
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  if (response.body === null) outgoing.end();
  else
    Readable.fromWeb(response.body)
      .on("error", () => outgoing.destroy())
      .pipe(outgoing);
}

export async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
