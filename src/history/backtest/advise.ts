/** Which approval gates the log would keep, tighten or relax. It advises, and never applies. */

import { gateDelayMinutes, isDecided } from "../../execution/run-aggregates.ts";
import type { MissionPlan, PlanTask } from "../../model/decomposed-mission-tasks.ts";
import { groupBy } from "../../model/order.ts";
import type { Policy } from "../../model/policy.ts";
import type { TaskLog } from "../../model/task-execution-logs.ts";
import { roundMinutes } from "../../model/time.ts";
import { lowerBound } from "./advise-interval.ts";

/**
 * A gate may go when we are sure, at 95 %, that people let pass unchanged more than 19 of 20: one
 * mistake in 20 is what a person is trusted with. Without one edit or refusal that takes 72 decisions.
 */
export const RELAX_ABOVE = 0.95;
/**
 * A gate is proposed when more than this share of runs had trouble with the task: the escalation rate
 * that routing assumes of an agent that it knows nothing of.
 */
export const TIGHTEN_ABOVE = 0.1;
/** Fewer runs are an anecdote, however bad: routing's prior counts as so many executions. */
export const FEWEST_RUNS = 10;

export interface Advice {
  readonly mission_id: string;
  readonly task_id: string;
  readonly task: string;
  /** Whether the plan has a gate now. */
  readonly gated: boolean;
  readonly advice: "keep" | "tighten" | "relax";
  readonly reason: string;
  /**
   * Decisions of people at the planned gate that were read: neither quicker than anybody reads, nor made
   * for all gates at once. Failures handed to people are not among them.
   */
  readonly n: number;
  /** Decisions that approved and changed nothing. */
  readonly clean: number;
  /** What the clean share is at least, at 95 %; null without decisions. */
  readonly clean_lower_bound: number | null;
  readonly edit_rate: number | null;
  readonly reject_rate: number | null;
  readonly median_wait_minutes: number | null;
  /** Waiting on record that would not have been without the gate; 0 where there is none. */
  readonly minutes_saved: number;
  /** Runs that tried the task. */
  readonly runs: number;
  /** Runs in which an attempt at it failed, or was handed to a person as a failure. */
  readonly troubled_runs: number;
  /** What the share of troubled runs is at least, at 95 %; null without runs. */
  readonly trouble_lower_bound: number | null;
}

type Figures = Omit<Advice, "advice" | "reason">;

/**
 * One piece of advice for each gate of the plans, and for each task that should have one, in their order.
 * Linear in the rows.
 */
export function adviseGates(
  rows: readonly TaskLog[],
  plans: readonly MissionPlan[],
  { fastest_read_seconds }: Pick<Policy["approvals"], "fastest_read_seconds">,
): readonly Advice[] {
  const fastestMinutes = fastest_read_seconds / 60;
  const byTask = groupBy(rows, (row) => `${row.mission_id}/${row.task_id}`);
  return plans.flatMap(({ mission_id, tasks }) =>
    tasks
      .map((task) => {
        const own = byTask.get(`${mission_id}/${task.task_id}`) ?? [];
        const figures = measure(own, { mission_id, task, fastestMinutes });
        return { ...figures, ...judge(figures) };
      })
      .filter(({ gated, advice }) => gated || advice === "tighten"),
  );
}

/** The plans with the gates as advised; undefined when nothing would change. */
export function proposePlans(
  plans: readonly MissionPlan[],
  advice: readonly Advice[],
): readonly MissionPlan[] | undefined {
  const changes = new Map(
    advice
      .filter((piece) => piece.advice !== "keep")
      .map(({ mission_id, task_id, gated }) => [`${mission_id}/${task_id}`, !gated]),
  );
  if (changes.size === 0) return undefined;
  return plans.map((plan) => ({
    ...plan,
    tasks: plan.tasks.map((task) => {
      const gated = changes.get(`${plan.mission_id}/${task.task_id}`);
      return gated === undefined ? task : { ...task, requires_human_approval: gated };
    }),
  }));
}

