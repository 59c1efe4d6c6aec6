/** How many runs have left the store for an archive: the portfolio goes on counting them. */

import type { MissionRun } from "../model/mission-runs.ts";
import { toMs } from "../model/time.ts";
import { type Sql, numberOf, sql, textOf } from "./sql.ts";

const COUNT =
  sql(`INSERT INTO archived (mission_id, runs, completed, until_ms) VALUES ($1, $2, $3, $4)
  ON CONFLICT (mission_id) DO UPDATE SET runs = archived.runs + excluded.runs,
  completed = archived.completed + excluded.completed,
  until_ms = CASE WHEN excluded.until_ms > archived.until_ms THEN excluded.until_ms ELSE archived.until_ms END`);
const ALL = sql("SELECT * FROM archived");
const ANY = sql("SELECT 1 FROM archived LIMIT 1");
const DROP = sql("DELETE FROM archived WHERE runs <= 0");
const LAST_EVENT = sql(
  "SELECT event, subject, seal FROM outbox WHERE run_id = $1 ORDER BY number DESC LIMIT 1",
);

/** Runs of a mission that are in archives. */
export interface ArchivedRuns {
  readonly runs: number;
  readonly completed: number;
  /** When the last of them ended, in milliseconds. */
  readonly until: number;
}

/** It has left. */
export function countOut(run: MissionRun): Sql<void> {
  const end = toMs(run.end_time ?? run.start_time);
  return COUNT.run(run.mission_id, 1, Number(run.status === "completed"), end);
}

/** It is about to be sealed as one that was imported: perhaps it had left. */
export function* countIn(run: MissionRun): Sql<void> {
  if ((yield* findArchived(run.run_id)) === undefined) return;
  yield* COUNT.run(run.mission_id, -1, -Number(run.status === "completed"), 0);
  yield* DROP.run();
}

/** Where a run has gone that has left; undefined for any other. */
export function* findArchived(
  runId: string,
): Sql<{ readonly archive: string; readonly seal: string } | undefined> {
  if ((yield* ANY.get()) === undefined) return undefined;
  const row = yield* LAST_EVENT.get(runId);
  if (textOf(row, "event") !== "run-archived") return undefined;
  return { archive: textOf(row, "subject") ?? "", seal: textOf(row, "seal") ?? "" };
}

/** By mission. */
export function* readArchived(): Sql<ReadonlyMap<string, ArchivedRuns>> {
  const rows = yield* ALL.all();
  return new Map(
    rows.map((row) => [
      textOf(row, "mission_id") ?? "",
      {
        runs: numberOf(row, "runs"),
        completed: numberOf(row, "completed"),
        until: numberOf(row, "until_ms"),
      },
    ]),
  );
}
