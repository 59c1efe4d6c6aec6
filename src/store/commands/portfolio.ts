/** What a portfolio is made from. Its cost follows what happened lately, not how long the history is. */

import { setImmediate } from "node:timers/promises";

import type { ApprovalRequest } from "../../model/approval-requests.ts";
import type { PortfolioSnapshot } from "../../model/mission-portfolio-snapshot.ts";
import type { RiskEvent } from "../../model/mission-risk-events.ts";
import type { MissionRun } from "../../model/mission-runs.ts";
import { groupBy } from "../../model/order.ts";
import type {
  EndedRun,
  MissionRuns,
  PortfolioRecord,
  Tally,
} from "../../model/portfolio-record.ts";
import type { TaskLog } from "../../model/task-execution-logs.ts";
import { readArchived } from "../archived.ts";
import type { Session } from "../session.ts";
import { type Sql, type SqlRow, numberOf, sql, textOf } from "../sql.ts";
import type { PortfolioQuery, Store } from "../store.ts";

type PortfolioCommands = Pick<Store, "readPortfolio" | "listSnapshots" | "saveSnapshots">;

const COUNTS = sql(`SELECT mission_id, count(*) AS started,
  count(*) FILTER (WHERE end_ms IS NULL OR end_ms > $1) AS active,
  count(*) FILTER (WHERE status = 'completed' AND end_ms <= $1) AS completed
  FROM runs WHERE start_ms <= $1 GROUP BY mission_id`);
const LATEST =
  sql(`SELECT record FROM runs WHERE mission_id = $1 AND end_ms <= $2 AND start_ms <= $2
  AND has_figures = 1 ORDER BY end_ms DESC, run_id DESC LIMIT 1 OFFSET $3`);
/** The end of a page of runs. */
const PAGE_END = sql(
  "SELECT end_ms FROM runs WHERE end_ms > $1 AND end_ms <= $2 ORDER BY end_ms LIMIT 1 OFFSET $3",
);
const ENDED = sql(`SELECT record FROM runs WHERE end_ms > $1 AND end_ms <= $2 AND start_ms <= $3
  ORDER BY end_ms, seq`);
const ROWS_OF_ENDED = sql(`SELECT task_logs.record FROM runs JOIN task_logs USING (run_id)
  WHERE end_ms > $1 AND end_ms <= $2 AND start_ms <= $3 ORDER BY task_logs.seq`);
/**
 * Those whose closing nobody dated are judged by the mission's next completed run. The plus keeps SQLite
 * to the index of what is open; it is put in order afterwards, as SQLite would go through all events to
 * have it in order.
 */
const MAY_BE_OPEN =
  sql(`SELECT seq, record, NULL AS next FROM risk_events WHERE status = 'open' AND +detected_ms <= $1
  UNION ALL SELECT seq, record, NULL FROM risk_events WHERE closed_ms > $1 AND detected_ms <= $1 AND status = 'closed'
  UNION ALL SELECT seq, record, (SELECT runs.record FROM runs WHERE runs.mission_id = risk_events.mission_id
    AND end_ms > detected_ms AND status = 'completed' AND runs.run_id <> risk_events.run_id ORDER BY end_ms LIMIT 1)
  FROM risk_events WHERE status = 'closed' AND closed_ms IS NULL AND detected_ms <= $1`);
const DETECTED = sql(
  "SELECT record FROM risk_events WHERE detected_ms > $1 AND detected_ms <= $2 ORDER BY seq",
);
const ASKED =
  sql(`SELECT approvals.record FROM approvals JOIN runs USING (run_id) WHERE asked_ms <= $1
  AND approvals.status = 'pending' AND (runs.status IN ('running', 'awaiting_approval')
    OR is_dated = 1 AND (end_ms > $1 OR runs.status = 'completed'))
  UNION ALL SELECT approvals.record FROM approvals JOIN runs USING (run_id) WHERE asked_ms <= $1
  AND decided_ms > $1 AND approvals.status <> 'pending' AND (runs.status IN ('running', 'awaiting_approval')
    OR is_dated = 1 AND (end_ms > $1 OR runs.status = 'completed'))`);
const SNAPSHOTS = sql("SELECT record FROM snapshots ORDER BY snapshot_date, period");
/** Runs that are in memory at once. */
const RUNS_OF_PAGE = 500;

