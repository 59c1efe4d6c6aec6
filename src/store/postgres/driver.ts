/** The one file that knows the Postgres driver. */

import { Socket } from "node:net";

import pg from "pg";

import type { SqlRow, SqlValue } from "../sql.ts";

/** One connection. What fails rejects with the driver's error. */
export interface PgClient {
  /** @param name of a statement that is prepared once; undefined for one that is not. */
  readonly query: (
    text: string,
    values: readonly SqlValue[],
    name?: string,
  ) => Promise<readonly SqlRow[]>;
  /** Statements without values, in one go; the rows of all. */
  readonly exec: (texts: string) => Promise<readonly SqlRow[]>;
  /** Told of each notification on the channels that it listens to, and when the connection is gone. */
  readonly onNews: (told: (isGone: boolean) => void) => void;
  readonly close: () => Promise<void>;
}

/** Where a database is, and in which of its schemas. */
export interface PgAddress {
  /** With the password, if it has one. */
  readonly url: string;
  readonly schema: string;
  /** To be shown. */
  readonly shown: string;
}

/** How long a connection may take to be made, in milliseconds. */
const CONNECT_MS = 10_000;
/** A process that stands still in the middle of a transaction holds up all others no longer than this. */
const IDLE_MS = 5000;
/** How long a writer waits for others, in milliseconds. */
const LOCK_MS = 30_000;

/** Types that come as text, though every value of ours is a number that JavaScript has. */
const NUMBERS = [pg.types.builtins.INT8, pg.types.builtins.NUMERIC] as const;

export async function connect({ url, schema }: PgAddress): Promise<PgClient> {
  const socket = new Socket();
  const send = gather(socket);
  const client = new pg.Client({
    connectionString: url,
    stream: () => socket,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    // What needs no answer is followed at once by what comes next.
    pipeline: true,
    application_name: "mission-control",
    options: [
      `-c search_path="${schema}"`,
      `-c idle_in_transaction_session_timeout=${IDLE_MS}`,
      `-c lock_timeout=${LOCK_MS}`,
      "-c client_min_messages=error",
    ].join(" "),
  });
  for (const type of NUMBERS) client.setTypeParser(type, Number);
  // A connection that breaks while nobody uses it is found broken by who uses it next.
  client.on("error", () => {});
  await client.connect();
  return {
    async query(text, values, name) {
      send();
      const query = name === undefined ? { text } : { text, name };
      const { rows } = await client.query<Record<string, unknown>>({
        ...query,
        values: [...values],
      });
      return rows;
    },
    async exec(texts) {
      send();
      const results: unknown = await client.query(texts);
      return (Array.isArray(results) ? results : [results]).flatMap(rowsOf);
    },
    onNews(told) {
      client.on("notification", () => told(false));
      client.once("end", () => told(true));
    },
    close: () => client.end(),
  };
}

/** What is asked in one turn goes out in one packet: to write to a socket costs as much as what is written. */
function gather(socket: Socket): () => void {
  let isGathering = false;
  return () => {
    if (isGathering) return;
    isGathering = true;
    socket.cork();
    process.nextTick(() => {
      isGathering = false;
      socket.uncork();
    });
  };
}

function rowsOf(result: unknown): readonly SqlRow[] {
  return result instanceof pg.Result ? result.rows : [];
}

/** SQLSTATE of an error of the server. */
function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** Of the system, when a connection cannot be made or has broken. */
const BROKEN = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
]);
/** The server is shutting down, starting, has ended the session, or has no place. */
const AWAY = new Set(["57P01", "57P02", "57P03", "25P03", "25P04", "53300"]);

/** True when the connection is gone, or was never there: another may be made. */
export function isLost(error: unknown): boolean {
  const code = codeOf(error);
  if (BROKEN.has(code) || AWAY.has(code) || code.startsWith("08")) return true;
  // The driver has no code for these.
  return (
    error instanceof Error &&
    /^(Connection terminated|timeout expired|Client (has encountered a connection error|was closed))/.test(
      error.message,
    )
  );
}

/** True when the server has undone a transaction because of others: it may be done again. */
export function isUndone(error: unknown): boolean {
  return ["40001", "40P01"].includes(codeOf(error));
}

/** True when somebody else held what was needed for too long. */
export function isBusy(error: unknown): boolean {
  return codeOf(error) === "55P03";
}

/** True of an error of the driver or the server, of whatever kind. */
export function isDriverError(error: unknown): boolean {
  return isLost(error) || error instanceof pg.DatabaseError;
}
