/** Keeps what is written of a run in step: record, report file and portfolio. Safe to repeat. */

import type { TaskStatuses } from "../src/execution/plan-progress.ts";
import { compareText } from "../src/model/canonical-json.ts";
import type { PlanTask } from "../src/model/decomposed-mission-tasks.ts";
import type { PortfolioSnapshot } from "../src/model/mission-portfolio-snapshot.ts";
import { type MissionRun, isEnded } from "../src/model/mission-runs.ts";
import { type Portfolio, buildPortfolio } from "../src/reporting/portfolio.ts";
import { renderPortfolio } from "../src/reporting/render-portfolio.ts";
import { renderRunReport } from "../src/reporting/render-run-report.ts";
import { gatherFacts } from "../src/reporting/run-facts.ts";
import { type RunReport, buildRunReport } from "../src/reporting/run-report.ts";
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

/**
 * Changes a run's record, and with it, in one step, the summary in it; then writes the report.
 *
 * A summary that was reworded stands only as long as the one that rules make stays the same.
 */
export async function updateRun(
  runId: string,
  change: (run: MissionRun) => MissionRun,
  books: Books,
  known: { tasks?: readonly PlanTask[]; statuses?: TaskStatuses } = {},
): Promise<BookedRun> {
  const { store, reference, policy, clock, polisher } = books;
  const records = await readRecords(runId, books, known);
  const documents = { reference: reference(), policy, now: clock.now() };
  const describe = (run: MissionRun) => buildRunReport(gatherFacts({ ...records, run }, documents));
  const run = await store.changeRun(runId, (current) => {
    const changed = change(current);
    if (!isEnded(changed)) return changed;
    const { rule_summary } = describe(changed);
    if (rule_summary === changed.rule_summary) return changed;
    const { polish: _outdated, ...rest } = changed;
    const skipped = { status: "skipped" as const, reason: NO_MODEL };
    const polish = polisher === undefined ? { polish: skipped } : {};
    return { ...rest, executive_summary: rule_summary, rule_summary, ...polish };
  });
  const report = describe(run);
  const markdown = renderRunReport(report);
  if (isEnded(run)) await store.saveReport(runId, markdown);
  return { run, report, markdown };
}

/**
 * Writes today's snapshot and board page, and those snapshots again that were computed for later
 * dates than `since`. Snapshots from elsewhere, which have no period, stay as they are.
 */
export async function updatePortfolio(
  { store, reference, policy, clock }: Books,
  since = clock.now(),
): Promise<void> {
  const today = clock.now().slice(0, 10);
  const first = since.slice(0, 10);
  let board: Portfolio | undefined;
  await store.refreshSnapshots((history) => {
    const documents = { reference: reference(), policy };
    const dated = history.snapshots
      .filter((snapshot) => snapshot.snapshot_date >= first && snapshot.snapshot_date !== today)
      .flatMap(({ snapshot_date: date, period }) =>
        period === undefined ? [] : [{ date, period }],
      );
    const weekly = history.snapshots.some(
      ({ snapshot_date, period }) => snapshot_date === today && period === "week",
    );
    const due = [...dated, ...(weekly ? [{ date: today, period: "week" as const }] : [])].toSorted(
      (a, b) => compareText(a.date, b.date),
    );
    board = buildPortfolio(history, { date: today, ...documents });
    const snapshots = due.map(
      (each) => buildPortfolio(history, { ...each, ...documents }).snapshot,
    );
    return [...snapshots, board.snapshot].filter((each) => !isThere(each, history.snapshots));
  });
  if (board !== undefined) await store.saveReport("portfolio", renderPortfolio(board));
}

/** True when the very same snapshot is written already. */
function isThere(snapshot: PortfolioSnapshot, written: readonly PortfolioSnapshot[]): boolean {
  const fields = Object.entries(snapshot);
  return written.some((other) => {
    const values = new Map(Object.entries(other));
    return fields.every(([name, value]) => values.get(name) === value);
  });
}
