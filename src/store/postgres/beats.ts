/** Each holder counts in a row of its own, by a connection of its own. */

import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";

import type { Session } from "../session.ts";
import { sql, textOf } from "../sql.ts";
import { BEAT_MS, type Beats } from "./beating-holders.ts";
import type { PgAddress } from "./driver.ts";

const JOIN = sql("INSERT INTO holders (holder, beats, described) VALUES ($1, 0, $2)");
const READ = sql("SELECT CAST(beats AS TEXT) AS beats, described FROM holders WHERE holder = $1");
const REMOVE = sql("DELETE FROM holders WHERE holder = $1");
const LIST = sql("SELECT holder FROM holders");

/** The thread connects again for as long as it has to: whoever does not beat is taken for dead. */
const BEAT = `
const { workerData } = require("node:worker_threads");
const { Client } = require(workerData.driver);
const pause = () => new Promise((resolve) => setTimeout(resolve, workerData.everyMs));
async function beat() {
  const client = new Client({ connectionString: workerData.url, options: '-c search_path="' + workerData.schema + '"' });
  client.on("error", () => {});
  try {
    await client.connect();
    for (;;) {
      await client.query("UPDATE holders SET beats = beats + 1 WHERE holder = $1", [workerData.holder]);
      await pause();
    }
  } catch {
    client.end().catch(() => {});
  }
}
(async () => { for (;;) { await beat(); await pause(); } })();
`;

export function createBeatRows({ url, schema }: PgAddress, { ask, write }: Session): Beats {
  return {
    async start(holder, described) {
      await write(undefined, () => JOIN.run(holder, described));
      const driver = createRequire(import.meta.url).resolve("pg");
      const workerData = { driver, url, schema, holder, everyMs: BEAT_MS };
      const thread = new Worker(BEAT, { eval: true, workerData });
      thread.unref();
      return async () => {
        await thread.terminate();
      };
    },
    async read(holder) {
      const row = await ask(() => READ.get(holder));
      if (row === undefined) return undefined;
      return { count: textOf(row, "beats") ?? "", described: textOf(row, "described") ?? "" };
    },
    remove: (holder) => write(undefined, () => REMOVE.run(holder)),
    list: async () => (await ask(() => LIST.all())).flatMap((row) => textOf(row, "holder") ?? []),
  };
}
