/** What two policies say of the recorded approvals: which are overdue, and who may decide them. */

import { isDecided } from "../execution/run-aggregates.ts";
import { isEnded } from "../model/mission-runs.ts";
import type { Policy } from "../model/policy.ts";
import { minutesBetween, roundMinutes } from "../model/time.ts";
import type { RunCase } from "./backtest-cases.ts";

/** An approval on record. */
export interface TestedGate {
  readonly run_id: string;
  readonly mission_id: string;
  readonly task_id: string;
  readonly attempt: number;
  /** Until the decision, or until now where it still waits. */
  readonly wait_minutes: number;
  /** Null where it waits still, or where the log does not say. */
  readonly decided_by: string | null;
  readonly status: "decided" | "pending";
}

interface GateChange {
  /** Only under the policy that is tested. */
  readonly appear: readonly TestedGate[];
  /** Only under the policy that it is tested against. */
  readonly vanish: readonly TestedGate[];
  readonly same: number;
}

export interface GateComparison {
  /** Approvals on record, those that wait included. */
  readonly approvals: number;
  readonly overdue: GateChange;
  /** Decisions that the policy's list of approvers would not have let pass. */
  readonly refused: GateChange;
  /** Minutes that people were waited for at the approvals named above, each counted once. */
  readonly wait_minutes_affected: number;
}

type Approvals = Policy["approvals"];

export function compareGates(
  gates: readonly TestedGate[],
  { under, against }: { under: Approvals; against: Approvals },
): GateComparison {
  const overdue = compare(gates, { under, against, isHit: isOverdue });
  const refused = compare(gates, { under, against, isHit: isRefused });
  const affected = new Set(
    [overdue, refused].flatMap(({ appear, vanish }) => [...appear, ...vanish]),
  );
  const waits = [...affected].reduce((sum, gate) => sum + gate.wait_minutes, 0);
  return {
    approvals: gates.length,
    overdue,
    refused,
    wait_minutes_affected: roundMinutes(waits),
  };
}

/** Decisions in the order of runs, tasks and attempts; then, of runs under way, what waits now. */
export function listGates(cases: readonly RunCase[]): readonly TestedGate[] {
  return cases.flatMap(({ run, rows, requests, now }) => {
    const decided = rows.filter(isDecided).map((row) => ({
      run_id: row.run_id,
      mission_id: row.mission_id,
      task_id: row.task_id,
      attempt: row.attempt ?? 1,
      wait_minutes: row.human_delay_minutes,
      decided_by: row.decided_by ?? null,
      status: "decided" as const,
    }));
    const waiting = isEnded(run) ? [] : requests.filter(({ status }) => status === "pending");
    const pending = waiting.map((request) => ({
      run_id: request.run_id,
      mission_id: request.mission_id,
      task_id: request.task_id,
      attempt: request.attempt,
      wait_minutes: Math.max(0, minutesBetween(request.approval_request_time, now)),
      decided_by: null,
      status: "pending" as const,
    }));
    return [...decided, ...pending];
  });
}

/** True when the log cannot tell who decided. */
export function isAnonymous({ status, decided_by }: TestedGate): boolean {
  return status === "decided" && decided_by === null;
}

function compare(
  gates: readonly TestedGate[],
  {
    under,
    against,
    isHit,
  }: {
    under: Approvals;
    against: Approvals;
    isHit: (gate: TestedGate, approvals: Approvals) => boolean;
  },
): GateChange {
  const judged = gates.map((gate) => ({
    gate,
    after: isHit(gate, under),
    before: isHit(gate, against),
  }));
  const pick = (after: boolean, before: boolean) =>
    judged.filter((each) => each.after === after && each.before === before);
  return {
    appear: pick(true, false).map(({ gate }) => gate),
    vanish: pick(false, true).map(({ gate }) => gate),
    same: pick(true, true).length,
  };
}

function isOverdue({ wait_minutes }: TestedGate, { due_minutes }: Approvals): boolean {
  return wait_minutes >= due_minutes;
}

function isRefused({ decided_by }: TestedGate, { approvers }: Approvals): boolean {
  return decided_by !== null && approvers !== undefined && !approvers.includes(decided_by);
}
