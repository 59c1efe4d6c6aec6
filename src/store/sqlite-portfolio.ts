/** What a portfolio is made from. Its cost follows what happened lately, not how long the history is. */

import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { RiskEvent } from "../model/mission-risk-events.ts";
import type { MissionRun } from "../model/mission-runs.ts";
import type { MissionRuns, PortfolioRecord } from "../model/portfolio-record.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import type { SqlRow } from "./sqlite-driver.ts";
import { HAS_FIGURES } from "./sqlite-schema.ts";
import type { Session } from "./sqlite-session.ts";
import { numberOf, textOf } from "./sqlite-tables.ts";
import type { Store } from "./store.ts";

type PortfolioCommands = Pick<Store, "readPortfolio" | "listSnapshots" | "saveSnapshots">;

const COUNTS = `SELECT mission_id, count(*) AS started, sum(end_ms IS NULL OR end_ms > ?1) AS active,
  sum(status = 'completed' AND end_ms <= ?1) AS completed FROM runs WHERE start_ms <= ?1 GROUP BY mission_id`;
const LATEST = `SELECT record FROM runs WHERE mission_id = ? AND end_ms <= ? AND start_ms <= ?
  AND ${HAS_FIGURES} ORDER BY end_ms DESC, run_id DESC`;
const RECENT =
  "SELECT record FROM runs WHERE end_ms > ?1 AND end_ms <= ?2 AND start_ms <= ?2 ORDER BY seq";
const RECENT_ROWS = `SELECT task_logs.record FROM runs JOIN task_logs USING (run_id)
  WHERE end_ms > ?1 AND end_ms <= ?2 AND start_ms <= ?2 ORDER BY runs.seq, task_logs.seq`;
/**
 * Those whose closing nobody dated are judged by the mission's next completed run. The plus keeps SQLite
 * to the index of what is open; it is put in order afterwards, as SQLite would go through all events to
 * have it in order.
 */
const MAY_BE_OPEN = `SELECT seq, record, NULL AS next FROM risk_events WHERE status = 'open' AND +detected_ms <= ?1
  UNION ALL SELECT seq, record, NULL FROM risk_events WHERE closed_ms > ?1 AND detected_ms <= ?1 AND status = 'closed'
  UNION ALL SELECT seq, record, (SELECT runs.record FROM runs WHERE runs.mission_id = risk_events.mission_id
    AND end_ms > detected_ms AND status = 'completed' AND runs.run_id <> risk_events.run_id ORDER BY end_ms LIMIT 1)
  FROM risk_events WHERE status = 'closed' AND closed_ms IS NULL AND detected_ms <= ?1`;
const DETECTED =
  "SELECT record FROM risk_events WHERE detected_ms > ? AND detected_ms <= ? ORDER BY seq";
const ASKED = `SELECT approvals.record FROM approvals JOIN runs USING (run_id) WHERE asked_ms <= ?1
  AND approvals.status = 'pending' AND (runs.status IN ('running', 'awaiting_approval')
    OR json_extract(runs.record, '$.end_time') IS NOT NULL AND (end_ms > ?1 OR runs.status = 'completed'))
  UNION ALL SELECT approvals.record FROM approvals JOIN runs USING (run_id) WHERE asked_ms <= ?1
  AND decided_ms > ?1 AND approvals.status <> 'pending' AND (runs.status IN ('running', 'awaiting_approval')
    OR json_extract(runs.record, '$.end_time') IS NOT NULL AND (end_ms > ?1 OR runs.status = 'completed'))`;

export function createPortfolioCommands(session: Session): PortfolioCommands {
  const { database, tables, write, read } = session;
  const counts = database.prepare(COUNTS);
  const latest = database.prepare(LATEST);
  const recent = database.prepare(RECENT);
  const recentRows = database.prepare(RECENT_ROWS);
  const mayBeOpen = database.prepare(MAY_BE_OPEN);
  const detected = database.prepare(DETECTED);
  const asked = database.prepare(ASKED);
  const snapshots = database.prepare("SELECT record FROM snapshots ORDER BY snapshot_date, period");
  const rowsOf = database.prepare("SELECT record FROM task_logs WHERE run_id = ? ORDER BY seq");

  const toRun = (row: SqlRow): MissionRun => tables.runs.parse(row["record"]);
  const toRow = (row: SqlRow): TaskLog => tables.logs.parse(row["record"]);
  const toEvent = (row: SqlRow): RiskEvent => tables.events.parse(row["record"]);
  const toRequest = (row: SqlRow): ApprovalRequest => tables.approvals.parse(row["record"]);
  const listSnapshots = () => snapshots.all().map((row) => tables.snapshots.parse(row["record"]));

  function latestMeasured(
    missionId: string,
    instant: number,
    isMeasured: (run: MissionRun) => boolean,
  ): MissionRuns["measured"] {
    for (const row of latest.iterate(missionId, instant, instant)) {
      const run = toRun(row);
      if (isMeasured(run)) return { run, rows: rowsOf.all(run.run_id).map(toRow) };
    }
    return undefined;
  }

  return {
    readPortfolio: ({ instant, since, missions, isMeasured }) =>
      read((): PortfolioRecord => {
        const counted = new Map(
          counts.all(instant).map((row) => [textOf(row, "mission_id") ?? "", row]),
        );
        const ids = [...new Set([...missions, ...counted.keys()])];
        const rows = new Map<string, TaskLog[]>();
        for (const row of recentRows.all(since, instant).map(toRow)) {
          const own = rows.get(row.run_id);
          if (own === undefined) rows.set(row.run_id, [row]);
          else own.push(row);
        }
        return {
          missions: new Map(
            ids.map((id) => {
              const row = counted.get(id);
              const [started, active, completed] = [
                numberOf(row, "started"),
                numberOf(row, "active"),
                numberOf(row, "completed"),
              ];
              const isKnown = missions.includes(id);
              const measured = isKnown ? latestMeasured(id, instant, isMeasured) : undefined;
              return [id, { started, active, completed, measured }];
            }),
          ),
          recent: recent
            .all(since, instant)
            .map(toRun)
            .map((run) => ({ run, rows: rows.get(run.run_id) ?? [] })),
          events: mayBeOpen
            .all(instant)
            .toSorted((a, b) => numberOf(a, "seq") - numberOf(b, "seq"))
            .map((row) => {
              const next = row["next"] === null ? undefined : tables.runs.parse(row["next"]);
              return { event: toEvent(row), next_completion: next?.end_time ?? next?.start_time };
            }),
          detected: detected.all(since, instant).map(toEvent),
          requests: asked.all(instant).map(toRequest),
          snapshots: listSnapshots(),
        };
      }),
    listSnapshots: () => read(listSnapshots),
    saveSnapshots: (made) =>
      write(undefined, () => {
        for (const snapshot of made) tables.snapshots.put(snapshot);
      }),
  };
}
