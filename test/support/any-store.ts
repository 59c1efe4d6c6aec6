/** A store of whichever database. */

import { sha256, systemClock } from "../../src/app/system.ts";
import type { History } from "../../src/model/history.ts";
import { isPostgres } from "../../src/model/is-postgres.ts";
import { openPostgresStore } from "../../src/store/postgres/postgres-store.ts";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import type { WholeStore } from "../../src/store/store.ts";

/** @param location a folder, or the address of a database that is set up. */
export async function openAnyStore(location: string): Promise<WholeStore> {
  const world = { now: () => systemClock.now(), hash: sha256 };
  return isPostgres(location)
    ? openPostgresStore(location, world)
    : openSqliteStore(location, world);
}

export async function historyOf(location: string): Promise<History> {
  const store = await openAnyStore(location);
  try {
    return await store.readHistory();
  } finally {
    await store.close();
  }
}