function measure(
  rows: readonly TaskLog[],
  {
    mission_id,
    task,
    fastestMinutes,
  }: { mission_id: string; task: PlanTask; fastestMinutes: number },
): Figures {
  const { task_id, requires_human_approval: gated } = task;
  const decided = rows
    .filter(isGateDecision)
    .filter((row) => row.attempt === undefined || wasRead(row, fastestMinutes));
  const waits = decided.map(gateDelayMinutes);
  const n = decided.length;
  const count = (decision: ReturnType<typeof decisionOf>) =>
    decided.filter((row) => decisionOf(row) === decision).length;
  const clean = count("approve");
  const runs = new Set(rows.map((row) => row.run_id)).size;
  const troubled = new Set(rows.filter(isTrouble).map((row) => row.run_id)).size;
  return {
    mission_id,
    task_id,
    task: task.task,
    gated,
    n,
    clean,
    clean_lower_bound: toShare(lowerBound(clean, n)),
    edit_rate: n === 0 ? null : toShare(count("edit") / n),
    reject_rate: n === 0 ? null : toShare(count("reject") / n),
    median_wait_minutes: median(waits),
    minutes_saved: gated ? roundMinutes(waits.reduce((sum, wait) => sum + wait, 0)) : 0,
    runs,
    troubled_runs: troubled,
    trouble_lower_bound: toShare(lowerBound(troubled, runs)),
  };
}

function judge(figures: Figures): Pick<Advice, "advice" | "reason"> {
  const { gated, n, clean, runs, troubled_runs } = figures;
  const trouble = lowerBound(troubled_runs, runs) ?? 0;
  const isTroubled = runs >= FEWEST_RUNS && trouble > TIGHTEN_ABOVE;
  const troubleWords = `${troubled_runs} of ${runs} runs had trouble with it`;
  if (!gated) {
    return { advice: isTroubled ? "tighten" : "keep", reason: `${troubleWords}.` };
  }
  const sureOf = lowerBound(clean, n) ?? 0;
  const cleanWords = `${clean} of ${n} decisions were clean, so at least ${percent(sureOf)}`;
  if (sureOf <= RELAX_ABOVE) {
    const reason = n === 0 ? "Nobody has decided at it yet" : `${cleanWords} of all are`;
    return { advice: "keep", reason: `${reason}; over ${percent(RELAX_ABOVE)} is needed.` };
  }
  if (isTroubled)
    return { advice: "keep", reason: `${cleanWords} of all are; but ${troubleWords}.` };
  return { advice: "relax", reason: `${cleanWords} of all are.` };
}

/** A failed row from before decisions were logged does not tell what was said before it failed. */
function isGateDecision(row: TaskLog): boolean {
  if (row.decision === undefined && row.outcome === "failed") return false;
  return isDecided(row) && row.stage !== "failure";
}

/** Who approves all gates at once, or quicker than anybody reads, has not looked. */
function wasRead(row: TaskLog, fastestMinutes: number): boolean {
  return row.source !== "approve_all" && gateDelayMinutes(row) >= fastestMinutes;
}

/** What a person said. Rows from before decisions were logged tell by their outcome. */
function decisionOf({ decision, outcome }: TaskLog): "approve" | "edit" | "reject" {
  if (decision === "edit") return "edit";
  const isClean = decision === undefined ? outcome !== "rejected" : decision === "approve";
  return isClean ? "approve" : "reject";
}

function isTrouble({ outcome, escalation }: TaskLog): boolean {
  return outcome === "failed" || escalation === "failure";
}

/** The mean of the middle two where there is no middle; null of nothing. */
function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  return upper === undefined || lower === undefined ? null : roundMinutes((lower + upper) / 2);
}

function toShare(value: number): number;
function toShare(value: number | undefined): number | null;
function toShare(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 10_000) / 10_000;
}

function percent(share: number): string {
  return `${Math.floor(share * 1000) / 10} %`;
}
