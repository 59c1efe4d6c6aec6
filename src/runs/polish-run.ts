/** Has a model reword the summary of a run that has ended. */

import { summarizeRun } from "../summary/executive-summary.ts";
import { type ReportedRun, reportRun } from "./end-run.ts";
import { readFigures } from "./read-run.ts";
import type { RunWorld } from "./world.ts";

/** Undefined when there is nothing to reword. Never rejects because of the model. */
export async function polishRun(
  runId: string,
  world: RunWorld,
  signal: AbortSignal,
): Promise<ReportedRun | undefined> {
  const { store, reword } = world;
  if (reword === undefined) return undefined;
  const figures = await readFigures(runId, world);
  if (figures.run.rule_summary === undefined) return undefined;
  const summary = summarizeRun(figures);
  const wording = await reword(summary, signal);
  // What was reworded is no longer what is to be said, if the run has changed meanwhile.
  await store.changeRun(runId, (run) =>
    run.rule_summary === summary.text ? { ...run, ...wording } : run,
  );
  return reportRun(runId, world);
}
