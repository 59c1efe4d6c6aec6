/** Telemetry in a Postgres database: for more than one process, machine or file. */

import { setTimeout as delay } from "node:timers/promises";

import { MissionError, StoreFailedError } from "../../errors.ts";
import type { World } from "../session.ts";
import { sql } from "../sql.ts";
import type { WholeStore } from "../store.ts";
import { createWholeStore } from "../whole-store.ts";
import { createHolders } from "./beating-holders.ts";
import { createBeatRows } from "./beats.ts";
import { connectPostgres } from "./connection.ts";
import { type PgAddress, type PgClient, connect, isLost } from "./driver.ts";
import { channelOf, listenForWakes } from "./listen.ts";
import { SCHEMA_VERSION, migrate, requireSchema } from "./schema.ts";

/** How long a database that is away is waited for when it is opened, in milliseconds. */
const PATIENCE_MS = 5000;
const PAUSE_MS = 200;

const DEFAULT_SCHEMA = "mission_control";
/** It stands in SQL as it is. */
const SCHEMA = /^(?!pg_)[a-z_][a-z0-9_]{0,50}$/;

/** The next row comes after those that came with their numbers. */
const RENUMBER = ["runs", "task_logs", "approvals", "risk_events", "outputs"].map((table) =>
  sql(
    `SELECT setval(pg_get_serial_sequence('${table}', 'seq'), (SELECT coalesce(max(seq), 0) + 1 FROM ${table}), false)`,
  ),
);

/**
 * Opens a database that has been set up.
 *
 * @param url `postgres://user@host/database`, with `?schema=name` for another schema than `mission_control`.
 * @throws MissionError `USAGE` for an address that is none, `STORE_FAILED`.
 */
export async function openPostgresStore(url: string, world: World): Promise<WholeStore> {
  const address = parseAddress(url);
  // Looked at once, by a connection that is used on.
  let first: PgClient | undefined = await reach(address, requireSchema);
  const open = async () => {
    const client = first ?? (await connect(address));
    first = undefined;
    return client;
  };
  let end: (() => Promise<void>) | undefined;
  const { store } = createWholeStore(
    ({ forget }) => {
      const connection = connectPostgres(open, { shown: address.shown, forget });
      end = connection.end;
      return connection;
    },
    {
      world,
      afterCopy: RENUMBER,
      onWake: sql(`SELECT pg_notify('${channelOf(address)}', '')`),
      listen: (onWake) => listenForWakes(address, onWake),
      openHolders: (session) => createHolders(createBeatRows(address, session)),
      end: async () => {
        await end?.();
        await first?.close();
      },
    },
  );
  return store;
}

/**
 * Sets a database up, or brings its tables up to date; safe to repeat.
 *
 * @returns the versions of its tables before and after, and how it is called.
 * @throws MissionError `USAGE`, `STORE_FAILED`.
 */
export async function migratePostgres(
  url: string,
): Promise<{ readonly from: number; readonly to: number; readonly shown: string }> {
  const address = parseAddress(url);
  let from = 0;
  const client = await reach(address, async (own) => {
    from = await migrate(own, address);
  });
  await client.close();
  return { from, to: SCHEMA_VERSION, shown: address.shown };
}

/** One that is being restarted is waited for, as later on; not for long, as the address may be wrong. */
async function reach(
  address: PgAddress,
  look: (client: PgClient, address: PgAddress) => Promise<unknown>,
): Promise<PgClient> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    let client: PgClient | undefined;
    try {
      client = await connect(address);
      await look(client, address);
      return client;
    } catch (error) {
      await client?.close().catch(() => {});
      if (error instanceof MissionError) throw error;
      if (!isLost(error) || performance.now() > deadline)
        throw new StoreFailedError("open", address.shown, error);
    }
    await delay(PAUSE_MS);
  }
}

/** @throws MissionError `USAGE`; a password is not repeated. */
function parseAddress(text: string): PgAddress {
  if (!URL.canParse(text)) {
    throw new MissionError(
      "USAGE",
      "The address of the store is none: expected postgres://user:password@host:5432/database.",
    );
  }
  const url = new URL(text);
  const schema = url.searchParams.get("schema") ?? DEFAULT_SCHEMA;
  if (!SCHEMA.test(schema)) {
    const message = `The schema "${schema.slice(0, 80)}" is none: expected a letter, then letters, digits and _, all small.`;
    throw new MissionError("USAGE", message);
  }
  url.searchParams.delete("schema");
  const shown = `postgres://${url.host}${url.pathname} (schema ${schema})`;
  return { url: url.href, schema, shown };
}
