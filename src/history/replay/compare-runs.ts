/** What of a replayed run agrees with the record, and what differs. */

import { measureRun } from "../../kpi/run-figures.ts";
import type { RiskEvent } from "../../model/mission-risk-events.ts";
import type { MissionRun } from "../../model/mission-runs.ts";
import { compareText } from "../../model/order.ts";
import type { Compared, Difference, ReplayResult } from "../../model/replay-result.ts";
import type { RiskRule } from "../../model/risk-rules.ts";
import type { RunRecord } from "../../model/run-record.ts";
import type { TaskLog } from "../../model/task-execution-logs.ts";
import { minutesBetween } from "../../model/time.ts";
import { findRisks } from "../../risk/find-risks.ts";
import { CONDITION_GONE, SUPERSEDED_BY } from "../../risk/update-events.ts";

/** What is compared of a run. */
type Comparable = Pick<RunRecord, "run" | "rows" | "events">;

const ROW_FIELDS = [
  "agent_id",
  "outcome",
  "actual_duration_minutes",
  "human_delay_minutes",
  "human_approval_required",
] as const satisfies readonly (keyof TaskLog)[];

const RUN_FIELDS = [
  "status",
  "human_interventions",
  "escalations",
  "risk_flagged",
] as const satisfies readonly (keyof MissionRun)[];

const SUMS_OF_ROWS: ReadonlySet<keyof MissionRun> = new Set(["human_interventions", "escalations"]);

/** The replayed run keeps the recorded start and end: what its rows do not explain is in the ledger. */
export function compareRuns(
  recorded: RunRecord,
  replayed: Comparable,
  rules: readonly RiskRule[],
): ReplayResult {
  const rows = compareRows(recorded.rows, replayed.rows);
  const differences = [
    ...rows.differences,
    ...compareRun(recorded.run, replayed.run, { rowsAgree: rows.differences.length === 0 }),
    ...compareDuration(recorded.run),
    ...compareKpis(recorded.run, replayed.run),
    ...compareEvents(recorded, replayed.events, rules),
  ];
  return {
    run_id: recorded.run.run_id,
    mission_id: recorded.run.mission_id,
    status: differences.length === 0 ? "agrees" : "differs",
    differences,
    risk_events: replayed.events.map(({ task_id, risk_type, severity, rule_id = null }) => ({
      task_id,
      risk_type,
      severity,
      rule_id,
    })),
    rows: { recorded: recorded.rows.length, equal: rows.equal },
  };
}

function compareRows(recorded: readonly TaskLog[], replayed: readonly TaskLog[]) {
  const before = new Map(recorded.map((row) => [keyOf(row), row]));
  const now = new Map(replayed.map((row) => [keyOf(row), row]));
  const keys = [...new Set([...before.keys(), ...now.keys()])].toSorted(compareText);
  const differences: Difference[] = [];
  let equal = 0;
  for (const key of keys) {
    const [old, fresh] = [before.get(key), now.get(key)];
    const found =
      old === undefined || fresh === undefined
        ? compare(key, old?.outcome ?? "no row", fresh?.outcome ?? "no row")
        : ROW_FIELDS.flatMap((field) => compare(`${key}: ${field}`, old[field], fresh[field]));
    differences.push(...found);
    if (found.length === 0) equal += 1;
  }
  return { differences, equal };
}

function keyOf({ task_id, attempt = 1 }: TaskLog): string {
  return `${task_id} attempt ${attempt}`;
}

/** Where all rows agree, a sum of them that differs was recorded otherwise than they say. */
function compareRun(
  recorded: MissionRun,
  replayed: MissionRun,
  { rowsAgree }: { rowsAgree: boolean },
): readonly Difference[] {
  const isImported = recorded.plan_hash === undefined;
  return RUN_FIELDS.flatMap((field) => {
    const isKnown = isImported && rowsAgree && SUMS_OF_ROWS.has(field);
    return compare(`run: ${field}`, recorded[field], replayed[field]).map((difference) =>
      isKnown ? { ...difference, known_at_import: true as const } : difference,
    );
  });
}

/** The record against itself: its duration is not the rows' to say. */
function compareDuration(run: MissionRun): readonly Difference[] {
  const { start_time, end_time, total_duration_minutes: recorded = null } = run;
  const between = end_time === undefined ? null : minutesBetween(start_time, end_time);
  return compare("run: total_duration_minutes", recorded, between);
}

function compareKpis(recorded: MissionRun, replayed: MissionRun): readonly Difference[] {
  const before = new Map(Object.entries(recorded.kpis ?? {}));
  const now = new Map(Object.entries(replayed.kpis ?? {}));
  const names = [...new Set([...before.keys(), ...now.keys()])].toSorted(compareText);
  return names.flatMap((name) =>
    compare(`kpi: ${name}`, before.get(name) ?? null, now.get(name) ?? null),
  );
}

/**
 * By task, type and severity. What was over before the run was, whoever closed it, is no finding of the
 * whole run: a later look took it back, or the rules do not find it in the record as it ended.
 */
function compareEvents(
  recorded: RunRecord,
  replayed: readonly RiskEvent[],
  rules: readonly RiskRule[],
): readonly Difference[] {
  const ofRuns = new Set(
    rules.filter((rule) => rule.scope === "run").map((rule) => rule.risk_type),
  );
  const describe = (event: Described) => describeEvent(event, ofRuns);
  const { end_time, start_time } = recorded.run;
  const ended = measureRun(recorded, { now: end_time ?? start_time });
  const found = new Set(findRisks(ended, rules).map(describe));
  const stands = (event: RiskEvent) =>
    !isTakenBack(event) && (event.status === "open" || found.has(describe(event)));
  const before = new Set(recorded.events.filter(stands).map(describe));
  const now = new Set(replayed.map(describe));
  const all = [...new Set([...before, ...now])].toSorted(compareText);
  return all.flatMap((event) => compare(`risk event: ${event}`, before.has(event), now.has(event)));
}

type Described = Pick<RiskEvent, "task_id" | "risk_type" | "severity">;

/** An event about a run as a whole names the task that was worst when it was raised: that is no difference. */
function describeEvent(
  { task_id, risk_type, severity }: Described,
  ofRuns: ReadonlySet<string>,
): string {
  const where = ofRuns.has(risk_type) ? "" : ` at ${task_id}`;
  return `${risk_type}${where} (${severity})`;
}

function isTakenBack({ closed_because = "" }: RiskEvent): boolean {
  return closed_because === CONDITION_GONE || closed_because.startsWith(SUPERSEDED_BY);
}

function compare(what: string, recorded: Compared, replayed: Compared): readonly Difference[] {
  return recorded === replayed ? [] : [{ what, recorded, replayed }];
}
