/** The figures of a back-test by one plain pass, as one would write them down once for these rules. */

import type { History } from "../../src/model/history.ts";
import type { Reference } from "../../src/model/reference.ts";
import type { TaskLog } from "../../src/model/task-execution-logs.ts";

/** What the two policies differ in; all else is as in the default rules. */
export interface Thresholds {
  readonly due: number;
  readonly overrunPct: number;
}

interface Event {
  run: string;
  task: string;
  type: string;
  severity: string;
}

const round = (value: number) => Math.round(value * 100) / 100;
const share = (part: number, whole: number) =>
  whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000;

export function plainBacktest(
  history: History,
  reference: Reference,
  { under, against }: { under: Thresholds; against: Thresholds },
) {
  const plans = new Map(reference.plans.map((plan) => [plan.mission_id, plan.tasks]));
  const kpis = new Map(reference.kpis.map((document) => [document.mission_id, document.kpis]));
  const rowsOf = new Map<string, TaskLog[]>();
  for (const row of history.rows) {
    const rows = rowsOf.get(row.run_id);
    if (rows === undefined) rowsOf.set(row.run_id, [row]);
    else rows.push(row);
  }
  const appear: Event[] = [];
  const vanish: Event[] = [];
  const raised: Event[] = [];
  const recordedFlags: string[] = [];
  const nowFlags: string[] = [];
  let right = 0;
  const overdue = { appear: 0, vanish: 0, same: 0 };
  let approvals = 0;
  let affected = 0;
  let anonymous = 0;
  let unplanned = 0;
  let known = 0;
  let open = 0;
  let withoutCsat = 0;
  let withoutHours = 0;
  let weighed = 0;
  for (const run of history.runs) {
    const rows = rowsOf.get(run.run_id) ?? [];
    known += rows.length;
    if (run.status === "running" || run.status === "awaiting_approval") open += 1;
    const planned = plans.get(run.mission_id) ?? [];
    for (const row of rows) {
      if (!planned.some((task) => task.task_id === row.task_id)) unplanned += 1;
      if ((row.attempt ?? 1) === 1 && row.route !== undefined && row.route.length > 1) weighed += 1;
      if (row.decision === undefined) continue;
      approvals += 1;
      if (row.decided_by === undefined) anonymous += 1;
      const after = row.human_delay_minutes >= under.due;
      const before = row.human_delay_minutes >= against.due;
      if (after && before) overdue.same += 1;
      else if (after) overdue.appear += 1;
      else if (before) overdue.vanish += 1;
      if (after !== before) affected += row.human_delay_minutes;
    }
    const tasks = planned.map((task) => {
      const { task_id, estimated_duration_minutes: estimate } = task;
      let duration = 0;
      let wait = -1;
      let rejections = 0;
      let last = "";
      let attempts = 0;
      for (const row of rows) {
        if (row.task_id !== task_id) continue;
        attempts += 1;
        duration += row.actual_duration_minutes;
        if (row.human_approval_required || row.human_delay_minutes > 0) {
          wait = Math.max(wait, row.human_delay_minutes);
        }
        if (row.outcome === "rejected") rejections += 1;
        last = row.outcome;
      }
      const overrun = attempts === 0 ? -Infinity : duration - estimate;
      const pct = round((overrun / estimate) * 100);
      return { task_id, duration, wait, rejections, last, overrun, pct };
    });
    let failures = 0;
    for (const row of rows) if (row.outcome === "failed") failures += 1;
    const minutes = run.total_duration_minutes ?? 0;
    const figures = kpis.get(run.mission_id) ?? {};
    const csat = run.kpis?.["csat"];
    const hours = run.kpis?.["resolution_time_hours"];
    if (csat === undefined && figures["csat_threshold"] !== undefined) withoutCsat += 1;
    if (hours === undefined && figures["target_resolution_time_hours"] !== undefined) {
      withoutHours += 1;
    }
    const find = ({ due, overrunPct }: Thresholds): Event[] => {
      const found: Event[] = [];
      const add = (task: string, type: string, severity: string) =>
        found.push({ run: run.run_id, task, type, severity });
      const gone = new Set<string>();
      for (const { task_id, wait, rejections, last, overrun, pct } of tasks) {
        const isLate = wait >= 0 && wait >= due;
        const isBreach = pct >= 40 && overrun >= 5 && isLate;
        if (pct >= overrunPct && overrun >= 3) add(task_id, "task_overrun", "low");
        if (isLate) add(task_id, "approval_delay", "high");
        if (isBreach) add(task_id, "sla_breach_risk", "medium");
        if (rejections >= 2) add(task_id, "repeated_rework", "medium");
        if (last === "failed" || last === "rejected") add(task_id, "task_failure", "high");
        if (isLate || isBreach) gone.add(`${task_id}/task_overrun`);
        if (isBreach) gone.add(`${task_id}/approval_delay`);
        if (last === "failed" || last === "rejected") gone.add(`${task_id}/repeated_rework`);
      }
      let escalations = 0;
      for (const row of rows) {
        if (row.escalation === "failure") escalations += 1;
        else if (row.decision !== undefined && row.human_delay_minutes >= due) escalations += 1;
      }
      const [worst] = tasks.toSorted((a, b) => b.wait - a.wait || b.duration - a.duration);
      const task = worst?.task_id ?? "";
      if (failures >= 3) add(task, "too_many_failures", "medium");
      if (escalations >= 2) add(task, "too_many_escalations", "medium");
      const budget = Math.min(
        (figures["target_onboarding_time_days"] ?? Infinity) * 1440,
        (figures["target_pipeline_days"] ?? Infinity) * 1440,
        (figures["target_resolution_time_hours"] ?? Infinity) * 60,
      );
      if (minutes > budget) add(task, "time_budget_exceeded", "high");
      if (csat !== undefined && csat < (figures["csat_threshold"] ?? 0)) {
        add(task, "csat_risk", "high");
        gone.add(`${task}/approval_delay`).add(`${task}/task_overrun`);
      }
      if (hours !== undefined && hours > (figures["target_resolution_time_hours"] ?? Infinity)) {
        add(task, "resolution_time_breach", "medium");
      }
      return found.filter((event) => !gone.has(`${event.task}/${event.type}`));
    };
    const now = find(under);
    const before = find(against);
    const isIn = (event: Event, list: Event[]) =>
      list.some(
        (other) =>
          other.task === event.task &&
          other.type === event.type &&
          other.severity === event.severity,
      );
    for (const event of now) {
      raised.push(event);
      if (!isIn(event, before)) appear.push(event);
    }
    for (const event of before) if (!isIn(event, now)) vanish.push(event);
    if (run.risk_flagged) recordedFlags.push(run.run_id);
    if (now.length > 0) nowFlags.push(run.run_id);
    if (now.length > 0 && run.risk_flagged) right += 1;
  }
  const keys = new Set(raised.map(({ run, task, type }) => `${run}/${task}/${type}`));
  const recorded = new Set(history.events.map((e) => `${e.run_id}/${e.task_id}/${e.risk_type}`));
  const found = [...recorded].filter((key) => keys.has(key)).length;
  return {
    appear: appear.length,
    vanish: vanish.length,
    same: raised.length - appear.length,
    flagged: nowFlags.length,
    precision: share(right, nowFlags.length),
    recall: share(right, recordedFlags.length),
    recorded: recorded.size,
    found,
    approvals,
    overdue,
    anonymous,
    wait_minutes_affected: round(affected),
    weighed,
    not_evaluable: [history.rows.length - known, unplanned, open, withoutCsat, withoutHours].filter(
      (count) => count > 0,
    ),
  };
}
