/** Everything a run's report is made from: what is recorded, and what follows from it. */

import { timeBudgetMinutes } from "../kpi/define-kpis.ts";
import { type DelayLedger, measureDelays } from "../kpi/delay-ledger.ts";
import { evaluateKpis } from "../kpi/evaluate-kpis.ts";
import { type PlacedAttempt, layTimeline } from "../kpi/lay-timeline.ts";
import { kpisOfMission } from "../kpi/observations.ts";
import { type Fix, rankFixes } from "../kpi/what-to-fix.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { BusinessMission } from "../model/business-missions.ts";
import { compareText } from "../model/canonical-json.ts";
import type { RiskEvent } from "../model/mission-risk-events.ts";
import { type MissionRun, isEnded } from "../model/mission-runs.ts";
import type { Policy } from "../model/policy.ts";
import type { Observations } from "../model/primitives.ts";
import type { Reference } from "../model/reference.ts";
import { laterOf, toInstant, toMs } from "../model/time.ts";
import type { RiskFacts } from "../risk/risk-facts.ts";

/** What the documents say of a run. */
export interface RunRecords extends Pick<
  RiskFacts,
  "run" | "tasks" | "statuses" | "rows" | "requests"
> {
  readonly risks: readonly RiskEvent[];
}

export interface RunFacts extends RunRecords, RiskFacts {
  readonly mission: BusinessMission;
  readonly placed: readonly PlacedAttempt[];
  readonly ledger: DelayLedger;
  readonly fixes: readonly Fix[];
  readonly approvers: readonly string[];
}

/** What a run's records are read beside. */
export interface Beside {
  readonly reference: Reference;
  readonly policy: Policy;
  readonly now: string;
  /** Figures that are not in the run's record yet. */
  readonly observed?: Observations;
}

/** What bears on a run's risks, without what only its report needs. */
export function gatherRiskFacts(
  records: RunRecords,
  { reference, policy, now, observed = {} }: Beside,
): RiskFacts {
  const { run, rows } = records;
  const definitions = kpisOfMission(run.mission_id, reference);
  return {
    ...records,
    kpis: evaluateKpis(definitions, { observations: observationsOf(run, observed), rows }),
    dueMinutes: policy.approvals.due_minutes,
    budgetMinutes: timeBudgetMinutes(findMission(run, reference), definitions),
    now,
  };
}

export function gatherFacts(records: RunRecords, beside: Beside): RunFacts {
  const { run, tasks, rows, requests } = records;
  const { reference, policy, now } = beside;
  const { mission_id, start_time } = run;
  const placed = layTimeline(rows, { tasks, startTime: start_time });
  const position = new Map(tasks.map((task, index) => [task.task_id, index]));
  const placeOf = (request: ApprovalRequest) => position.get(request.task_id) ?? tasks.length;
  const pending = isEnded(run)
    ? []
    : requests
        .filter((request) => request.status === "pending")
        .toSorted((a, b) => placeOf(a) - placeOf(b) || compareText(a.approval_id, b.approval_id));
  const ledger = measureDelays(
    [...placed, ...pending.map((request) => placePending(request, placed, now))],
    { tasks, start: start_time, end: endOf(run, placed, now) },
  );
  return {
    ...records,
    ...gatherRiskFacts(records, beside),
    mission: findMission(run, reference) ?? { mission_id, mission_name: mission_id },
    approvers: policy.approvals.approvers ?? [],
    placed,
    ledger,
    fixes: rankFixes({
      tasks,
      rows,
      pending,
      now,
      criticalTasks: new Set(ledger.critical_path.map((step) => step.task_id)),
    }),
  };
}

function findMission({ mission_id }: MissionRun, { missions }: Reference) {
  return missions.find((candidate) => candidate.mission_id === mission_id);
}

/** What was observed in a run; figures that people recorded stand over all others. */
export function observationsOf(run: MissionRun, observed: Observations = {}): Observations {
  return { ...run.kpis, ...observed, ...run.kpis_recorded };
}

/** An open request as an attempt that has only waited so far. */
function placePending(
  { task_id, attempt, approval_request_time }: ApprovalRequest,
  placed: readonly PlacedAttempt[],
  now: string,
): PlacedAttempt {
  const before = placed.filter((other) => other.task_id === task_id);
  const start = Math.max(toMs(approval_request_time), ...before.map((other) => other.end));
  const end = Math.max(start, toMs(now));
  return { task_id, attempt, start, end, wait: end - start };
}

/** A run that has not ended lasts until now, or as long as its timeline has got. */
function endOf(run: MissionRun, placed: readonly PlacedAttempt[], now: string): string {
  const last = placed.reduce((end, attempt) => Math.max(end, attempt.end), toMs(run.start_time));
  const worked = toInstant(last);
  return isEnded(run) ? (run.end_time ?? worked) : laterOf(now, worked);
}
