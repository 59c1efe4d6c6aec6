/** The use cases over what was recorded: late figures, risk events, reports, the portfolio. No graph is run. */

import { z } from "zod";

import { assessRun, rewriteReports } from "../../graph/assess-run.ts";
import { polishRun } from "../../graph/polish-run.ts";
import { readRisks, readRun } from "../../graph/read-run.ts";
import { refreshPortfolio } from "../../graph/refresh-portfolio.ts";
import { type Books, updateBooks } from "../../graph/update-books.ts";
import { MissionError, UnknownRunError } from "../errors.ts";
import { type KpiSeries, listKpiSeries } from "../kpi/kpi-series.ts";
import { kpisOfMission, requireKnownKpis } from "../kpi/observations.ts";
import type { ApprovalRequest } from "../model/approval-requests.ts";
import type { SnapshotPeriod } from "../model/mission-portfolio-snapshot.ts";
import type { RiskEvent } from "../model/mission-risk-events.ts";
import { isEnded } from "../model/mission-runs.ts";
import { dateSchema, observationsSchema, personSchema, reasonSchema } from "../model/primitives.ts";
import { type Portfolio, buildPortfolio } from "../reporting/portfolio.ts";
import { type RunReport, buildRunReport } from "../reporting/run-report.ts";

/** What one sweep over the waiting runs found. */
export interface Sweep {
  /** Runs that have not ended. */
  readonly runs: number;
  /** Requests that are overdue now. */
  readonly overdue: readonly ApprovalRequest[];
  /** Risk events that were raised or closed. */
  readonly changed: readonly RiskEvent[];
}

/**
 * Records figures that arrive late, and brings record, risk events, report and portfolio in line.
 *
 * @throws MissionError `UNKNOWN_RUN`, `BAD_INPUT` with the KPIs there are, `BUSY` while the run is worked on.
 */
export async function recordKpis(runId: string, figures: unknown, books: Books): Promise<void> {
  const { store, reference } = books;
  const run = await store.findRun(runId);
  if (run === undefined) throw new UnknownRunError(runId);
  const parsed = observationsSchema.safeParse(figures);
  const known = kpisOfMission(run.mission_id, reference()).map(({ kpi }) => kpi);
  if (!parsed.success || Object.keys(parsed.data).length === 0) {
    const [issue] = parsed.error?.issues ?? [];
    const what = issue === undefined ? "no figure is given" : issue.message;
    const where = issue === undefined ? "" : `${issue.path.join(".")}: `;
    throw new MissionError(
      "BAD_INPUT",
      `${where}${what}. A figure is a number, 0 or more. KPIs of ${run.mission_id}: ${known.join(", ")}.`,
      { details: { known } },
    );
  }
  requireKnownKpis(Object.keys(parsed.data), run.mission_id, reference());
  const release = await store.lockRun(runId);
  try {
    const recorded = await store.changeRun(runId, (current) => ({
      ...current,
      kpis: { ...current.kpis, ...parsed.data },
      kpis_recorded: { ...current.kpis_recorded, ...parsed.data },
    }));
    await assessRun(await readRisks(runId, books), books);
    await updateBooks(runId, { change: (same) => same }, books);
    refreshPortfolio(recorded.end_time ?? recorded.start_time, books);
    if (isEnded(recorded)) await polishRun(runId, books, new AbortController().signal);
    await store.settle();
  } finally {
    await release();
  }
}

/** One sweep over the runs that have not ended: raises and closes risk events as of now. Safe to repeat. */
export async function watchRuns(books: Books): Promise<Sweep> {
  const { store, clock } = books;
  const now = clock.now();
  const runs = (await store.listRuns()).filter((run) => !isEnded(run));
  const changed: RiskEvent[] = [];
  const overdue: ApprovalRequest[] = [];
  for (const { run_id } of runs) {
    const facts = await readRisks(run_id, books);
    changed.push(...(await assessRun(facts, books)));
    overdue.push(
      ...facts.requests.filter(
        ({ status, due_at }) => status === "pending" && Date.parse(due_at) <= Date.parse(now),
      ),
    );
  }
  if (changed.length > 0) {
    refreshPortfolio(clock.now(), books);
    await store.settle();
  }
  return { runs: runs.length, overdue, changed };
}

/** Closes an open event. @throws MissionError `UNKNOWN_EVENT`, `EVENT_CLOSED`, `BAD_INPUT`. */
export async function closeRisk(
  eventId: string,
  { reason, by }: { reason: string; by: string },
  books: Books,
): Promise<RiskEvent> {
  const { store, clock } = books;
  const words = z.object({ reason: reasonSchema, by: personSchema }).safeParse({ reason, by });
  if (!words.success) {
    const [issue] = words.error.issues;
    const wrong = `${issue?.path.join(".")}: ${issue?.message}`;
    throw new MissionError(
      "BAD_INPUT",
      `Say why the event is closed, and who closes it. ${wrong}.`,
    );
  }
  const closed_because = `${words.data.reason} (${words.data.by})`;
  const closed = await store.changeRiskEvents((events) => {
    const event = events.find((candidate) => candidate.event_id === eventId);
    if (event === undefined) {
      const message = `There is no risk event "${eventId}". \`mission-control risks\` lists them.`;
      throw new MissionError("UNKNOWN_EVENT", message, { details: { event_id: eventId } });
    }
    if (event.status === "closed") {
      const when = event.closed_at === undefined ? "" : ` at ${event.closed_at}`;
      const why = event.closed_because === undefined ? "" : `: ${event.closed_because}`;
      throw new MissionError("EVENT_CLOSED", `${eventId} was closed${when} already${why}.`);
    }
    return [{ ...event, status: "closed", closed_at: clock.now(), closed_because }];
  });
  await rewriteReports(closed, "", books);
  refreshPortfolio(clock.now(), books);
  await store.settle();
  const [event] = closed;
  if (event === undefined) throw new Error("an event that was closed is gone");
  return event;
}

/** A run's report as data. @throws UnknownRunError */
export async function reportRun(runId: string, books: Books): Promise<RunReport> {
  return buildRunReport(await readRun(runId, books));
}

/**
 * All missions at the end of a date; nothing is written.
 *
 * @param date UTC, as `2026-02-06`; today when absent.
 * @throws MissionError `BAD_INPUT` when it is no date.
 */
export async function readPortfolio(
  { date, period }: { date?: string | undefined; period?: SnapshotPeriod | undefined },
  { store, reference, policy, clock }: Books,
): Promise<Portfolio> {
  const parsed = dateSchema.safeParse(date ?? clock.now().slice(0, 10));
  if (!parsed.success) {
    throw new MissionError("BAD_INPUT", `"${date}" is no date: write it as 2026-02-06.`);
  }
  const options = { date: parsed.data, ...(period === undefined ? {} : { period }) };
  return buildPortfolio(await store.readHistory(), { ...options, reference: reference(), policy });
}

/** Computes the snapshot of a date, and keeps it in place of an earlier one for the same. */
export async function saveSnapshot(
  { date, period }: { date: string; period: SnapshotPeriod },
  { store, reference, policy }: Books,
): Promise<void> {
  await store.refreshSnapshots((history) => [
    buildPortfolio(history, { date, period, reference: reference(), policy }).snapshot,
  ]);
  await store.settle();
}

/** The KPIs of missions over their runs, for charts. */
export async function readKpiSeries(
  missionIds: readonly string[],
  { store, reference }: Books,
): Promise<readonly KpiSeries[]> {
  const runs = await store.listRuns();
  return missionIds.flatMap((id) => listKpiSeries(id, kpisOfMission(id, reference()), runs));
}
