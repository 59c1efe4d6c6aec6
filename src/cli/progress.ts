/** Shows a run while it goes on, and how it stands in the end. */

import { join } from "node:path";

import type { RunOutcome } from "../runs/run-outcome.ts";
import type { ProgressListener } from "../work/drive-run.ts";
import type { CommandContext } from "./context.ts";
import { exitCodeOf } from "./exit-codes.ts";
import { colour, formatOutcome, plain } from "./format.ts";

/** Does the work with live progress, prints the outcome and returns the exit code. */
export async function finish(
  context: CommandContext,
  work: (onProgress: ProgressListener) => Promise<RunOutcome>,
): Promise<number> {
  const onProgress: ProgressListener = (event) => {
    if (!context.json) process.stdout.write(`${describeEvent(event)}\n`);
  };
  const outcome = await work(onProgress);
  const { run_id, status } = outcome;
  const isOver = status !== "running" && status !== "awaiting_approval";
  const report = isOver ? join(context.folder, "reports", `${run_id}.md`) : undefined;
  context.print(outcome, () => {
    const busy = "Another process is working on this run and will use what you decided.";
    const text = formatOutcome(outcome, report);
    return `\n${status === "running" ? `${text}\n${busy}` : text}`;
  });
  return exitCodeOf(status);
}

function describeEvent(event: Parameters<ProgressListener>[0]): string {
  const { task_id, agent_id, attempt, outcome, error, work_minutes } = event;
  const what = `${task_id} ${plain(event.task)}`;
  const again = attempt > 1 ? `, attempt ${attempt}` : "";
  switch (event.event) {
    case "task-started":
      return colour("cyan", `… ${what} (${agent_id}${again})`);
    case "approval-requested":
      return colour("yellow", `? ${what} waits for a person (${agent_id}${again})`);
    case "task-ended": {
      const isBad = outcome === "failed" || outcome === "rejected";
      const mark = isBad ? colour("red", "✗") : colour("green", "✓");
      const why = error === undefined ? "" : `: ${plain(error)}`;
      return `${mark} ${what}: ${outcome}${why} (${agent_id}${again}, ${round(work_minutes ?? 0)} min)`;
    }
  }
}

function round(minutes: number): number {
  return Math.round(minutes * 100) / 100;
}