const ROWS_OF = sql("SELECT record FROM task_logs WHERE run_id = $1 ORDER BY seq");

interface EndedPage {
  readonly ended: readonly EndedRun[];
  readonly until: number;
}

export function createPortfolioCommands(session: Session): PortfolioCommands {
  const { tables, write, read, ask } = session;

  const toRun = (row: SqlRow): MissionRun => tables.runs.parse(row["record"]);
  const toRow = (row: SqlRow): TaskLog => tables.logs.parse(row["record"]);
  const toEvent = (row: SqlRow): RiskEvent => tables.events.parse(row["record"]);
  const toRequest = (row: SqlRow): ApprovalRequest => tables.approvals.parse(row["record"]);

  function* listSnapshots(): Sql<readonly PortfolioSnapshot[]> {
    return (yield* SNAPSHOTS.all()).map((row) => tables.snapshots.parse(row["record"]));
  }

  function* latestMeasured(
    missionId: string,
    instant: number,
    isMeasured: (run: MissionRun) => boolean,
  ): Sql<MissionRuns["measured"]> {
    for (let seen = 0; ; seen += 1) {
      const row = yield* LATEST.get(missionId, instant, seen);
      if (row === undefined) return undefined;
      const run = toRun(row);
      if (isMeasured(run)) return { run, rows: (yield* ROWS_OF.all(run.run_id)).map(toRow) };
    }
  }

  /** Some runs that ended after an instant, with all that ended at the same time as the last of them. */
  function* readEnded(after: number, instant: number): Sql<EndedPage> {
    const row = yield* PAGE_END.get(after, instant, RUNS_OF_PAGE);
    const until = row === undefined ? instant : numberOf(row, "end_ms");
    const rows = groupBy(
      (yield* ROWS_OF_ENDED.all(after, until, instant)).map(toRow),
      (own) => own.run_id,
    );
    const runs = (yield* ENDED.all(after, until, instant)).map(toRun);
    return { until, ended: runs.map((run) => ({ run, rows: rows.get(run.run_id) ?? [] })) };
  }

  function* readBeside({
    instant,
    since,
    missions,
    isMeasured,
  }: Omit<PortfolioQuery<Tally>, "openTally">): Sql<Omit<PortfolioRecord<Tally>, "recent">> {
    const counted = new Map(
      (yield* COUNTS.all(instant)).map((row) => [textOf(row, "mission_id") ?? "", row]),
    );
    const archived = yield* readArchived();
    const known = new Map<string, MissionRuns>();
    for (const id of new Set([...missions, ...counted.keys(), ...archived.keys()])) {
      const row = counted.get(id);
      const gone = archived.get(id);
      const isKnown = missions.includes(id);
      known.set(id, {
        started: numberOf(row, "started") + (gone?.runs ?? 0),
        active: numberOf(row, "active"),
        completed: numberOf(row, "completed") + (gone?.completed ?? 0),
        measured: isKnown ? yield* latestMeasured(id, instant, isMeasured) : undefined,
      });
    }
    return {
      missions: known,
      events: (yield* MAY_BE_OPEN.all(instant))
        .toSorted((a, b) => numberOf(a, "seq") - numberOf(b, "seq"))
        .map((row) => {
          const next = row["next"] === null ? undefined : tables.runs.parse(row["next"]);
          return { event: toEvent(row), next_completion: next?.end_time ?? next?.start_time };
        }),
      detected: (yield* DETECTED.all(since, instant)).map(toEvent),
      requests: (yield* ASKED.all(instant)).map(toRequest),
      snapshots: yield* listSnapshots(),
      archived_until: [...archived.values()].reduce<number | undefined>(
        (latest, { until }) => Math.max(latest ?? until, until),
        undefined,
      ),
    };
  }

  return {
    async readPortfolio({ openTally, ...query }) {
      const { instant, since } = query;
      const beside = await read(() => readBeside(query));
      const recent = openTally();
      for (let after = since; after < instant;) {
        const { until, ended } = await read(() => readEnded(after, instant));
        for (const each of ended) recent.add(each);
        after = until;
        // There may be many pages, and others have something to do.
        await setImmediate();
      }
      return { ...beside, recent };
    },
    listSnapshots: () => ask(listSnapshots),
    saveSnapshots: (made) =>
      write(undefined, function* save() {
        for (const snapshot of made) yield* tables.snapshots.put(snapshot);
      }),
  };
}
