/** What two policies say of the recorded approvals: which are overdue, and who may decide them. */

import { gateDelayMinutes, isDecided } from "../../execution/run-aggregates.ts";
import { isEnded } from "../../model/mission-runs.ts";
import type { Policy } from "../../model/policy.ts";
import type { TaskLog } from "../../model/task-execution-logs.ts";
import { minutesBetween, roundMinutes } from "../../model/time.ts";
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
  /** Decisions of which the log does not say who made them. */
  readonly anonymous: number;
  readonly overdue: GateChange;
  /** Decisions that the policy's list of approvers would not have let pass. */
  readonly refused: GateChange;
  /** Minutes that people were waited for at the approvals named above, each counted once. */
  readonly wait_minutes_affected: number;
}

type Approvals = Policy["approvals"];

/** Of each run the decisions by task and attempt, then what waits now. */
export function createGateTally({ under, against }: { under: Approvals; against: Approvals }) {
  const overdue = createChange({ under, against, isHit: isOverdue });
  const refused = createChange({ under, against, isHit: isRefused });
  let approvals = 0;
  let anonymous = 0;
  let affected = 0;
  return {
    add(recorded: RunCase): void {
      for (const gate of gatesOf(recorded)) {
        approvals += 1;
        if (isAnonymous(gate)) anonymous += 1;
        const isLater = overdue.add(gate);
        const isOthers = refused.add(gate);
        if (isLater || isOthers) affected += gate.wait_minutes;
      }
    },
    figures: (): GateComparison => ({
      approvals,
      anonymous,
      overdue: overdue.change(),
      refused: refused.change(),
      wait_minutes_affected: roundMinutes(affected),
    }),
  };
}

function gatesOf({ run, rows, requests, now }: RunCase): readonly TestedGate[] {
  const gates: TestedGate[] = [];
  for (const row of rows) {
    const { decided_by = null, failure_decision } = row;
    if (isDecided(row)) gates.push(toGate(row, { decided_by, wait: gateDelayMinutes(row) }));
    for (const { decided_by: by, delay_minutes: wait } of row.further_decisions ?? []) {
      gates.push(toGate(row, { decided_by: by, wait }));
    }
    if (failure_decision === undefined) continue;
    const { decided_by: by, delay_minutes: wait } = failure_decision;
    gates.push(toGate(row, { decided_by: by, wait }));
  }
  if (isEnded(run)) return gates;
  for (const { run_id, mission_id, task_id, attempt, status, approval_request_time } of requests) {
    if (status !== "pending") continue;
    const wait_minutes = Math.max(0, minutesBetween(approval_request_time, now));
    gates.push({ run_id, mission_id, task_id, attempt, wait_minutes, decided_by: null, status });
  }
  return gates;
}

function toGate(
  { run_id, mission_id, task_id, attempt = 1 }: TaskLog,
  { decided_by, wait }: { decided_by: string | null; wait: number },
): TestedGate {
  const status = "decided";
  return { run_id, mission_id, task_id, attempt, wait_minutes: wait, decided_by, status };
}

function createChange({
  under,
  against,
  isHit,
}: {
  under: Approvals;
  against: Approvals;
  isHit: (gate: TestedGate, approvals: Approvals) => boolean;
}) {
  const appear: TestedGate[] = [];
  const vanish: TestedGate[] = [];
  let same = 0;
  return {
    /** True when the policies differ on it. */
    add(gate: TestedGate): boolean {
      const after = isHit(gate, under);
      const before = isHit(gate, against);
      if (after && before) same += 1;
      if (after && !before) appear.push(gate);
      if (before && !after) vanish.push(gate);
      return after !== before;
    },
    change: (): GateChange => ({ appear, vanish, same }),
  };
}

/** True when the log cannot tell who decided. */
function isAnonymous({ status, decided_by }: TestedGate): boolean {
  return status === "decided" && decided_by === null;
}

function isOverdue({ wait_minutes }: TestedGate, { due_minutes }: Approvals): boolean {
  return wait_minutes >= due_minutes;
}

function isRefused({ decided_by }: TestedGate, { approvers }: Approvals): boolean {
  return decided_by !== null && approvers !== undefined && !approvers.includes(decided_by);
}
