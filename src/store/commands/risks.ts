/** Risk events. */

import { MissionError } from "../../errors.ts";
import type { RiskEvent } from "../../model/mission-risk-events.ts";
import { type MissionRun, isEnded } from "../../model/mission-runs.ts";
import type { WithoutQuery } from "../../model/risk-record.ts";
import { toMs } from "../../model/time.ts";
import type { Session } from "../session.ts";
import { type Sql, type SqlRow, numberOf, sql } from "../sql.ts";
import type { RunChange, Store } from "../store.ts";

type RiskCommands = Pick<Store, "listEvents" | "changeRisks" | "changeEvent">;

/** Later runs looked at in one go. */
const PAGE = 20;

const LIST =
  sql(`SELECT record FROM risk_events WHERE ($1 = '' OR run_id = $1) AND ($2 = '' OR mission_id = $2)
  AND ($3 = '' OR status = $3) ORDER BY seq`);
const OF_RUN = sql("SELECT record FROM risk_events WHERE run_id = $1 ORDER BY seq");
const OPEN_OF_MISSION = sql(
  "SELECT record FROM risk_events WHERE mission_id = $1 AND status = 'open' ORDER BY seq",
);
const OPEN_EARLIER = sql(`SELECT risk_events.record FROM risk_events JOIN runs USING (run_id)
  WHERE risk_events.mission_id = $1 AND risk_events.status = 'open' AND start_ms < $2 ORDER BY risk_events.seq`);
const COMPLETED_WITHOUT =
  sql(`SELECT record FROM runs WHERE mission_id = $1 AND start_ms > $2 AND end_ms IS NOT NULL
  AND status = 'completed' AND NOT EXISTS (SELECT 1 FROM risk_events
  WHERE risk_events.run_id = runs.run_id AND risk_type = $3)
  AND end_ms > $4 AND ($5 = '' OR EXISTS (SELECT 1 FROM task_logs WHERE task_logs.run_id = runs.run_id
  AND task_id = $5 AND outcome IN ('completed', 'approved'))) ORDER BY start_ms, seq LIMIT ${PAGE} OFFSET $6`);
const HIGHEST = sql("SELECT max(number) AS number FROM risk_events WHERE number IS NOT NULL");
const ONE = sql("SELECT record FROM risk_events WHERE event_id = $1");

export function createRiskCommands(session: Session): RiskCommands {
  const { tables, outbox, write, put, ask, readRun } = session;

  const parse = (row: SqlRow): RiskEvent => tables.events.parse(row["record"]);

  function* record(event: RiskEvent): Sql<void> {
    const { run_id, event_id, status } = event;
    yield* put.event(event);
    const what = status === "open" ? ("risk-raised" as const) : ("risk-closed" as const);
    yield* outbox.add({ event: what, run_id, subject: event_id });
  }

  /** The first later run that completed without such an event and measured all that it rests on. */
  function* findWithout(
    { mission_id, start_time }: Pick<MissionRun, "mission_id" | "start_time">,
    { risk_type, kpis, task_id = "", after }: WithoutQuery,
  ): Sql<string | undefined> {
    const since = after === undefined ? 0 : toMs(after);
    const given = [mission_id, toMs(start_time), risk_type, since, task_id] as const;
    for (let seen = 0; ; seen += PAGE) {
      const rows = yield* COMPLETED_WITHOUT.all(...given, seen);
      const found = rows
        .map((row) => tables.runs.parse(row["record"]))
        .find((run) => kpis.every((kpi) => Object.hasOwn(run.kpis ?? {}, kpi)));
      if (found !== undefined || rows.length < PAGE) return found?.run_id;
    }
  }

  /** What `change` makes of the risks of a run. What it asks on the way is looked up, and it is asked again. */
  function* changed(runId: string, change: Parameters<Store["changeRisks"]>[1]) {
    const stored = yield* readRun(runId);
    const run = stored?.run;
    const rows = stored?.rows.length ?? 0;
    const hasEnded = run !== undefined && isEnded(run);
    const own = (yield* OF_RUN.all(runId)).map(parse);
    const earlier =
      run === undefined
        ? []
        : (yield* OPEN_EARLIER.all(run.mission_id, toMs(run.start_time))).map(parse);
    const next = numberOf(yield* HIGHEST.get(), "number") + 1;
    const answers = new Map<string, string | undefined>();
    for (;;) {
      const asked = new Map<string, WithoutQuery>();
      const completedWithout = (query: WithoutQuery) => {
        const key = JSON.stringify(query);
        if (!answers.has(key)) asked.set(key, query);
        return answers.get(key);
      };
      const events = change({ own, earlier, completedWithout, next, rows, hasEnded });
      if (asked.size === 0) return events;
      for (const [key, query] of asked) {
        answers.set(key, run === undefined ? undefined : yield* findWithout(run, query));
      }
    }
  }

  /** What is said of the runs of events that have changed. A run that is not there is passed over. */
  function* renewRuns(events: readonly RiskEvent[], renew: RunChange): Sql<void> {
    for (const runId of new Set(events.map((event) => event.run_id))) {
      const stored = yield* readRun(runId);
      if (stored === undefined) continue;
      const run = renew(stored.run, stored);
      if (run !== stored.run) yield* put.run(run);
    }
  }

  return {
    listEvents: ({ run_id = "", mission_id = "", status = "" } = {}) =>
      ask(function* list() {
        // The usual questions have an index each; the general one looks at all.
        if (run_id !== "" && mission_id === "" && status === "")
          return (yield* OF_RUN.all(run_id)).map(parse);
        const isOpen = run_id === "" && mission_id !== "" && status === "open";
        if (isOpen) return (yield* OPEN_OF_MISSION.all(mission_id)).map(parse);
        return (yield* LIST.all(run_id, mission_id, status)).map(parse);
      }),
    changeRisks: (runId, change, renew) =>
      write(runId, function* update() {
        const events = yield* changed(runId, change);
        for (const event of events) yield* record(event);
        yield* renewRuns(events, renew);
        return events;
      }),
    changeEvent: (eventId, change, renew) =>
      write(undefined, function* update() {
        const row = yield* ONE.get(eventId);
        if (row === undefined) {
          const message = `There is no risk event "${eventId}". \`mission-control risks\` lists them.`;
          throw new MissionError("UNKNOWN_EVENT", message, { details: { event_id: eventId } });
        }
        const event = change(parse(row));
        yield* record(event);
        yield* renewRuns([event], renew);
        return event;
      }),
  };
}
