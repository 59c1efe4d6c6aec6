/** Stands between a Postgres server and those who use it, and has connections break and notices go astray. */

import { type Server, type Socket, connect, createServer } from "node:net";

import { z } from "zod";

import { createFrames } from "./postgres-frames.ts";

/** Where a connection breaks: as it is, when COMMIT has not been passed on, or when its answer has not. */
export type Cut = "now" | "unsent" | "unanswered";

/** What becomes of notices. */
export type Notices = "lost" | "doubled" | "late";

export interface PostgresProxy {
  /** The address of the server, by way of the proxy. */
  readonly url: string;
  /** Breaks every connection now, or those that commit what they have written next, so many times. */
  readonly cut: (how: Cut, times: number) => void;
  readonly close: () => Promise<void>;
}

const LATE_MS = 1500;
/** The writer's first statement; who only reads begins otherwise. */
const WRITES = "BEGIN; UPDATE versions";
const COMMIT = "COMMIT\0";
/** Types of messages: a query from the client, a notice from the server. */
const [QUERY, NOTICE] = ["Q", "A"];

const addressSchema = z.object({ port: z.int() });

export async function startProxy(url: string, notices?: Notices): Promise<PostgresProxy> {
  const { hostname, port } = new URL(url);
  const open = new Set<Socket>();
  let next: Cut = "now";
  let left = 0;

  function join(client: Socket): void {
    const server = connect(Number(port), hostname);
    const drop = () => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      open.add(socket);
      socket.setNoDelay(true);
      socket.on("error", drop);
      socket.once("close", () => {
        open.delete(socket);
        drop();
      });
    }
    let isWriting = false;
    /** The answer to COMMIT is not passed on any more. */
    let isDeaf = false;

    function fromClient(type: string, frame: Buffer): void {
      const text = type === QUERY ? frame.toString("latin1", 5) : "";
      if (text.startsWith(WRITES)) isWriting = true;
      const isEnd = text === COMMIT && isWriting;
      if (isEnd) isWriting = false;
      const isCut = isEnd && left > 0;
      if (isCut) left -= 1;
      if (isCut && next === "unanswered") isDeaf = true;
      if (isCut && next === "unsent") drop();
      else server.write(frame);
    }

    function fromServer(type: string, frame: Buffer): void {
      if (isDeaf) {
        drop();
        return;
      }
      if (type !== NOTICE || notices === undefined) client.write(frame);
      else if (notices === "doubled") client.write(Buffer.concat([frame, frame, frame]));
      else if (notices === "late") setTimeout(() => client.write(frame), LATE_MS).unref();
    }

    client.on("data", createFrames({ hasStart: true }, fromClient));
    server.on("data", createFrames({ hasStart: false }, fromServer));
  }

  const proxy = await listen(createServer(join));
  const address = new URL(url);
  address.port = String(addressSchema.parse(proxy.address()).port);
  return {
    url: address.href,
    cut(how, times) {
      if (how === "now") {
        for (const socket of open) socket.destroy();
        return;
      }
      next = how;
      left = times;
    },
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}

function listen(server: Server): Promise<Server> {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}
