/** Shows a run while it goes on, and how it stands in the end. */

import { join } from "node:path";

import type { LazyMissionControl } from "../app/mission-control.ts";
import { isPostgres } from "../model/is-postgres.ts";
import type { RunOutcome } from "../runs/run-outcome.ts";
import type { ProgressListener } from "../work/drive-run.ts";
import type { CommandContext } from "./context.ts";
import { exitCodeOf } from "./exit-codes.ts";
import { formatOutcome } from "./format.ts";
import { type Line, colour, joinLines, paint } from "./print.ts";

/** Does the work with live progress, prints the outcome and returns the exit code. */
export async function finish(
  context: CommandContext,
  control: Pick<LazyMissionControl, "policy" | "documentsFolder">,
  work: (onProgress: ProgressListener) => Promise<RunOutcome>,
): Promise<number> {
  const onProgress: ProgressListener = (event) => context.tell(describeEvent(event));
  const outcome = await work(onProgress);
  const { run_id, status } = outcome;
  const isOver = status !== "running" && status !== "awaiting_approval";
  const path = join(control.documentsFolder, "reports", `${run_id}.md`);
  // A database that many processes share has no files beside it.
  const hasFiles = !isPostgres(context.store ?? "");
  const report = isOver ? (hasFiles ? path : `mission-control report ${run_id}`) : undefined;
  context.print(outcome, () => {
    const busy = "Another process is working on this run and will use what you decided.";
    const by = context.otherApprover(control);
    const text = formatOutcome(outcome, { screen: context.screen, by, reportPath: report });
    return joinLines(["", text, ...(status === "running" ? [busy] : [])]);
  });
  return exitCodeOf(status);
}

function describeEvent(event: Parameters<ProgressListener>[0]): Line {
  const { task_id, agent_id, attempt, outcome, error, work_minutes } = event;
  const what = `${task_id} ${event.task}`;
  const again = attempt > 1 ? `, attempt ${attempt}` : "";
  switch (event.event) {
    case "task-started":
      return colour("cyan", `… ${what} (${agent_id}${again})`);
    case "approval-requested":
      return colour("yellow", `? ${what} waits for a person (${agent_id}${again})`);
    case "task-ended": {
      if (outcome === "not_needed") return colour("dim", `· ${what} is not needed`);
      const isBad = outcome === "failed" || outcome === "rejected";
      const mark = isBad ? colour("red", "✗") : colour("green", "✓");
      const why = error === undefined ? "" : `: ${error}`;
      const minutes = `${round(work_minutes ?? 0)} min`;
      return paint`${mark} ${what}: ${outcome ?? ""}${why} (${agent_id}${again}, ${minutes})`;
    }
  }
}

function round(minutes: number): number {
  return Math.round(minutes * 100) / 100;
}
