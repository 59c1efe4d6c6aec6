/** Runs that somebody has to go on with: opened, or decided about, and not yet carried to where they wait or end. */

import { FullError } from "../errors.ts";
import { type MissionRun, PRIORITIES } from "../model/mission-runs.ts";
import type { RunLimits } from "../model/policy.ts";
import { toMs } from "../model/time.ts";
import { type Sql, type SqlRow, type Statement, numberOf, sql, textOf } from "./sql.ts";
import type { Wake, WakeCounts } from "./store.ts";

const WAKE =
  sql(`INSERT INTO wakes (run_id, mission_id, priority, number, since_ms) VALUES ($1, $2, $3, 1, $4)
  ON CONFLICT (run_id) DO UPDATE SET number = wakes.number + 1`);
const DRIVE = sql(`INSERT INTO wakes (run_id, mission_id, priority, number, since_ms)
  SELECT run_id, mission_id, priority, 1, CAST($2 AS BIGINT) FROM runs WHERE run_id = $1 AND end_ms IS NULL
  ON CONFLICT (run_id) DO NOTHING`);
const NUMBER = sql("SELECT number FROM wakes WHERE run_id = $1");
const SETTLE = sql("DELETE FROM wakes WHERE run_id = $1 AND number = $2");
const END = sql("DELETE FROM wakes WHERE run_id = $1");
const UNDER_WAY = `FROM wakes JOIN leases ON leases.name = run_id WHERE holder IS NOT NULL`;
/** The most of a priority, or of a mission; each limit is a value of its own. */
const MOST_OF_PRIORITY = `CASE priority WHEN 0 THEN CAST($3 AS BIGINT) WHEN 1 THEN CAST($4 AS BIGINT)
  WHEN 2 THEN CAST($5 AS BIGINT) ELSE CAST($6 AS BIGINT) END`;
/** The important first; then each mission in its turn, however many runs of one are there; then the oldest. */
const FREE = sql(`SELECT run_id, mission_id, since_ms, holder FROM (
    SELECT wakes.*, row_number() OVER (PARTITION BY mission_id, priority ORDER BY since_ms, run_id) AS place FROM wakes
    WHERE mission_id NOT IN (SELECT mission_id ${UNDER_WAY} GROUP BY mission_id HAVING count(*) >= CAST($2 AS BIGINT))
    AND priority NOT IN (SELECT priority ${UNDER_WAY} GROUP BY priority HAVING count(*) >= ${MOST_OF_PRIORITY})
  ) AS placed LEFT JOIN leases ON leases.name = run_id WHERE holder IS NULL
  ORDER BY priority DESC, place, since_ms, run_id LIMIT $1`);
const BESIDE = sql(`SELECT own.mission_id, own.priority,
  (SELECT count(*) ${UNDER_WAY} AND wakes.mission_id = own.mission_id) AS of_mission,
  (SELECT count(*) ${UNDER_WAY} AND wakes.priority = own.priority) AS of_priority
  FROM wakes AS own WHERE own.run_id = $1`);
const WAITING = sql(`SELECT count(*) AS all_of_them,
  count(CASE WHEN mission_id = $1 THEN 1 END) AS of_mission FROM wakes`);
const HELD =
  sql(`SELECT run_id, mission_id, since_ms, holder FROM wakes JOIN leases ON leases.name = run_id
  WHERE holder IS NOT NULL ORDER BY holder, priority DESC, since_ms`);
const COUNTS = sql(`SELECT count(*) AS all_of_them, count(holder) AS held,
  min(CASE WHEN holder IS NULL THEN since_ms END) AS oldest_ms,
  (SELECT count(*) FROM approvals WHERE status = 'pending') AS pending
  FROM wakes LEFT JOIN leases ON leases.name = run_id`);

const NO_LIMIT = Number.MAX_SAFE_INTEGER;

export interface Wakes {
  readonly wake: (run: MissionRun) => Sql<void>;
  /** Somebody goes on with it: should they die, others have to. */
  readonly drive: (runId: string) => Sql<void>;
  /** What stands for all that a run was woken for so far; 0 for nothing. */
  readonly number: (runId: string) => Sql<number>;
  /** It was carried on: nothing is left, unless it was woken since. */
  readonly settle: (runId: string, number: number) => Sql<void>;
  readonly end: (runId: string) => Sql<void>;
  /** @throws FullError when, with this run, more are carried on than may be. */
  readonly requirePlace: (runId: string, limits: RunLimits) => Sql<void>;
  readonly listFree: (limit: number, limits: RunLimits) => Sql<readonly Wake[]>;
  readonly listHeld: () => Sql<readonly Wake[]>;
  readonly count: () => Sql<WakeCounts>;
  readonly countWaiting: (
    missionId: string,
  ) => Sql<{ readonly all: number; readonly mission: number }>;
}

/** @param onWake what tells others at once, where the database can. */
export function openWakes({
  now,
  onWake,
}: {
  now: () => string;
  onWake: Statement | undefined;
}): Wakes {
  return {
    *wake({ run_id, mission_id, priority = "normal", checkpoints }) {
      // Where a server has its checkpoints, only that server goes on with it.
      if (checkpoints === "external") return;
      yield* WAKE.run(run_id, mission_id, PRIORITIES.indexOf(priority), toMs(now()));
      if (onWake !== undefined) yield* onWake.run();
    },
    drive: (runId) => DRIVE.run(runId, toMs(now())),
    *number(runId) {
      return numberOf(yield* NUMBER.get(runId), "number");
    },
    settle: (runId, number) => SETTLE.run(runId, number),
    end: (runId) => END.run(runId),
    *requirePlace(runId, limits) {
      const row = yield* BESIDE.get(runId);
      if (row === undefined) return;
      const mission = textOf(row, "mission_id") ?? "";
      const priority = PRIORITIES[numberOf(row, "priority")] ?? "normal";
      refuseAbove(numberOf(row, "of_mission"), limits.mission, `runs of ${mission}`);
      refuseAbove(numberOf(row, "of_priority"), limits[priority], `runs of priority ${priority}`);
    },
    *listFree(limit, limits) {
      const most = [limits.mission, ...PRIORITIES.map((priority) => limits[priority])];
      return (yield* FREE.all(limit, ...most.map((number) => number ?? NO_LIMIT))).map(toWake);
    },
    *listHeld() {
      return (yield* HELD.all()).map(toWake);
    },
    *countWaiting(missionId) {
      const row = yield* WAITING.get(missionId);
      return { all: numberOf(row, "all_of_them"), mission: numberOf(row, "of_mission") };
    },
    *count() {
      const row = yield* COUNTS.get();
      const [all, held] = [numberOf(row, "all_of_them"), numberOf(row, "held")];
      const oldest = row?.["oldest_ms"] ?? undefined;
      return {
        free: all - held,
        held,
        oldest_ms: oldest === undefined ? undefined : Number(oldest),
        pending_approvals: numberOf(row, "pending"),
      };
    },
  };
}

function refuseAbove(number: number, most: number | null, what: string): void {
  if (most === null || number <= most) return;
  throw new FullError(`As many ${what} are carried on as may be at once: ${most}.`, { most });
}

function toWake(row: SqlRow): Wake {
  const holder = textOf(row, "holder");
  return {
    run_id: textOf(row, "run_id") ?? "",
    mission_id: textOf(row, "mission_id") ?? "",
    since_ms: numberOf(row, "since_ms"),
    ...(holder === undefined ? {} : { holder }),
  };
}
