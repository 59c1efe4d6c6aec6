/** The portfolio, out of the store. */

import { MissionError } from "../errors.ts";
import { type KpiSeries, listKpiSeries } from "../kpi/kpi-series.ts";
import { kpisOfMission } from "../kpi/observations.ts";
import type { PortfolioSnapshot, SnapshotPeriod } from "../model/mission-portfolio-snapshot.ts";
import { dateSchema } from "../model/primitives.ts";
import { type Portfolio, buildPortfolio, windowOf } from "../reporting/portfolio.ts";
import type { RunReading } from "./world.ts";

interface BoardQuery {
  /** UTC, as `2026-02-06`; today when absent. */
  readonly date?: string | undefined;
  readonly period?: SnapshotPeriod | undefined;
}

/**
 * All missions at the end of a date; nothing is written.
 *
 * @throws MissionError `BAD_INPUT` when it is no date.
 */
export async function readPortfolio(
  { date, period = "day" }: BoardQuery,
  { store, reference, policy, clock }: RunReading,
): Promise<Portfolio> {
  const parsed = dateSchema.safeParse(date ?? clock.now().slice(0, 10));
  if (!parsed.success) {
    throw new MissionError("BAD_INPUT", `"${date}" is no date: write it as 2026-02-06.`);
  }
  const documents = { reference: reference(), policy: policy() };
  const record = await store.readPortfolio(windowOf(parsed.data, documents));
  return buildPortfolio(record, { date: parsed.data, period, ...documents });
}

/**
 * The board of today, its snapshot kept. The first of a day also completes the last snapshot before it,
 * which may lack what happened shortly before midnight.
 */
export async function keepBoard(reading: RunReading): Promise<Portfolio> {
  const board = await readPortfolio({}, reading);
  const today = board.snapshot.snapshot_date;
  const kept = (await reading.store.listSnapshots()).filter(isOwn);
  const last = kept
    .map(({ snapshot_date }) => snapshot_date)
    .toSorted()
    .at(-1);
  if (last !== undefined && last < today) await renewSnapshots(last, reading);
  await keepSnapshot(board, reading);
  return board;
}

/**
 * Brings the snapshots of a date and of later ones in line with what is recorded. Those from elsewhere
 * stay: docs/decisions/2026-11-22-snapshots-from-elsewhere.md.
 */
export async function renewSnapshots(since: string, reading: RunReading): Promise<void> {
  for (const { snapshot_date, period } of (await reading.store.listSnapshots()).filter(isOwn)) {
    if (snapshot_date < since) continue;
    await keepSnapshot(await readPortfolio({ date: snapshot_date, period }, reading), reading);
  }
}

/** What is computed here has a period. */
function isOwn({ period }: PortfolioSnapshot): boolean {
  return period !== undefined;
}

/** Keeps the snapshot of a board, unless just that is kept already. */
export async function keepSnapshot(
  { snapshot }: Portfolio,
  { store }: Pick<RunReading, "store">,
): Promise<void> {
  const kept = await store.listSnapshots();
  if (kept.some((other) => isSame(snapshot, other))) return;
  await store.saveSnapshots([snapshot]);
}

function isSame(snapshot: PortfolioSnapshot, other: PortfolioSnapshot): boolean {
  const values = new Map(Object.entries(other));
  return Object.entries(snapshot).every(([name, value]) => values.get(name) === value);
}

/** The KPIs of missions over their runs, for charts. */
export async function readKpiSeries(
  missionIds: readonly string[],
  { store, reference }: Pick<RunReading, "store" | "reference">,
): Promise<readonly KpiSeries[]> {
  const series = missionIds.map(async (id) =>
    listKpiSeries(id, kpisOfMission(id, reference()), await store.listRuns({ mission_id: id })),
  );
  return (await Promise.all(series)).flat();
}
