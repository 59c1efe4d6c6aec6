/** Risk events. */

import { MissionError } from "../errors.ts";
import type { RiskEvent } from "../model/mission-risk-events.ts";
import type { RiskRecord } from "../model/risk-record.ts";
import { toMs } from "../model/time.ts";
import type { SqlRow } from "./sqlite-driver.ts";
import type { Session } from "./sqlite-session.ts";
import { numberOf, textOf } from "./sqlite-tables.ts";
import type { Store } from "./store.ts";

type RiskCommands = Pick<Store, "listEvents" | "changeRisks" | "changeEvent">;

const LIST = `SELECT record FROM risk_events WHERE (?1 = '' OR run_id = ?1) AND (?2 = '' OR mission_id = ?2)
  AND (?3 = '' OR status = ?3) ORDER BY seq`;
const OF_RUN = "SELECT record FROM risk_events WHERE run_id = ? ORDER BY seq";
const OPEN_OF_MISSION =
  "SELECT record FROM risk_events WHERE mission_id = ? AND status = 'open' ORDER BY seq";
const OPEN_EARLIER = `SELECT risk_events.record FROM risk_events JOIN runs USING (run_id)
  WHERE risk_events.mission_id = ? AND risk_events.status = 'open' AND start_ms < ? ORDER BY risk_events.seq`;
const COMPLETED_WITHOUT = `SELECT run_id FROM runs WHERE mission_id = ?1 AND start_ms > ?2 AND end_ms IS NOT NULL
  AND status = 'completed' AND NOT EXISTS (SELECT 1 FROM risk_events
  WHERE risk_events.run_id = runs.run_id AND risk_type = ?3) AND NOT EXISTS (SELECT 1 FROM json_each(?4) AS wanted
  WHERE wanted.value NOT IN (SELECT key FROM json_each(runs.record, '$.kpis')))
  AND end_ms > ?5 AND (?6 = '' OR EXISTS (SELECT 1 FROM task_logs WHERE task_logs.run_id = runs.run_id
  AND task_id = ?6 AND outcome IN ('completed', 'approved'))) ORDER BY start_ms LIMIT 1`;

export function createRiskCommands(session: Session): RiskCommands {
  const { database, tables, outbox, write, put, read, readRun } = session;
  const list = database.prepare(LIST);
  const ofRun = database.prepare(OF_RUN);
  const openOfMission = database.prepare(OPEN_OF_MISSION);
  const openEarlier = database.prepare(OPEN_EARLIER);
  const completedWithout = database.prepare(COMPLETED_WITHOUT);
  const highest = database.prepare(
    "SELECT max(number) AS number FROM risk_events WHERE number IS NOT NULL",
  );
  const one = database.prepare("SELECT record FROM risk_events WHERE event_id = ?");

  const parse = (row: SqlRow): RiskEvent => tables.events.parse(row["record"]);

  function record(event: RiskEvent): void {
    const { run_id, event_id, status } = event;
    put.event(event);
    const what = status === "open" ? ("risk-raised" as const) : ("risk-closed" as const);
    outbox.add({ event: what, run_id, subject: event_id });
  }

  function readRisks(runId: string): RiskRecord {
    const run = readRun(runId)?.run;
    const { mission_id = "", start_time = "" } = run ?? {};
    return {
      own: ofRun.all(runId).map(parse),
      earlier: openEarlier.all(mission_id, toMs(start_time) || 0).map(parse),
      completedWithout({ risk_type, kpis, task_id = "", after }) {
        const start = toMs(start_time) || 0;
        const since = after === undefined ? 0 : toMs(after);
        const wanted = JSON.stringify(kpis);
        return textOf(
          completedWithout.get(mission_id, start, risk_type, wanted, since, task_id),
          "run_id",
        );
      },
      next: numberOf(highest.get(), "number") + 1,
    };
  }

  return {
    listEvents: ({ run_id = "", mission_id = "", status = "" } = {}) =>
      read(() => {
        // The usual questions have an index each; the general one looks at all.
        if (run_id !== "" && mission_id === "" && status === "")
          return ofRun.all(run_id).map(parse);
        const isOpen = run_id === "" && mission_id !== "" && status === "open";
        if (isOpen) return openOfMission.all(mission_id).map(parse);
        return list.all(run_id, mission_id, status).map(parse);
      }),
    changeRisks: (runId, change) =>
      write(runId, () => {
        const changed = change(readRisks(runId));
        for (const event of changed) record(event);
        return changed;
      }),
    changeEvent: (eventId, change) =>
      write(undefined, () => {
        const row = one.get(eventId);
        if (row === undefined) {
          const message = `There is no risk event "${eventId}". \`mission-control risks\` lists them.`;
          throw new MissionError("UNKNOWN_EVENT", message, { details: { event_id: eventId } });
        }
        const changed = change(parse(row));
        record(changed);
        return changed;
      }),
  };
}
