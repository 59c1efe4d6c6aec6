/** "What to fix" (§6 F): tasks and approvals by the minutes they cost. */

import { z } from "zod";

import { amend } from "../model/amend.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { PlanTask } from "../model/decomposed-mission-tasks.ts";
import { workMinutes } from "../model/minutes.ts";
import { compareText, groupBy } from "../model/order.ts";
import type { TaskLog } from "../model/task-execution-logs.ts";
import { minutesBetween, roundMinutes } from "../model/time.ts";

export const fixSchema = z.object({
  kind: z.enum(["approval", "task"]).describe("A person's delay, or an agent's work."),
  task_id: z.string(),
  task: z.string(),
  minutes: z.number().describe("Waiting for a person, or work beyond the estimate."),
  on_critical_path: z.boolean().describe("True when the run's end waited for it."),
  evidence: z.string().describe("The figures behind it."),
});
export type Fix = Readonly<z.infer<typeof fixSchema>>;

/** The most expensive first; ties by task, approvals first. What costs nothing is left out. */
export function rankFixes({
  tasks,
  rows,
  pending,
  now,
  criticalTasks,
}: {
  tasks: readonly PlanTask[];
  rows: readonly TaskLog[];
  pending: readonly ApprovalRequest[];
  now: string;
  criticalTasks: ReadonlySet<string>;
}): readonly Fix[] {
  const rowsOf = groupBy(rows, (row) => row.task_id);
  const waitingOf = groupBy(pending, (request) => request.task_id);
  return tasks
    .flatMap((task) => {
      const own = rowsOf.get(task.task_id) ?? [];
      const waiting = waitingOf.get(task.task_id) ?? [];
      const isCritical = criticalTasks.has(task.task_id);
      return [describeWaiting(task, own, { waiting, now }), describeWork(task, own)].map((fix) =>
        amend(fix, { task_id: task.task_id, task: task.task, on_critical_path: isCritical }),
      );
    })
    .filter((fix) => fix.minutes > 0)
    .toSorted(
      (a, b) =>
        b.minutes - a.minutes || compareText(a.task_id, b.task_id) || compareText(a.kind, b.kind),
    );
}

/**
 * The task at which most minutes were lost: work beyond its estimate and waiting for people, once each.
 * Undefined when none was.
 */
export function worstTask(
  fixes: readonly Fix[],
): { readonly task_id: string; readonly task: string; readonly minutes: number } | undefined {
  const lost = [...groupBy(fixes, (fix) => fix.task_id)].map(([task_id, own]) => ({
    task_id,
    task: own[0]?.task ?? task_id,
    minutes: sum(own.map((fix) => fix.minutes)),
  }));
  return lost.toSorted((a, b) => b.minutes - a.minutes || compareText(a.task_id, b.task_id))[0];
}

function describeWaiting(
  { estimated_duration_minutes: estimate }: PlanTask,
  rows: readonly TaskLog[],
  { waiting, now }: { waiting: readonly ApprovalRequest[]; now: string },
) {
  const waits = waiting.map(({ approval_request_time }) =>
    Math.max(0, minutesBetween(approval_request_time, now)),
  );
  const delays = rows.map((row) => row.human_delay_minutes).filter((delay) => delay > 0);
  const total = sum([...delays, ...waits]);
  const times = delays.length + waits.length;
  const share = Math.round((total / estimate) * 100);
  const still = waits.length === 0 ? "" : ", and still waiting";
  return {
    kind: "approval" as const,
    minutes: total,
    evidence: `${total} min waiting for a person in ${count(times, "approval")}${still}: ${share} % of the ${estimate} min estimated for the work`,
  };
}

function describeWork(
  { estimated_duration_minutes: estimate }: PlanTask,
  rows: readonly TaskLog[],
) {
  const worked = rows.map(workMinutes).filter((minutes) => minutes > 0);
  const total = sum(worked);
  return {
    kind: "task" as const,
    minutes: roundMinutes(Math.max(0, total - estimate)),
    evidence: `${total} min of work in ${count(worked.length, "attempt")} against an estimate of ${estimate} min`,
  };
}

function sum(minutes: readonly number[]): number {
  return roundMinutes(minutes.reduce((total, each) => total + each, 0));
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
