/** What is known of a run's risks, worked out from whole lists as `RiskRecord` has it. */

import type { RiskEvent } from "../../src/model/mission-risk-events.ts";
import { type MissionRun, isEnded } from "../../src/model/mission-runs.ts";
import type { RiskRecord } from "../../src/model/risk-record.ts";
import { toMs } from "../../src/model/time.ts";

/** @param recorded all events and runs, of any mission. */
export function toRiskRecord(
  run: MissionRun,
  { events, runs }: { events: readonly RiskEvent[]; runs: readonly MissionRun[] },
): RiskRecord {
  const startOf = ({ start_time }: MissionRun) => toMs(start_time);
  const others = runs.filter(
    (other) => other.mission_id === run.mission_id && other.run_id !== run.run_id,
  );
  const before = new Set(
    others.filter((other) => startOf(other) < startOf(run)).map((other) => other.run_id),
  );
  const hasType = (runId: string, riskType: string) =>
    events.some((event) => event.run_id === runId && event.risk_type === riskType);
  return {
    own: events.filter((event) => event.run_id === run.run_id),
    earlier: events.filter(
      (event) =>
        event.status === "open" && event.mission_id === run.mission_id && before.has(event.run_id),
    ),
    completedWithout: ({ risk_type, kpis, after = "" }) =>
      others
        .filter((other) => other.status === "completed" && startOf(other) > startOf(run))
        .toSorted((a, b) => startOf(a) - startOf(b))
        .filter(({ end_time = "9999" }) => end_time > after)
        .filter((other) => kpis.every((kpi) => Object.hasOwn(other.kpis ?? {}, kpi)))
        .find((other) => !hasType(other.run_id, risk_type))?.run_id,
    rows: 0,
    hasEnded: isEnded(run),
    next: 1 + Math.max(0, ...events.map(({ event_id }) => numberOf(event_id))),
  };
}

/** The number that an id ends with; 0 when it has none. */
function numberOf(eventId: string): number {
  return Number(/^RISK_(\d{1,15})$/.exec(eventId)?.[1] ?? 0);
}
