/** One way to serve callers over HTTP: whoever bears the token, and no page of the web. */

import { timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { localhostHostValidation } from "@modelcontextprotocol/node";

import { MissionError } from "../errors.ts";

export interface ServeOptions {
  readonly host: string;
  readonly port: number;
  /** What every request has to bear. */
  readonly token: string;
  readonly signal: AbortSignal;
  /** Told where it is. */
  readonly onListening: (url: string) => void;
}

export type Handle = (request: IncomingMessage, response: ServerResponse) => void;

/** What needs no token; true where it has answered. */
export type HandleOpen = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Not by way of a URL: what is none would end the process, whoever has sent it. */
export function pathOf({ url = "/" }: IncomingMessage): string {
  const [path = "/"] = url.split("?");
  return path;
}

/**
 * Serves until the signal aborts.
 *
 * @param handle.open what needs no token; true where it has answered.
 * @throws MissionError `USAGE` when it cannot listen.
 */
export async function serveHttp(
  handle: {
    readonly bearing: Handle;
    readonly open?: HandleOpen;
  },
  { host, port, token, signal, onListening }: ServeOptions,
): Promise<void> {
  const isLocal = host === "127.0.0.1" || host === "localhost" || host === "::1";
  const isOurHost = localhostHostValidation();
  const server = createServer((request, response) => {
    // Else a page of the web could reach it by a name of its own.
    if (isLocal && !isOurHost(request, response)) return;
    if (handle.open?.(request, response) === true) return;
    const [scheme = "", given = ""] = (request.headers.authorization ?? "").split(" ");
    if (scheme.toLowerCase() === "bearer" && isSame(given, token)) {
      handle.bearing(request, response);
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
  server.closeAllConnections();
  server.close();
}

export function addressOf(address: string | AddressInfo | null): AddressInfo {
  if (address === null || typeof address === "string") throw new Error("it has no port");
  return address;
}

/** In a time that tells nothing about what is right. */
function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

export async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}
