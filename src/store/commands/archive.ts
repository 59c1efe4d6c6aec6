/** Runs that ended long ago, and their leaving. */

import { type MissionRun, isEnded } from "../../model/mission-runs.ts";
import { sealOf } from "../../model/outbox-chain.ts";
import { countOut, findArchived } from "../archived.ts";
import type { Session } from "../session.ts";
import { type Sql, sql } from "../sql.ts";
import type { Store } from "../store.ts";

type ArchiveCommands = Pick<Store, "listArchivable" | "archiveRuns" | "findArchived">;

/**
 * What pages and routing go by stays: runs with open risk or questions, the newest of each mission with and without
 * figures, whatever has one of the last attempts of an agent, and the runs that ids are counted on from.
 */
const OLD = sql(`SELECT run_id FROM (SELECT run_id, seq FROM runs
  WHERE end_ms < $1 AND status NOT IN ('running', 'awaiting_approval')
  AND run_id NOT IN (SELECT run_id FROM risk_events WHERE status = 'open')
  AND run_id NOT IN (SELECT run_id FROM approvals WHERE status = 'pending')
  AND run_id NOT IN (SELECT run_id FROM (SELECT run_id, row_number() OVER (
    PARTITION BY mission_id, has_figures ORDER BY end_ms DESC, seq DESC) AS place FROM runs WHERE end_ms IS NOT NULL
  ) AS newest WHERE place <= $2)
  AND run_id NOT IN (SELECT run_id FROM (SELECT run_id, row_number() OVER (
    PARTITION BY agent_id ORDER BY seq DESC) AS place FROM task_logs WHERE outcome NOT IN ('skipped', 'not_needed')
  ) AS attempts WHERE place <= $3)
  AND run_id NOT IN (SELECT run_id FROM runs WHERE number = (SELECT max(number) FROM runs))
  AND run_id NOT IN (SELECT run_id FROM risk_events WHERE number = (SELECT max(number) FROM risk_events))
  ORDER BY end_ms, seq LIMIT $4) AS old ORDER BY seq`);

const CHECKPOINTS = ["checkpoints", "checkpoint_writes"].map((table) =>
  sql(`DELETE FROM ${table} WHERE thread_id = $1
    AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.thread_id = $1 AND run_id <> $2)`),
);
const RECORDS = ["task_logs", "approvals", "risk_events", "calls", "runs"].map((table) =>
  sql(`DELETE FROM ${table} WHERE run_id = $1`),
);

export function createArchiveCommands(session: Session): ArchiveCommands {
  const { outbox, hash, write, ask, readRun, forget } = session;

  return {
    listArchivable: ({ before, keepOfMission, keepOfAgent, limit }) =>
      ask(function* list() {
        const rows = yield* OLD.all(before, keepOfMission, keepOfAgent, limit);
        return rows.map((row) => String(row["run_id"]));
      }),
    findArchived: (runIds) =>
      ask(function* findAll() {
        const found = new Map<string, { readonly archive: string; readonly seal: string }>();
        for (const runId of runIds) {
          const archived = yield* findArchived(runId);
          if (archived !== undefined) found.set(runId, archived);
        }
        return found;
      }),
    archiveRuns: (name, runs) =>
      write(undefined, function* archive() {
        const left: string[] = [];
        for (const { run_id, seal } of runs) {
          const record = yield* readRun(run_id);
          // Who was worked on since it was written to the archive stays.
          if (record === undefined || !isEnded(record.run) || sealOf(record, hash) !== seal)
            continue;
          yield* leave(record.run);
          yield* countOut(record.run);
          yield* outbox.add({ event: "run-archived", run_id, subject: name, seal });
          left.push(run_id);
        }
        forget();
        return left;
      }),
  };
}

/** All of it but its events. */
function* leave({ run_id, thread_id = run_id }: MissionRun): Sql<void> {
  for (const statement of CHECKPOINTS) yield* statement.run(thread_id, run_id);
  for (const statement of RECORDS) yield* statement.run(run_id);
}
