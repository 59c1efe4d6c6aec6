/**
 * One connection to a Postgres database. Commands that were asked for meanwhile share a transaction; all that write
 * queue up at one row, so that they see each other's work whole, as on SQLite.
 */

import { setTimeout as delay } from "node:timers/promises";

import { BusyError, MissionError, StoreFailedError } from "../../errors.ts";
import { type Connection, type Sql, type Watcher, numberOf, textOf } from "../sql.ts";
import { type PgClient, isBusy, isDriverError, isLost, isUndone } from "./driver.ts";
import { createFresh } from "./fresh.ts";

/** How long a database that is away is waited for, in milliseconds. */
const PATIENCE_MS = 30_000;
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1000;
/** Statements that nobody waits for. */
const MOST_UNHEARD = 500;

/** Takes the row that all writers queue up at. The number tells whether somebody else has written since. */
const BEGIN =
  "BEGIN; UPDATE versions SET version = version + 1 RETURNING version, pg_current_xact_id()::text AS id";
const VERSION = "SELECT version FROM versions";
const BEGIN_READ = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ${VERSION}`;
const NEXT = "SAVEPOINT command";
const UNDO = "ROLLBACK TO command";
/** What has become of a transaction whose end was not heard of. */
const OUTCOME = "SELECT pg_xact_status($1::text::xid8) AS status";

interface Waiting {
  /** The command, from its start; returns how to resolve its promise. */
  readonly run: (carryOut: <T>(work: Sql<T>) => Promise<T>) => Promise<() => void>;
  readonly reject: (error: unknown) => void;
}

export interface PgConnection extends Connection {
  readonly end: () => Promise<void>;
}

/** @param open makes a connection. @param shown what the database is called when something is said of it. */
export function connectPostgres(
  open: () => Promise<PgClient>,
  { shown, forget }: { shown: string } & Watcher,
): PgConnection {
  const names = new Map<string, string>();
  let client: Promise<PgClient> | undefined;
  let waiting: Waiting[] = [];
  let last: Promise<unknown> = Promise.resolve();
  const fresh = createFresh();
  let seen: number | undefined;
  let isClosed = false;

  function nameOf(text: string): string {
    const known = names.get(text) ?? `s${names.size + 1}`;
    names.set(text, known);
    return known;
  }

  /**
   * What wants no rows is not waited for; where it fails, so does all that follows it.
   *
   * @param sent gets what is still to be waited for.
   */
  async function send<T>(own: PgClient, work: Sql<T>, sent: Promise<unknown>[]): Promise<T> {
    try {
      let step = work.next([]);
      while (step.done !== true) {
        const { statement, values, wants } = step.value;
        const answer = own.query(statement.text, values, nameOf(statement.text));
        if (wants === "none") {
          sent.push(answer);
          // It is told below.
          answer.catch(() => {});
          // What is not sent meanwhile waits in memory, and the server for it.
          if (sent.length >= MOST_UNHEARD) await Promise.all(sent.splice(0));
          step = work.next([]);
        } else step = work.next(await answer);
      }
      return step.value;
    } catch (error) {
      // What failed first is why; of what was thrown by the command itself, nothing is.
      await Promise.all(sent);
      throw error;
    }
  }

  async function carryOut<T>(own: PgClient, work: Sql<T>): Promise<T> {
    const sent: Promise<unknown>[] = [];
    const value = await send(own, work, sent);
    await Promise.all(sent);
    return value;
  }

  function letGo(): void {
    const broken = client;
    client = undefined;
    seen = undefined;
    forget();
    broken?.then(
      (own) => own.close().catch(() => {}),
      () => {},
    );
  }

  /** Ends a transaction that has failed, if there is one. */
  async function undo(): Promise<void> {
    try {
      await (await client)?.exec("ROLLBACK");
    } catch {
      letGo();
    }
  }

  /** Does the work, again where the connection broke before its end was certain. */
  async function persist<T>(work: (own: PgClient) => Promise<T>): Promise<T> {
    const deadline = performance.now() + PATIENCE_MS;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        if (isClosed) throw new StoreFailedError("use", shown, new Error("it was closed"));
        return await work(await (client ??= open()));
      } catch (error) {
        if (isLost(error)) letGo();
        else {
          forget();
          await undo();
          if (!isUndone(error)) throw toStoreFailed(error, shown);
        }
        if (performance.now() > deadline) throw toStoreFailed(error, shown);
      }
      await delay(pause);
    }
  }

  function notice(version: number, before: number | undefined): void {
    if (seen !== before) forget();
    seen = version;
    fresh.set();
  }

  /** One after the other: there is one connection. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = last.then(work);
    last = result.catch(() => {});
    return result;
  }

  async function flush(): Promise<void> {
    const turn = waiting;
    waiting = [];
    let settled: readonly (() => void)[];
    /** A transaction whose COMMIT was not answered. */
    let unheard: { readonly id: string; readonly settle: readonly (() => void)[] } | undefined;
    try {
      settled = await persist(async (own) => {
        if (unheard !== undefined) {
          const isIn = await hasCommitted(own, unheard.id);
          if (isIn) return unheard.settle;
          unheard = undefined;
        }
        const [row] = await own.exec(BEGIN);
        const version = numberOf(row, "version");
        notice(version, version - 1);
        const sent: Promise<unknown>[] = [];
        const settle = await runAll(own, turn, sent);
        unheard = { id: textOf(row, "id") ?? "", settle };
        // Of a transaction that has failed it makes nothing: what was sent before tells so.
        await Promise.all([...sent, own.exec("COMMIT")]);
        return settle;
      });
    } catch (error) {
      for (const { reject } of turn) reject(error);
      return;
    }
    for (const settle of settled) settle();
  }

  /** @param sent gets what is still to be waited for. */
  async function runAll(
    own: PgClient,
    turn: readonly Waiting[],
    sent: Promise<unknown>[],
  ): Promise<(() => void)[]> {
    const [only] = turn;
    if (turn.length === 1 && only !== undefined) {
      return [await only.run((work) => send(own, work, sent))];
    }
    const carry = <T>(work: Sql<T>) => carryOut(own, work);
    const settle: (() => void)[] = [];
    for (const { run, reject } of turn) {
      const next = own.exec(NEXT);
      next.catch(() => {});
      sent.push(next);
      try {
        settle.push(await run(carry));
      } catch (error) {
        if (isLost(error) || isUndone(error)) throw error;
        forget();
        await own.exec(UNDO);
        const failure = toStoreFailed(error, shown);
        settle.push(() => reject(failure));
      }
    }
    return settle;
  }

  return {
    write(command) {
      return new Promise((resolve, reject) => {
        if (waiting.length === 0) void inTurn(flush);
        waiting.push({
          async run(carry) {
            const value = await carry(command());
            return () => resolve(value);
          },
          reject,
        });
      });
    },
    read: (query, remembered) =>
      inTurn(() =>
        persist(async (own) => {
          if (remembered !== undefined && seen !== undefined) {
            if (fresh.is()) {
              const known = remembered();
              if (known !== undefined) return known;
            }
            const [row] = await own.query(VERSION, [], nameOf(VERSION));
            notice(numberOf(row, "version"), numberOf(row, "version"));
            const known = remembered();
            if (known !== undefined) return known;
          }
          const [row] = await own.exec(BEGIN_READ);
          notice(numberOf(row, "version"), numberOf(row, "version"));
          try {
            return await carryOut(own, query());
          } finally {
            await own.exec("COMMIT");
          }
        }),
      ),
    // The server answers when a commit is on its disk.
    secured: async () => {},
    ask: (query) => inTurn(() => persist((own) => carryOut(own, query()))),
    async idle() {
      while (waiting.length > 0) await last;
      await last;
    },
    async end() {
      await last;
      isClosed = true;
      await (await client?.catch(() => undefined))?.close().catch(() => {});
    },
  };
}

/** What we throw on purpose stays; errors of the driver and the server are told as ours. */
function toStoreFailed(error: unknown, shown: string): unknown {
  if (error instanceof MissionError || !isDriverError(error)) return error;
  if (isBusy(error))
    return new BusyError(`Another process is writing to ${shown}.`, { store: shown });
  return new StoreFailedError("use", shown, error);
}

async function hasCommitted(own: PgClient, id: string): Promise<boolean> {
  for (;;) {
    const [row] = await own.query(OUTCOME, [id]);
    const status = textOf(row, "status");
    if (status !== "in progress") return status === "committed";
    await delay(FIRST_PAUSE_MS);
  }
}
