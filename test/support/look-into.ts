/** What stands in the tables of a store, behind its back. */

import { existsSync } from "node:fs";
import { join } from "node:path";

import pg from "pg";

import { isPostgres } from "../../src/model/is-postgres.ts";

/** The process that a holder of leases is, as far as it can be told; undefined when the holder has left. */
export async function pidOf(holder: string, location: string): Promise<number | undefined> {
  const pid = isPostgres(location)
    ? /"pid":(\d+)/.exec(await describeRow(holder, location))?.[1]
    : findLocked(holder, location);
  return pid === undefined ? undefined : Number(pid);
}

/** Beside a database, a holder's name says which process it is. */
function findLocked(holder: string, folder: string): string | undefined {
  const [file = "", pid] = holder.split(" ");
  return existsSync(join(folder, ".mission-control", "holders", `${file}.lock`)) ? pid : undefined;
}

async function describeRow(holder: string, url: string): Promise<string> {
  const schema = new URL(url).searchParams.get("schema") ?? "";
  const client = new pg.Client({ connectionString: url, options: `-c search_path="${schema}"` });
  client.on("error", () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ described: string }>(
      "SELECT described FROM holders WHERE holder = $1",
      [holder],
    );
    return rows[0]?.described ?? "";
  } catch {
    // The server is away: it is asked again.
    return "";
  } finally {
    await client.end().catch(() => {});
  }
}
