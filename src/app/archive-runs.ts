/** Moves runs that ended long ago from the store to archives: whatever is needed to know them is written first. */

import { basename } from "node:path";

import { MissionError } from "../errors.ts";
import { sealOf } from "../model/outbox-chain.ts";
import type { Policy } from "../model/policy.ts";
import type { RunRecord } from "../model/run-record.ts";
import { type Clock, toMs } from "../model/time.ts";
import {
  type ArchivedRecords,
  nextArchive,
  removeArchiveDrafts,
  writeArchive,
} from "../store/documents/archive-files.ts";
import type { Store } from "../store/store.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** Budgets go by the calendar month. */
const LEAST_DAYS = 31;

/** Of each mission, with and without figures: as many as a page draws. */
const KEEP_OF_MISSION = 50;

/** Runs of an archive: they are in memory at once. */
const RUNS_OF_ARCHIVE = 2000;

/** Others may write between two transactions of so many runs. */
const LEAVE_AT_ONCE = 100;

export interface Archived {
  /** That have left the store. */
  readonly runs: number;
  readonly archives: readonly string[];
}

/**
 * Archives what ended more than so many days ago and nobody goes by any more.
 *
 * A crash leaves runs in the store, in an archive, or in both; never in none.
 *
 * @param query.into the folder that gets a folder for each archive.
 * @throws MissionError `USAGE` for too few days, `BUSY`, `STORE_FAILED`.
 */
export async function archiveRuns(
  { olderThanDays, into }: { readonly olderThanDays: number; readonly into: string },
  {
    store,
    policy,
    clock,
    hash,
  }: { store: Store; policy: () => Policy; clock: Clock; hash: (text: string) => string },
): Promise<Archived> {
  const { routing, portfolio } = policy();
  const least = Math.max(LEAST_DAYS, portfolio.risk_index_days + 1);
  if (olderThanDays < least) {
    const message = `Runs are archived after ${least} days at the least: budgets go by the month, and the portfolio by the last ${portfolio.risk_index_days} days.`;
    throw new MissionError("USAGE", message);
  }
  const now = clock.now();
  const query = {
    before: toMs(now) - olderThanDays * DAY_MS,
    keepOfMission: KEEP_OF_MISSION,
    keepOfAgent: routing.window,
    limit: RUNS_OF_ARCHIVE,
  };
  const archives: string[] = [];
  let runs = 0;
  const lease = await store.takeLease("the archive");
  try {
    removeArchiveDrafts(into);
    for (;;) {
      const records = await readRecords(await store.listArchivable(query), store);
      if (records.length === 0) break;
      const path = nextArchive(into, now.slice(0, 10));
      writeArchive(path, toDocuments(records));
      archives.push(path);
      const left = await leave(basename(path), records, { store, hash });
      runs += left;
      // Whoever is worked on all the time is for the next time.
      if (left === 0) break;
    }
  } finally {
    await lease.release();
  }
  return { runs, archives };
}

type Whole = Pick<RunRecord, "run" | "rows" | "requests" | "events">;

async function readRecords(
  ids: readonly string[],
  { readRun }: Pick<Store, "readRun">,
): Promise<readonly Whole[]> {
  const records: Whole[] = [];
  for (const id of ids) {
    const record = await readRun(id);
    if (record !== undefined) records.push(record);
  }
  return records;
}

function toDocuments(records: readonly Whole[]): ArchivedRecords {
  const texts = (of: (record: Whole) => readonly object[]) =>
    records.flatMap((record) => of(record).map((each) => JSON.stringify(each)));
  return {
    mission_runs: texts(({ run }) => [run]),
    task_execution_logs: texts(({ rows }) => rows),
    mission_risk_events: texts(({ events }) => events),
    approval_requests: texts(({ requests }) => requests),
  };
}

/** @returns how many have left. */
async function leave(
  name: string,
  records: readonly Whole[],
  { store, hash }: { store: Pick<Store, "archiveRuns">; hash: (text: string) => string },
): Promise<number> {
  let left = 0;
  for (let start = 0; start < records.length; start += LEAVE_AT_ONCE) {
    const some = records
      .slice(start, start + LEAVE_AT_ONCE)
      .map((record) => ({ run_id: record.run.run_id, seal: sealOf(record, hash) }));
    left += (await store.archiveRuns(name, some)).length;
  }
  return left;
}
