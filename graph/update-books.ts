/** Keeps what is written of a run in step: record, report file and portfolio. Safe to repeat. */

import type { TaskStatuses } from "../src/execution/plan-progress.ts";
import type { PlanTask } from "../src/model/decomposed-mission-tasks.ts";
import { type MissionRun, isEnded } from "../src/model/mission-runs.ts";
import { renderRunReport } from "../src/reporting/render-run-report.ts";
import { gatherFacts } from "../src/reporting/run-facts.ts";
import { type RunReport, buildRunReport, renewReport } from "../src/reporting/run-report.ts";
import type { MissionGraphDependencies } from "./dependencies.ts";
import { type RunReading, readRecords } from "./read-run.ts";

/** Why a summary is not reworded where it could not be. */
const NO_MODEL = "no language model is configured (OPENAI_API_KEY is not set).";

export type Books = RunReading & Pick<MissionGraphDependencies, "polisher">;

export interface BookedRun {
  readonly run: MissionRun;
  readonly report: RunReport;
  /** The report as Markdown. */
  readonly markdown: string;
}

export interface BookUpdate {
  readonly change: (run: MissionRun) => MissionRun;
  /** What the state knows of the run. */
  readonly known?: { readonly tasks?: readonly PlanTask[]; readonly statuses?: TaskStatuses };
  /** What else is to be written in the same step. */
  readonly besides?: (books: Books) => Promise<unknown>;
}

/**
 * Changes a run's record, and with it, in one step, the summary in it; then writes the reports.
 *
 * A summary that was reworded stands only as long as the one that rules make stays the same.
 */
export async function updateBooks(
  runId: string,
  { change, known = {}, besides }: BookUpdate,
  given: Books,
): Promise<BookedRun> {
  const { store, policy, clock, polisher } = given;
  const reference = given.reference();
  // One look at the documents for everything that is written in this step.
  const books = { ...given, reference: () => reference };
  const records = await readRecords(runId, books, known);
  const documents = { reference, policy, now: clock.now() };
  let made: RunReport | undefined;
  const summarize = (current: MissionRun): MissionRun => {
    const changed = change(current);
    made = buildRunReport(gatherFacts({ ...records, run: changed }, documents));
    const { rule_summary } = made;
    if (!isEnded(changed) || rule_summary === changed.rule_summary) return changed;
    const { polish: _outdated, ...rest } = changed;
    const skipped = { status: "skipped" as const, reason: NO_MODEL };
    const polish = polisher === undefined ? { polish: skipped } : {};
    return { ...rest, executive_summary: rule_summary, rule_summary, ...polish };
  };
  // Asked for in this order, and done in it; together they share one write.
  const [run] = await Promise.all([store.changeRun(runId, summarize), besides?.(books)]);
  if (made === undefined) throw new Error("the store did not ask for the change");
  const report = renewReport(made, run);
  const markdown = renderRunReport(report);
  if (isEnded(run)) await store.saveReport(runId, markdown);
  return { run, report, markdown };
}
